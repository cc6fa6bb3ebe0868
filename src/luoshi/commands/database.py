"""The database of a command: which one, whether it can be reached, and its tables."""

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from luoshi.commands.chinese import Parser
from luoshi.commands.errors import WrongUse

FORMS = "请写成 sqlite:////绝对/路径/文件 或 postgres://用户:密码@主机:端口/库名。"
MIGRATION_LOCK = 1371030
"""Number of PostgreSQL's advisory lock under which tables are made: 13710, and a zero more than the clock."""


def database_option(parser: Parser) -> None:
    """Give a command ``--db URL``. The frame does it for every command that has not done it itself."""
    if not parser.takes_database:
        parser.add_argument("--db", metavar="URL", help="数据库地址，盖过 DATABASE_URL；" + FORMS.rstrip("。"))
        parser.takes_database = True


def check_url(url: str) -> None:
    """:raises WrongUse: for what is neither an absolute SQLite file nor a PostgreSQL address."""
    try:
        parts = urlsplit(url)
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError:
        raise WrongUse(f"数据库地址“{hidden(url)}”读不懂。", FORMS) from None
    if parts.scheme == "sqlite":
        named = parts.path.startswith("//") and len(parts.path) > 2 and not parts.netloc
        if not named or parts.path.endswith("/") or "\0" in unquote(parts.path):
            raise WrongUse(f"数据库地址“{url}”没有写出文件的绝对路径。", FORMS)
        if Path(sqlite_file(url)).is_dir():
            raise WrongUse(f"数据库地址“{url}”是一个文件夹，不是文件。", FORMS)
    elif parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/") or not port_is_readable:
        raise WrongUse(f"数据库地址“{hidden(url)}”读不懂。", FORMS)


def sqlite_file(url: str) -> str:
    """Path of the file that a checked SQLite address names."""
    return unquote(urlsplit(url).path)[1:]


def hidden(url: str) -> str:
    """The address without its password."""
    return re.sub(r"(://[^/@]*?):[^/@]*@", r"\1:***@", url)


def describe(error: Exception) -> str | None:
    """What a database's own complaint means, in one Chinese sentence; None where it is no such complaint."""
    from django.db import DatabaseError, InterfaceError, OperationalError

    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    url = hidden(os.environ.get("DATABASE_URL", ""))
    reason = (str(error).strip().splitlines() or [""])[0][:200]
    if "no such table" in reason or ("relation" in reason and "does not exist" in reason):
        return f"数据库 {url} 里还没有落实的表。请先运行 ./luoshi init，或检查 --db 和 DATABASE_URL。"
    if "not a database" in reason or "malformed" in reason:
        return f"{url} 不是可读的 SQLite 数据库（{reason}）。请检查 --db 和 DATABASE_URL。"
    if isinstance(error, OperationalError | InterfaceError):
        return f"数据库 {url} 打不开或连不上（{reason}）。请检查 --db、DATABASE_URL 和数据库是否在运行。"
    return None


def reach() -> None:
    """Make sure that the database is there: SQLite's folder is made, PostgreSQL is asked once.

    :raises WrongUse: where the folder cannot be made or the server does not answer within 5 seconds.
    """
    url = os.environ["DATABASE_URL"]
    if url.startswith("sqlite:"):
        folder = Path(sqlite_file(url)).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WrongUse(f"放数据库的文件夹 {folder} 建不了（{error.strerror}）。", FORMS) from None
        return
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        reason = (str(error).strip().splitlines() or [""])[0][:200]
        raise WrongUse(f"数据库 {hidden(url)} 连不上（{reason}）。", "请检查地址、密码和数据库是否在运行。") from None


def make_for_us_alone(file: Path) -> None:
    """An empty file that no other user of the machine can read, where there is none; SQLite gives its mode to the files
    beside it. One that is there keeps the mode that somebody gave it."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Nobody else makes tables in this database meanwhile."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")  # who makes tables may take long
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
                cursor.execute("RESET lock_timeout")
        return
    name = str(connection.settings_dict["NAME"])
    if "mode=memory" in name or name == ":memory:":  # nobody else can reach it
        yield
        return
    with open(f"{name}.setup-lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare_database() -> None:
    """Make the database and its tables, or bring them up to date; quick where nothing is to do, safe twice at once.

    :raises WrongUse: where the database cannot be reached.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    def behind() -> bool:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    reach()
    if os.environ["DATABASE_URL"].startswith("sqlite:"):
        make_for_us_alone(Path(sqlite_file(os.environ["DATABASE_URL"])))
    if not behind():
        return
    with alone():
        if behind():
            call_command("migrate", verbosity=0, interactive=False)
