"""The ledger of findings, declared once: page, Excel out and print come from here. Accusations never stand in it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from luoshi.chapters.review import queries
from luoshi.chapters.review.models import Channel, Finding, State
from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import ENDED, Category, Matter
from luoshi.core.org import queries as org
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.plan import queries as plan
from luoshi.kit.addresses import address
from luoshi.kit.again import again
from luoshi.kit.counting import MOST, Counted, so_far
from luoshi.kit.days import day_of, within
from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.model import Column, DateRange, Filter, Group, Ledger, Tally
from luoshi.kit.personal import masked
from luoshi.kit.picking import few, picked
from luoshi.kit.search.queries import matching, newest_of


def _rows(actor: Actor) -> QuerySet[Finding]:
    return queries.plain_to(actor)


def _became(finding: Finding) -> str:
    """What came of it, with the number of what it went into."""
    into = finding.merged_into or finding.matter
    return f"{finding.get_state_display()} {into.number}" if into else finding.get_state_display()


def _from(finding: Finding) -> str:
    """The document, or the meeting with its date, that it comes from."""
    if finding.meeting_on:
        return f"{finding.meeting_name}（{finding.meeting_on:%Y-%m-%d}）"
    return finding.document


NEWEST = 120
"""Of what is found by words, so many are looked through for a first page."""


def _received(rows: QuerySet[Finding], days: DateRange) -> QuerySet[Finding]:
    return within(rows, "received_at", days.start, days.end)


def _of_category(rows: QuerySet[Finding], key: str) -> QuerySet[Finding]:
    """Of a first-level category with all below it, or of none."""
    if key == "none":
        return rows.filter(category__isnull=True)
    top = int(key)
    return rows.filter(Q(category=top) | Q(category__parent=top) | Q(category__parent__parent=top))


def _categories(actor: Any) -> list[tuple[str, str]]:
    tops = again("review.top_categories", _tops, town=actor.town_id or 0)
    return [("none", "还没有定类别"), *((str(pk), name) for pk, name in tops)]


def _tops(town: int) -> QuerySet[Category, tuple[int, str]]:
    return Category.objects.filter(town_id=town, parent__isnull=True).order_by("code").values_list("pk", "name")


def _ended(rows: QuerySet[Finding], key: str) -> QuerySet[Finding]:
    """What became of the matter."""
    became = rows.filter(state=State.OPENED)
    return became.exclude(matter__state__in=ENDED) if key == "open" else became.filter(matter__state=key)


def _few_ended(rows: QuerySet[Finding], key: str) -> QuerySet[Finding]:
    """The same. Open and voided matters are few in a town: then their findings are looked up, whatever else is asked for;
    many are met soon enough by walking. One statement, which reads a thousand keys at most."""
    if key == "closed":
        return _ended(rows, key)
    town = Subquery(rows.order_by().values("town")[:1])
    stands = matters.is_open() if key == "open" else Q(state=key)
    keys = few(Matter.objects.filter(stands, town_id=town).values_list("pk", flat=True), most=MOST)
    if keys is not None:
        return picked(rows.filter(state=State.OPENED), Finding.objects.filter(matter__in=keys).values("pk"))
    return _ended(rows, key)


NO_UNIT = "none"


def _units(actor: Any) -> list[tuple[str, str]]:
    names = again("review.units", _working, town=actor.town_id or 0)
    return [(NO_UNIT, "没有写单位"), *((str(pk), name) for pk, name in names)]


def _about(rows: QuerySet[Finding], key: str) -> QuerySet[Finding]:
    return rows.filter(unit__isnull=True) if key == NO_UNIT else rows.filter(unit_id=int(key))


def _working(town: int) -> QuerySet[Unit, tuple[int, str]]:
    return org.units_to_work(town).values_list("pk", "name")


def _unit_names(actor: Any, values: Sequence[Any]) -> dict[Any, str]:
    return dict(org.units(actor).filter(pk__in=values).order_by("kind", "order", "path").values_list("pk", "name"))


def _goals(actor: Any) -> list[tuple[str, str]]:
    return [(str(branch.goal.pk), branch.goal.name) for branch in plan.tree(plan.goals_of_town(actor.town_id))]


def by_goal(rows: QuerySet[Finding], key: str) -> QuerySet[Finding]:
    """What became a matter that serves a goal or one below it. Of few such matters the findings are looked up; many are
    met soon enough by walking the findings. One statement, which reads a thousand entries of an index for each goal."""
    if not (key.isdecimal() and len(key) < 19):
        return rows.none()
    serving = so_far(Matter.objects.filter(goal=OuterRef("pk")))
    goals = dict(plan.branch(int(key)).order_by().annotate(serving=Counted(serving)).values_list("pk", "serving"))
    if sum(goals.values()) > MOST:
        return rows.filter(matter__goal__in=goals)
    return picked(rows, Finding.objects.filter(matter__goal__in=goals).values("pk"))


ENDS = [("open", "正在办理"), ("closed", "已销号"), ("voided", "已撤销")]

FINDINGS: Ledger[Finding] = Ledger(
    slug="findings",
    label="查摆问题台账",
    rows=_rows,
    may=lambda actor: actor.is_person and actor.has(Duty.OFFICE, Duty.SECRETARY),
    columns=(
        Column("number", "编号", lambda f: f.number, width=8, css="row-number", sort="pk", reads=("received_at",)),
        Column("old_number", "原编号", lambda f: f.old_number, width=8, default=False, reads=("old_number",)),
        Column("title", "问题", lambda f: masked(f.title), kind="long", width=18, css="row-title", reads=("title",)),
        Column("words", "原话", lambda f: masked(f.words), kind="long", width=28, default=False, reads=("words",)),
        Column("channel", "渠道", lambda f: f.channel_label, width=9, reads=("channel", "mode")),
        Column("place", "地点", lambda f: masked(f.place), width=10, reads=("place",)),
        Column("unit", "涉及单位", lambda f: f.unit.name if f.unit else "", width=9, reads=("unit__name",)),
        Column(
            "source",
            "文件或会议",
            _from,
            kind="long",
            width=14,
            default=False,
            reads=("meeting_name", "meeting_on", "document"),
        ),
        Column(
            "received",
            "收到",
            lambda f: day_of(f.received_at),
            kind="date",
            width=7,
            sort="received_at",
            reads=("received_at",),
        ),
        Column("became", "处理", _became, width=12, reads=("state", "matter__received_at", "merged_into__received_at")),
        Column("answer", "答复", lambda f: f.answer, kind="long", width=20, default=False, reads=("answer",)),
    ),
    filters=(
        Filter("state", "处理", "choice", queries.of_state, choices=lambda actor: State.choices, plain=True),
        Filter("end", "立项以后", "choice", _few_ended, choices=lambda actor: ENDS, counted=_ended),
        Filter(
            "channel",
            "渠道",
            "choice",
            lambda rows, key: rows.filter(channel=key),
            choices=lambda actor: Channel.choices,
            plain=True,
        ),
        Filter("category", "类别", "choice", _of_category, choices=_categories, plain=True),
        Filter("unit", "涉及单位", "choice", _about, choices=_units, plain=True),
        Filter("received", "收到", "daterange", _received, plain=True, order="received_at"),
        Filter("goal", "目标", "choice", by_goal, choices=_goals),
    ),
    search=lambda rows, words: rows.filter(pk__in=matching("finding", words)),
    search_newest=lambda rows, words: rows.filter(pk__in=newest_of("finding", [words], most=NEWEST, enough=NEWEST)),
    groups=(
        Group("unit", "涉及单位", "unit_id", _unit_names, lambda v: None if v is None else {"unit": str(v)}),
        Group(
            "channel",
            "渠道",
            "channel",
            lambda actor, values: dict(Channel.choices),
            lambda v: v and {"channel": str(v)},
        ),
        Group("state", "处理", "state", lambda actor, values: dict(State.choices), lambda v: v and {"state": str(v)}),
    ),
    tallies=(
        Tally("new", "待处理", lambda: Q(state=State.NEW), {"state": "new"}),
        Tally("opened", "已立项", lambda: Q(state=State.OPENED), {"state": "opened"}),
        Tally("closed", "其中已销号", lambda: Q(state=State.OPENED, matter__state="closed"), {"end": "closed"}),
        Tally("merged", "已并入", lambda: Q(state=State.MERGED), {"state": "merged"}),
        Tally("answered", "已答复", lambda: Q(state=State.ANSWERED), {"state": "answered"}),
    ),
    order="",
    keys_first=True,
    kept_by=lambda: None,
    title=lambda actor: f"{actor.town_name}查摆问题台账",
    office=lambda actor: f"{actor.town_name}督办室",
    detail_url=lambda f: address("finding", f.pk),
    empty="没有符合条件的问题。去掉一个条件再看，或从“录入问题”开始。",
)

registry.register(FINDINGS)
