"""``./luoshi test``: every test, on SQLite and on PostgreSQL; ``--quick``: the fast ones, on SQLite, on all cores."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from luoshi.commands import postgres
from luoshi.commands.chinese import Parser
from luoshi.commands.frame import ROOT
from luoshi.commands.killing.command import BOTH
from luoshi.commands.killing.command import run as pull

NAME = "test"
HELP = "运行测试；没有的浏览器和 PostgreSQL 会装上"
TAKES_MORE = True
CHOOSES_DATABASE = True

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUICK = ("-m", "not slow and not browser", "-n", "auto", "--dist", "loadfile")
"""The quick suite: on one database, its files dealt out to as many processes as there are cores."""
ONCE = "--database-only"
"""For the second pass: without the tests to which the database is all the same (``tests/support/passes.py``)."""
USAGE_ERROR, NONE_RAN = 4, 5
"""pytest's exit codes for arguments that it does not understand, and for a run without a test."""


def arguments(parser: Parser) -> None:
    parser.add_argument("--quick", action="store_true", help="只在 SQLite 上跑，不跑浏览器测试和慢的测试")
    parser.add_argument(
        "--kill", metavar="N", type=int, help="不跑测试，改为在随机时刻杀进程 N 次，看什么丢了、什么办了一半"
    )
    parser.add_argument("--seed", type=int, help="随机时刻的种子（不写：随机，并打印出来）")
    parser.add_argument("--on", choices=BOTH, help="只在这一种数据库上杀进程（不写：两种各一半）")
    parser.epilog = (
        "其余参数原样交给 pytest，例如 ./luoshi test -k 销号。写了 --db 或 DATABASE_URL 就只在那个数据库上跑。"
    )


def calc_python() -> str:
    """A Python that can drive LibreOffice Calc, its own or the system's; empty where there is no Calc or no such Python.

    Calc is known by its library: Debian's package without a screen brings no ``scalc`` to start it by.
    """
    office = shutil.which("soffice")
    if office is None or not (beside := Path(office).resolve().parent).joinpath("libsclo.so").exists():
        return ""
    for found in (str(beside / "python"), "/usr/bin/python3"):
        if (
            Path(found).is_file()
            and not subprocess.run([found, "-c", "import uno"], capture_output=True, check=False).returncode
        ):
            return found
    return ""


@dataclass(frozen=True)
class Need:
    """Something from outside that tests use: Debian's ``packages``, and which tests are left out without it."""

    name: str
    packages: tuple[str, ...]
    left_out: str

    def is_there(self) -> bool:
        if self.name == "PostgreSQL":
            return postgres.binaries() is not None
        if self.name == "LibreOffice Calc":
            return bool(calc_python())
        if self.name == "Chromium":
            return any(shutil.which(name) for name in BROWSERS)
        listed = (
            subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
            if shutil.which("fc-list")
            else None
        )
        return listed is not None and bool(listed.stdout.strip())


CHROMIUM = Need("Chromium", ("chromium",), "浏览器测试")
FONTS = Need("中文字体", ("fontconfig", "fonts-noto-cjk"), "")
POSTGRESQL = Need("PostgreSQL", ("postgresql",), "PostgreSQL 上的全部测试")
CALC = Need("LibreOffice Calc", ("libreoffice-calc-nogui", "python3-uno"), "台账在真的 Calc 里改过再导回的测试")
"""Never installed and never demanded (a quarter of a gigabyte for a few tests); that they were left out is said."""


def install(needs: Sequence[Need]) -> None:
    """Install what is absent through apt, as root; the end of what apt said where it fails."""
    packages = [package for need in needs for package in need.packages]
    if not packages or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"正在安装测试要用的 {'、'.join(need.name for need in needs)} …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-q", "update"],
        ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300", "install", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(
            command,
            env=quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    if done.returncode:
        print("\n".join(done.stdout.splitlines()[-5:]), file=sys.stderr)


def missing(needs: Sequence[Need]) -> list[Need]:
    """What is still absent after trying to install it."""
    install([need for need in needs if not need.is_there()])
    return [need for need in needs if not need.is_there()]


def tell(absent: Sequence[Need]) -> None:
    for need in absent:
        left_out = f"{need.left_out}没有跑" if need.left_out else "截图里的汉字会是方框"
        print(
            f"没有 {need.name}：{left_out}。装上它：sudo apt-get install -y {' '.join(need.packages)}", file=sys.stderr
        )


def start(rest: Sequence[str], url: str, output: IO[bytes] | None) -> subprocess.Popen[bytes]:
    """Run pytest on one database, in a process group of its own; ``url`` empty: SQLite in memory."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "luoshi.settings_test", "PYTHONUNBUFFERED": "1"}
    environment.pop("DATABASE_URL", None)
    if url:
        environment["DATABASE_URL"] = url
    command = [sys.executable, "-m", "pytest", *rest]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


@contextlib.contextmanager
def ended(*processes: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever happens, these processes and what they started are gone afterwards."""
    try:
        yield
    finally:
        for process in processes:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGINT)
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


def both(rest: Sequence[str], folder: Path) -> list[int]:
    """SQLite and PostgreSQL side by side, one core each; the second's output follows the first's.

    What opens no database runs in the first pass alone.
    """
    with postgres.cluster(folder) as url, tempfile.TemporaryFile() as kept:
        second = start([*rest, ONCE], url, kept)
        first = start(rest, "", None)
        with ended(first, second):
            print("在 SQLite 上（PostgreSQL 上的同时进行，结果随后）：", flush=True)
            codes = [first.wait(), second.wait()]
            if codes[1] == NONE_RAN:
                codes[1] = (
                    0  # everything that was asked for opens no database; where nothing fits, the first pass says so
                )
        print("在 PostgreSQL 上：", flush=True)
        kept.seek(0)
        shutil.copyfileobj(kept, sys.stdout.buffer)
        sys.stdout.flush()
        return codes


def one(rest: Sequence[str], url: str) -> list[int]:
    process = start(rest, url, None)
    with ended(process):
        return [process.wait()]


def interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def exit_code(codes: Sequence[int]) -> int:
    """2 where pytest did not understand the arguments; 1 where any test failed, or a pass ran none."""
    if USAGE_ERROR in codes:
        return 2
    return 1 if any(codes) else 0


def kill(options: Namespace) -> int:
    """The pulled plug; without PostgreSQL on SQLite alone, which is said."""
    kinds: tuple[str, ...] = (options.on,) if options.on else BOTH
    absent = missing([POSTGRESQL]) if "postgresql" in kinds else []
    if absent:
        print("没有 PostgreSQL：只在 SQLite 上杀进程。装上它：sudo apt-get install -y postgresql", file=sys.stderr)
        kinds = tuple(kind for kind in kinds if kind != "postgresql")
    if not kinds:
        return 1
    return pull(options.kill, seed=options.seed, kinds=kinds)


def run(options: Namespace) -> int:
    signal.signal(signal.SIGTERM, interrupted)
    if options.kill is not None:
        return kill(options)
    rest = [*(QUICK if options.quick else ()), *options.rest]
    chosen = os.environ.get("DATABASE_URL", "")
    needs = [] if options.quick else [CHROMIUM, FONTS, *(() if chosen else (POSTGRESQL,))]
    absent = missing(needs)
    tell([*absent, *(() if options.quick or CALC.is_there() else (CALC,))])
    strict = os.environ.get("CI") == "true" and any(need.left_out for need in absent)
    folder = None if chosen or options.quick else postgres.binaries()
    failed_cluster = False
    try:
        codes = one(rest, chosen) if folder is None else both(rest, folder)
    except postgres.ClusterFailed as error:
        print(f"PostgreSQL 起不来，它上面的测试没有跑：{error}", file=sys.stderr)
        failed_cluster = True
        codes = one(rest, "")
    if strict:
        print("CI=true 时缺了上面说的就算没有通过。", file=sys.stderr)
    return exit_code(codes) or int(strict or failed_cluster)
