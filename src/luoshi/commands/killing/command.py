"""``./luoshi test --kill N``: both databases side by side, and what came of it in a table."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from luoshi.commands.errors import WrongUse
from luoshi.commands.frame import ROOT

MOST = 10_000
BOTH = ("sqlite", "postgresql")
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
KILLED = {
    "web worker": "网页进程",
    "web": "网页服务",
    "jobs": "后台任务进程",
    "writer": "正在写库的进程",
    "postmaster": "数据库服务",
    "backend": "数据库连接进程",
}
PRESSED = {"raise": "群众反映（带附件）", "register": "立项", "report": "反馈（带附件）", "upload": "上传台账"}


def run(count: int, *, seed: int | None, kinds: Sequence[str]) -> int:
    """0 where nothing was lost, halved or done twice; 1 else. The seed of the random moments is printed.

    :raises WrongUse: for a senseless number of kills.
    """
    if not 1 <= count <= MOST:
        raise WrongUse(f"--kill 应在 1 到 {MOST:,} 之间。", "请改正。")
    seed = secrets.randbelow(1 << 31) if seed is None else seed
    shares = {kind: count // len(kinds) + (n < count % len(kinds)) for n, kind in enumerate(kinds)}
    print(f"拔插头：{count} 次，种子 {seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="luoshi-kill-"))
    running = {}
    try:
        for kind, share in shares.items():
            (folder / kind).mkdir()
            running[kind] = _start(kind, share, seed, folder / kind)
        for process in running.values():
            process.wait()
        results = [_read(folder / kind / "found.json", kind, process.returncode) for kind, process in running.items()]
    finally:
        for process in running.values():
            _end(process)
        shutil.rmtree(folder, ignore_errors=True)
    for result in results:
        tell(result)
    return int(any(result["wrong"] for result in results))


def _start(kind: str, count: int, seed: int, folder: Path) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LUOSHI_")}
    environment.pop("DATABASE_URL", None)
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "luoshi.commands.killing.rounds"),
            *("--kind", kind, "--kills", str(count), "--seed", str(seed)),
            *("--folder", str(folder), "--json", str(folder / "found.json")),
        ],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asked first, so that it puts away what it started."""
    if process.poll() is None and process.pid > 1:
        process.terminate()
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _read(path: Path, kind: str, code: int) -> dict[str, Any]:
    if not path.exists():
        how = f"被信号 {-code}（{signal.strsignal(-code)}）结束" if code < 0 else f"退出码 {code}，原因见上"
        return {"kind": kind, "wrong": [f"没有做到底：这一轮自己的进程{how}。"]}
    result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return result


def tell(result: dict[str, Any]) -> None:
    """One database, in a few lines."""
    name = NAMES[result["kind"]]
    if "killed" in result:
        killed = "、".join(f"{KILLED[kind]} {count}" for kind, count in sorted(result["killed"].items()))
        print(f"\n{name}：杀了 {sum(result['killed'].values())} 次（{killed}），用时 {result['seconds']} 秒")
        print("　办的事　　　　　　有回执　在库里　没有回执：完整在库　没有留下")
        for kind, label in PRESSED.items():
            one = result["counts"].get(kind, {})
            said = [one.get(key, 0) for key in ("acknowledged", "found", "unacknowledged_found", "not_found")]
            print(f"　{label}{'　' * (9 - len(label))}{said[0]:>6}{said[1]:>8}{said[2]:>14}{said[3]:>12}")
    if numbers := result.get("numbers"):
        print(
            "　后台任务 {all_jobs} 项办成，其中计数的 {jobs} 项各办一次，换人接手 {taken_over} 项；"
            "导入 {imports} 份 {import_rows} 行，导出 {exports} 份。".format(**numbers)
        )
        print(
            "　流水 {events} 条、封存 {seals} 次，完好；附件 {files} 个与记录相符（清扫掉没有记录的 {swept} 个）。".format(
                **numbers
            )
            if not result["wrong"]
            else "　流水 {events} 条、封存 {seals} 次；附件 {files} 个。".format(**numbers)
        )
    for words in result["wrong"]:
        print(f"　不对：{words}")
    print(f"　{name}：{'不通过' if result['wrong'] else '通过'}", flush=True)
