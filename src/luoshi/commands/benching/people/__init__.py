"""Many people at once, on the real server: who signs in over two minutes, reads and writes, and thinks in between.

On a copy of the benchmark's database, so that what people write does not stay in it. Everything goes over HTTP to this
machine; after twice the ``seconds`` it ends by itself.
"""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from luoshi.commands.benching import data
from luoshi.commands.benching.people.copies import copy_of, settle, turn_to, work_of
from luoshi.commands.benching.people.importing import Importer, Writer
from luoshi.commands.benching.people.persons import Person
from luoshi.commands.benching.people.samples import WORDS, Samples, figures
from luoshi.commands.benching.people.server import serving
from luoshi.commands.benching.town import AT
from luoshi.commands.database import sqlite_file
from luoshi.commands.static import prepare_static


def run(people: int, rows_in: int, seconds: int, told: Callable[[str], None], log: Path) -> dict[str, Any]:
    """On the chosen database (a copy): the figures by kind, and what an import took where one was asked for."""
    usernames = settle(people)
    work = work_of(usernames)
    result: dict[str, Any] = {}
    samples = Samples()
    data.leave()
    with serving(log) as (port, used):
        if people:
            begun, before = time.monotonic(), used()
            told(f"{people} 人在 {seconds} 秒内陆续登录，到齐后再办 {seconds} 秒。")
            everybody = [
                Person(
                    *(port, username, work, samples),
                    at=begun + seconds * number / people,
                    until=begun + 2 * seconds,
                    seed=number,
                )
                for number, username in enumerate(usernames)
            ]
            for one in everybody:
                one.start()
            for one in everybody:
                one.join(2 * seconds + 120)
            result["web_cpu_s"] = round(used() - before, 1)
        if rows_in:
            told(f"导入 {rows_in:,} 行，同时有人不停地立项。")
            done = threading.Event()
            importer, writer = Importer(port, rows_in, samples), Writer(port, samples, done)
            importer.start()
            writer.start()
            importer.join(2_000)
            done.set()
            writer.join(60)
            result["import_s"] = {name: round(seconds, 1) for name, seconds in importer.seconds.items()}
    return {
        **result,
        "items": [figures(kind, samples.taken[kind]) for kind in WORDS if samples.taken.get(kind)],
        "pages": figures("pages", samples.pages()),
        "errors": len(samples.errors),
        "first_errors": samples.errors[:20],
    }


def _interrupted(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def measure(people: int, rows_in: int, seconds: int, count: int, named: str, var: Path) -> dict[str, Any]:
    """Copy the filled database, measure, throw the copy away; prints a table."""
    signal.signal(signal.SIGTERM, _interrupted)
    prepare_static()
    source = os.environ["DATABASE_URL"]
    data.leave()
    url = copy_of(source, named)
    turn_to(url)
    log = var / "bench-people.log"
    log.unlink(missing_ok=True)
    try:
        begun = datetime.now(tz=AT.tzinfo)
        load = os.getloadavg()[0]
        found = run(people, rows_in, seconds, lambda words: print(words, flush=True), log)
    finally:
        data.leave()
        data.drop(url, named)
        if url.startswith("sqlite:"):
            shutil.rmtree(var / f"files-{Path(sqlite_file(url)).stem}", ignore_errors=True)
    found = {
        "rows": count,
        "people": people,
        "seconds": seconds,
        "backend": "sqlite" if url.startswith("sqlite:") else "postgresql",
        "began": begun.isoformat(timespec="seconds"),
        "load_before": round(load, 1),
        "load_after": round(os.getloadavg()[0], 1),
        **found,
    }
    tell(found)
    return found


def tell(found: dict[str, Any]) -> None:
    """The table."""
    print("动作              次数   中位毫秒   95%毫秒   99%毫秒   最长毫秒", flush=True)
    for item in [*found["items"], *([{**found["pages"], "name": "页面合计"}] if found["pages"]["count"] else [])]:
        name = WORDS.get(item["name"], item["name"])
        print(
            f"{name}{'　' * (9 - len(name))}{item['count']:>6}{item['p50_ms']:>11,.0f}{item['p95_ms']:>10,.0f}"
            f"{item['p99_ms']:>10,.0f}{item['most_ms']:>11,.0f}"
        )
    if cpu := found.get("web_cpu_s"):
        signed = next((item["count"] for item in found["items"] if item["name"] == "sign-in"), 0)
        print(f"网页服务用了处理器 {cpu} 秒：登录 {signed} 次，页面 {found['pages']['count']} 次。")
    if took := found.get("import_s"):
        print(
            f"导入：上传 {took.get('upload', 0)} 秒，试导入 {took.get('trial', 0)} 秒，导入 {took.get('import', 0)} 秒。"
        )
    print(
        f"差错 {found['errors']} 次。机器负荷（之前、之后）：{found['load_before']}、{found['load_after']}。",
        flush=True,
    )
    for words in found["first_errors"]:
        print(f"　{words}")
