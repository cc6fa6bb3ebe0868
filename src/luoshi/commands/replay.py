"""``./luoshi replay``: what the 13710 clock would have said of messages that were really left and really answered."""

import argparse
import json
import os
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from luoshi.commands.chinese import Parser
from luoshi.commands.errors import WrongUse
from luoshi.commands.frame import prepare_database, set_up
from luoshi.commands.replaying.messages import FIRST_YEAR, LAST_YEAR, Reading, read
from luoshi.commands.width import table

if TYPE_CHECKING:
    from luoshi.commands.replaying.town import Staff

NAME = "replay"
HELP = "用真实留言和答复时间回放，看 13710 的时限会怎么说"
CHOOSES_DATABASE = True


def day(text: str) -> date:
    """A day like 2020-01-09, for argparse."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期要写成 2020-01-09 这样，给的是“{text}”") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise argparse.ArgumentTypeError(f"日期要在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间，给的是“{text}”")
    return found


def arguments(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE.xlsx", type=Path, help="留言工作簿，列名与 messages.xlsx 相同")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="结果放在这个文件夹，没有就新建")
    parser.add_argument("--today", metavar="YYYY-MM-DD", type=day, help="统计日（不写：最后一条答复的日期）")


@dataclass(frozen=True)
class Summary:
    """The keys of ``summary.json``, in their order."""

    messages: int
    rejected: list[dict[str, object]]
    matters: int
    closed: int
    open: int
    within_3_days: int
    within_7_days: int
    within_1_month: int
    green: int
    yellow: int
    red: int
    events: int
    seal_root: str
    seconds: float


def run(options: Namespace) -> int:
    """0: replayed.

    :raises Unreadable: for a workbook that cannot be read.
    :raises WrongUse: for a database that is not empty, or a folder that cannot be written.
    """
    begun = time.monotonic()
    reading = read(options.file, today=options.today)
    folder = _folder(options.out)
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = f"sqlite:///{quote(str(folder / 'replay.sqlite3'))}"
    set_up()
    prepare_database()
    _refuse_full()
    from django.db import transaction

    from luoshi.commands.replaying.town import found, seal_up, work

    recorded = _recorded(reading)
    with transaction.atomic():
        first = min((m.received.day for m in reading.taken), default=reading.today)
        staff = found(first=first, recorded=recorded)
        work(reading.taken, staff=staff, recorded=recorded)
        seal = seal_up(at=recorded)
    counts = _counts(staff.town.pk, today=reading.today)
    _write_papers(folder, staff=staff, first=first, today=reading.today)
    summary = Summary(
        messages=len(reading.taken) + len(reading.rejected),
        rejected=[asdict(one) for one in reading.rejected],
        **counts,
        events=seal.size,
        seal_root=seal.root,
        seconds=round(time.monotonic() - begun, 1),
    )
    _write(folder / "summary.json", lambda stream: stream.write(_json(summary)))
    _show(summary, reading=reading, folder=folder)
    return 0


def _folder(out: Path) -> Path:
    folder = out.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".luoshi-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise WrongUse(f"结果写不进 {folder}（{error.strerror}）。", "请换一个能写的文件夹。") from None
    return folder


def _refuse_full() -> None:
    """:raises WrongUse: where the database holds a town or matters already."""
    from luoshi.core.matters.models import Matter
    from luoshi.core.org.models import Unit

    if Matter.objects.exists():
        raise WrongUse(
            "这个数据库里已有事项，回放只写进空的数据库。", "请换一个 --out 文件夹，或用 --db 指到新的数据库。"
        )
    if Unit.objects.exists():
        raise WrongUse(
            "这个数据库里已建了乡镇，回放只写进空的数据库。", "请换一个 --out 文件夹，或用 --db 指到新的数据库。"
        )


def _recorded(reading: Reading) -> datetime:
    """Now; or the last moment that the workbook speaks of, since nothing is recorded before it happened."""
    from django.utils import timezone

    moments = [moment.at for m in reading.taken for moment in (m.received, m.replied) if moment]
    return max([timezone.now(), *(timezone.make_aware(at) for at in moments)])


def _counts(town_id: int, *, today: date) -> dict[str, int]:
    """What the clock says, from the rows of the matters and ``rules.light`` alone."""
    from django.utils import timezone

    from luoshi.core.matters import rules
    from luoshi.core.matters.models import Matter, State
    from luoshi.kit.workdays import queries as workdays

    calendar = workdays.current()
    counts = dict.fromkeys(
        ("matters", "closed", "open", "within_3_days", "within_7_days", "within_1_month", "green", "yellow", "red"), 0
    )
    rows = Matter.objects.filter(town_id=town_id).values_list("state", "clock_from", "resolve_due", "resolved_at")
    for state, start, resolve_due, resolved_at in rows.iterator(chunk_size=2000):
        replied = timezone.localdate(resolved_at) if resolved_at else None
        counts["matters"] += 1
        counts["closed" if state == State.CLOSED else "open"] += 1
        counts[_LIGHTS[rules.light(today=today, resolve_due=resolve_due, state=state, claimed_on=replied)]] += 1
        if replied:
            counts["within_3_days"] += replied <= start + timedelta(days=3)
            counts["within_7_days"] += replied <= start + timedelta(days=7)
            counts["within_1_month"] += replied <= calendar.month_due(start, 1).on
    return counts


_LIGHTS = {"green": "green", "closed": "green", "yellow": "yellow", "red": "red", "late": "red"}


def _write_papers(folder: Path, *, staff: "Staff", first: date, today: date) -> None:
    """``ledger.xlsx`` and ``brief.docx``, both as things stood on ``today``."""
    from django.http import QueryDict

    from luoshi.core.matters import ledgers, queries
    from luoshi.core.matters.brief import monthly
    from luoshi.core.matters.models import Matter
    from luoshi.kit.documents.docx import render_docx
    from luoshi.kit.ledgers.model import Column
    from luoshi.kit.ledgers.xlsx import write_xlsx

    document = monthly(staff.town, start=first, end=today, today=today)
    _write(folder / "brief.docx", lambda stream: render_docx(document, stream))
    plain = [replace(column, default=True) for column in ledgers.MATTERS.columns if column.kind != "html"]
    light: Column[Matter] = Column("light", "灯", lambda m: queries.light(m, today=today).label, width=6)
    result: Column[Matter] = Column("result", "办理结果", lambda m: m.result, kind="long", width=30)
    columns = (*(column for column in plain if column.key not in ("light", "result")), light, result)
    ledger = replace(ledgers.MATTERS, columns=columns)
    subtitle = f"统计日：{today.isoformat()}"
    title = f"{staff.town.name}问题台账"
    params = QueryDict("order=number")
    _write(
        folder / "ledger.xlsx",
        lambda stream: write_xlsx(ledger, staff.office_actor, params, stream, title=title, subtitle=subtitle),
    )


def _write(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Write a file whole or not at all."""
    with _draft(path) as stream:
        fill(stream)


@contextmanager
def _draft(path: Path) -> Iterator[BinaryIO]:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as stream:
            yield stream
        draft.replace(path)
    except OSError as error:
        raise WrongUse(f"{path} 写不了（{error.strerror}）。", "请检查磁盘空间和权限。") from None
    finally:
        draft.unlink(missing_ok=True)


def _json(summary: Summary) -> bytes:
    return (json.dumps(asdict(summary), ensure_ascii=False, indent=2) + "\n").encode()


def _show(summary: Summary, *, reading: Reading, folder: Path) -> None:
    rows = [
        ("留言", summary.messages, ""),
        ("　不收", len(summary.rejected), "原因见 summary.json"),
        ("事项", summary.matters, ""),
        ("　已销号", summary.closed, ""),
        ("　在办", summary.open, ""),
        ("3 日内答复", summary.within_3_days, "收到之日后第 3 日 24 时前"),
        ("7 日内答复", summary.within_7_days, "收到之日后第 7 日 24 时前"),
        ("1 个月内答复", summary.within_1_month, "下月同日，没有同日的为月末"),
        ("正常", summary.green, "期限内办结，或未到期"),
        ("临期", summary.yellow, "在办，今明两日到期"),
        ("逾期", summary.red, "过了 7 日期限才答复，或至今未答复"),
        ("流水", summary.events, "已全部封存"),
    ]
    print(f"统计日 {reading.today.isoformat()}（自然日，一般事项 7 日）")
    print(table(rows))
    for one in reading.rejected[:10]:
        print(f"第 {one.row} 行不收：{one.reason}")
    if len(reading.rejected) > 10:
        print(f"……另有 {len(reading.rejected) - 10} 行，见 summary.json")
    print(f"印记 {summary.seal_root}")
    print(f"用时 {summary.seconds} 秒。台账、报告和汇总在 {folder}")
