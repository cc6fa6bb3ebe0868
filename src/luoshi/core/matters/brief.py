"""The brief: how a town's matters went in a period, as a draft of an official report, drawn from the records alone.

Every number carries the id of the query that it came from (``matters.closed:20261001-20261031:unit-12``). Units are
listed in their own order and persons not at all: a brief ranks nobody.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from luoshi.core.matters.models import Evaluation, Matter, Secrecy
from luoshi.core.matters.queries.period import Period, period
from luoshi.core.org.models import TownProfile, Unit
from luoshi.kit.documents.model import Block, Document, Figure, Heading, Para, Run, Table

MOST_UNITS = 12
MOST_OVERDUE = 6
RULE = (
    "统计口径：计时从收到之日起，三日内反馈，一般事项七日内、重大复杂事项一个月内办结，另定期限的从其规定，"
    "期限至当日二十四时止。逾期，指过了办结期限还没有申请销号，或申请销号时已过期限；等候核查和评价的时间不计。检举控告不在统计之内。"
)


def monthly(town: Unit, *, start: date, end: date, today: date) -> Document:
    """The brief of a town from ``start`` to ``end``, as things stand on ``today``: a draft of two pages."""
    found = period(town, start=start, end=end, today=today, most=MOST_OVERDUE)
    profile = TownProfile.objects.filter(unit=town).first()
    issuer = profile.issuer if profile else town.name
    return Document(
        title=f"{town.name}{_span(start, end)}问题办理情况报告",
        issuer=f"{issuer}文件",
        kind="报告",
        recipients=("镇党委、镇人民政府",),
        body=(
            *_whole(found),
            Heading(1, "各单位办理情况"),
            _by_unit(found),
            *_overdue(found),
            *_pains(found),
            *_answers(found),
        ),
        signed_by=issuer.removesuffix("文件"),
        dated=today,
    )


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _span(start: date, end: date) -> str:
    if (start, end) == month_of(start):
        return f"{start.year}年{start.month}月"
    return f"{_cn(start)}至{_cn(end)}"


def _cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _figure(found: Period, value: int, name: str, *, unit: str = "件", of: str = "") -> Figure:
    span = f"{found.start:%Y%m%d}-{found.end:%Y%m%d}" if name in _IN_PERIOD else f"{found.today:%Y%m%d}"
    return Figure(value, unit, ":".join(part for part in (f"matters.{name}", span, of) if part))


_IN_PERIOD = frozenset({"received", "closed", "closed_late", "voided", "reopened", "answers", "category", "raisers"})


def _whole(found: Period) -> Sequence[Block]:
    def total(name: str) -> Figure:
        return _figure(found, found.total(name), name)

    runs: list[Run] = [f"{_span(found.start, found.end)}，全镇收到事项", total("received"), "，销号", total("closed")]
    runs += ["，其中逾期销号", total("closed_late")] if found.total("closed_late") else ["，没有逾期销号的"]
    if found.reopened:
        runs += ["；重新打开", _figure(found, found.reopened, "reopened")]
    if found.voided:
        runs += ["；撤销", _figure(found, found.voided, "voided")]
    runs += [f"。截至{_cn(found.today)}，在办", total("open")]
    if found.total("open"):
        runs += ["，其中逾期", total("overdue"), "、今明两日到期", _figure(found, found.soon, "soon")]
        runs += ["、中止或上报等候", _figure(found, found.waiting, "waiting")]
        runs += ["；今后七日内到期", _figure(found, found.due_in_a_week, "due_in_a_week")]
    runs.append("。")
    return (Heading(1, "总体情况"), Para(tuple(runs)), Para((RULE,)))


def _by_unit(found: Period) -> Table:
    names = ("received", "closed", "closed_late", "open", "overdue")

    def row(label: str, values: Sequence[int], of: str) -> tuple[str | Figure, ...]:
        cells = [_figure(found, value, name, unit="", of=of) for name, value in zip(names, values, strict=True)]
        return (label, *cells)

    shown, rest = found.units[:MOST_UNITS], found.units[MOST_UNITS:]
    rows = [
        row(
            one.unit.name if one.unit else "尚未交办",
            [getattr(one, name) for name in names],
            f"unit-{one.unit.pk}" if one.unit else "unassigned",
        )
        for one in shown
    ]
    if rest:
        label = f"其余{len(rest)}个单位"
        rows.append(row(label, [sum(getattr(one, name) for one in rest) for name in names], "others"))
    rows.append(row("合计", [found.total(name) for name in names], ""))
    return Table(
        ("牵头单位", "收到", "销号", "其中逾期", "在办", "逾期"), tuple(rows), widths=(5.0, 1.6, 1.6, 2.0, 1.6, 1.6)
    )


def _overdue(found: Period) -> Sequence[Block]:
    count = found.total("overdue")
    if not count:
        return (Heading(1, "逾期在办事项"), Para((f"截至{_cn(found.today)}，没有逾期在办的事项。",)))
    rows = tuple(
        (
            matter.number,
            _title(matter),
            matter.lead_unit.name if matter.lead_unit else "尚未交办",
            f"{matter.resolve_due:%Y-%m-%d}",
        )
        for matter in found.overdue
    )
    blocks: list[Block] = [
        Heading(1, "逾期在办事项"),
        Table(("编号", "事项", "牵头单位", "办结期限"), rows, widths=(2.6, 5.4, 3.0, 2.4)),
    ]
    if count > len(rows):
        more = _figure(found, count - len(rows), "overdue", of="more")
        blocks.append(Para((f"以上为期限最早的{len(rows)}件，其余", more, "见问题台账。")))
    return blocks


def _title(matter: Matter) -> str:
    """Of restricted matters not even the title leaves."""
    if matter.secrecy in (Secrecy.RESTRICTED, Secrecy.ACCUSATION):
        return "（限定知悉范围，略）"
    return matter.title if len(matter.title) <= 24 else f"{matter.title[:23]}…"


def _pains(found: Period) -> Sequence[Block]:
    if not found.pains:
        return ()
    runs: list[Run] = ["收到两件以上的类别："]
    for number, pain in enumerate(found.pains):
        of = f"category-{pain.category_id}"
        runs += ["；" if number else "", pain.name, _figure(found, pain.matters, "category", of=of)]
        if pain.raisers:
            runs += ["（", _figure(found, pain.raisers, "raisers", unit="人次", of=of), "提出）"]
    return (Heading(1, "反映集中的问题"), Para((*[run for run in runs if run != ""], "。")))


_ANSWERS = (
    (Evaluation.Answer.SATISFIED, "满意"),
    (Evaluation.Answer.FAIRLY, "基本满意"),
    (Evaluation.Answer.UNSATISFIED, "不满意"),
    (Evaluation.Answer.NO_ANSWER, "未答复"),
    (Evaluation.Answer.WAITING, "尚在等候评价"),
    (Evaluation.Answer.NOT_ASKED, "录入时已办结、未征询"),
)


def _answers(found: Period) -> Sequence[Block]:
    told = [(word, answer, found.answers.get(str(answer), 0)) for answer, word in _ANSWERS]
    if not any(count for _, _, count in told):
        return ()
    runs: list[Run] = ["就本期申请销号的事项，提出人"]
    for number, (word, answer, count) in enumerate((w, a, c) for w, a, c in told if c):
        of = str(answer) or "waiting"
        runs += ["、" if number else "", word, _figure(found, count, "answers", unit="人次", of=of)]
    runs.append("。未答复的不作满意计。")
    return (Heading(1, "提出人的评价"), Para(tuple(run for run in runs if run != "")))
