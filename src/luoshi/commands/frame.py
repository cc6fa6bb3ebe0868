"""What every command stands in: its arguments, its database, and one Chinese line where it ends badly.

Exit codes: 0 done, 1 not so, 2 wrong use or unreadable input, 130 interrupted, 141 nobody reads what is printed.
"""

import contextlib
import importlib
import keyword
import os
import pkgutil
import signal
import sys
import traceback
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

from luoshi import commands
from luoshi.commands.chinese import Parser
from luoshi.commands.database import check_url, database_option, describe, prepare_database
from luoshi.commands.errors import Unreadable, WrongUse
from luoshi.kit.errors import Refused

__all__ = [
    "ROOT",
    "Parser",
    "Unreadable",
    "WrongUse",
    "database_option",
    "main",
    "prepare_database",
    "set_up",
    "var_folder",
]

ROOT = Path(__file__).resolve().parents[3]
INTERRUPTED = 128 + signal.SIGINT
UNREAD = 128 + signal.SIGPIPE


def var_folder() -> Path:
    """Where the program keeps what it makes: ``LUOSHI_VAR``, else ``var/`` beside the program."""
    return Path(os.environ.get("LUOSHI_VAR") or ROOT / "var").absolute()


def set_up() -> None:
    """Get Django ready, with the database that was chosen. Call it first in ``run``."""
    import django

    django.setup()


def command_names() -> list[str]:
    names = (file.removesuffix("_") for _, file, is_folder in pkgutil.iter_modules(commands.__path__) if not is_folder)
    return sorted(name for name in names if load(name) is not None)


def load(name: str) -> ModuleType | None:
    """The command's module, or None where there is no such command. A word of Python's has ``_`` behind it."""
    file = f"{name}_" if keyword.iskeyword(name) else name
    if file not in {module for _, module, _ in pkgutil.iter_modules(commands.__path__)}:
        return None
    module = importlib.import_module(f"{commands.__name__}.{file}")
    return module if getattr(module, "NAME", None) == name else None


def overview() -> str:
    modules = [module for name in command_names() if (module := load(name))]
    lines = [f"  ./luoshi {module.NAME:<8} {module.HELP}" for module in modules]
    return "\n".join(["落实：把一件件事办到底。", "", *lines, "", "每个命令的用法：./luoshi 命令 --help"])


def read_arguments(module: ModuleType, arguments: list[str]) -> Namespace:
    """The command's options.

    :raises WrongUse: where they do not fit.
    """
    if getattr(module, "PASS_THROUGH", False):
        return Namespace(rest=arguments, db=None)
    parser = Parser(f"./luoshi {module.NAME}", module.HELP)
    module.arguments(parser)
    if not parser.takes_database:
        database_option(parser)
    if getattr(module, "TAKES_MORE", False):
        options, rest = parser.parse_known_args(arguments)
        options.rest = rest
        return options
    return parser.parse_args(arguments)


def choose_environment(url: str | None) -> None:
    """Settle the variables that the settings read: folder, database, settings module.

    :raises WrongUse: where the database's address is none.
    """
    os.environ["LUOSHI_VAR"] = str(var_folder())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.settings")
    if url:
        os.environ["DATABASE_URL"] = url
    if os.environ.get("DATABASE_URL"):
        check_url(os.environ["DATABASE_URL"])
    else:
        os.environ.pop("DATABASE_URL", None)


def default_database() -> str:
    """The database of this installation where nobody named one."""
    return f"sqlite:///{quote(str(var_folder() / 'luoshi.sqlite3'))}"


def run(arguments: list[str]) -> int:
    if not arguments:
        raise WrongUse(f"要说做什么：{'、'.join(command_names())}。", "说明见 ./luoshi --help。")
    name, *rest = arguments
    if name in {"-h", "--help", "help"}:
        print(overview())
        return 0
    module = load(name)
    if module is None:
        raise WrongUse(f"没有“{name}”这个命令。", f"可用的有：{'、'.join(command_names())}。")
    options = read_arguments(module, rest)
    choose_environment(options.db)
    if not getattr(module, "CHOOSES_DATABASE", False):
        os.environ.setdefault("DATABASE_URL", default_database())
    return int(module.run(options) or 0)


def say(error: object) -> None:
    """One line on standard error."""
    with contextlib.suppress(OSError):
        print(" ".join(str(error).split("\n")), file=sys.stderr, flush=True)


def unexpected(error: Exception) -> int:
    """What nobody foresaw: a line to the person, the traceback to a file (to the screen with ``LUOSHI_DEBUG=1``)."""
    if os.environ.get("LUOSHI_DEBUG") == "1":
        traceback.print_exc()
        return 1
    kept = var_folder() / "errors.log"
    where = f"经过记在 {kept}"
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with kept.open("a", encoding="utf-8") as log:
            traceback.print_exc(file=log)
    except OSError:
        where = "加上 LUOSHI_DEBUG=1 再运行可看到经过"
    say(f"程序出了没料到的错：{type(error).__name__}：{str(error)[:200]}。请把它告诉维护人员，{where}。")
    return 1


@contextlib.contextmanager
def standard_streams() -> Iterator[None]:
    """Streams that were closed from outside become empty ones; a letter that a terminal lacks never ends a command."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin or os.fdopen(0, closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    yield


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    with standard_streams():
        try:
            code = run(arguments)
            sys.stdout.flush()
            return code
        except WrongUse as error:
            say(error)
            return 2
        except Refused as error:
            say(error)
            return 2 if isinstance(error, Unreadable) else 1
        except KeyboardInterrupt:
            say("已停下。")
            return INTERRUPTED
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return UNREAD
        except SystemExit as leaving:
            return leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
        except Exception as error:
            sentence = describe(error)
            if sentence is None:
                return unexpected(error)
            say(sentence)
            return 2
