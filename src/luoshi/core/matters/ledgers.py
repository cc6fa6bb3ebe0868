"""The ledger of matters, declared once: page, Excel out and print come from here.

``matters`` is the problem ledger that townships keep (row 1.6 of the mission): 序号, 问题, 表现, 根源, 整改措施,
责任领导, 责任单位, 责任人, 时限, 进展, 销号. The numbers on other pages link into it by its filters. A light is judged
by the day on which the ledger is read.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from luoshi.core.matters import filters, queries
from luoshi.core.matters.lines import light_word
from luoshi.core.matters.models import Grade, Matter, Raiser, State
from luoshi.core.org import queries as org
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.plan import queries as plan
from luoshi.kit.addresses import address
from luoshi.kit.charts.ruler import day_words, draw
from luoshi.kit.days import day_of, midnight, within
from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.model import BatchAction, Column, Filter, Group, Ledger, Tally
from luoshi.kit.rows import many
from luoshi.kit.search import queries as search_index


def _today() -> date:
    return day_of(timezone.now())


def _rows(actor: Actor) -> QuerySet[Matter]:
    return queries.plain_to(actor)


_LIGHT = ("state", "resolve_due", "claimed_at", "resolved_at", "paused_on")
_RULER = (
    *_LIGHT,
    *("round", "clock_from", "assign_due", "report_due", "assigned_at", "reported_at", "ended_at", "origin_kind"),
    *("date_moves", "pauses"),
)


def _ruler(matter: Matter) -> str:
    data = queries.ruler(matter, today=_today(), moves=many(matter, "date_moves"), pauses=many(matter, "pauses"))
    return draw(data)


def _light(matter: Matter) -> str:
    return SafeString(light_word(queries.light(matter, today=_today())))


def _due(matter: Matter) -> str:
    """The limit in force; every date that it had before stands beside it."""
    old = [m.old for m in many(matter, "date_moves") if m.which == "resolve"]
    today = _today()
    now = day_words(matter.resolve_due, today)
    if not old:
        return now
    return format_html('{}<span class="before">（原 {}）</span>', now, "、".join(day_words(d, today) for d in old))


def _ended(matter: Matter) -> str:
    if matter.state == State.CLOSED and matter.ended_at:
        return f"{day_of(matter.ended_at).isoformat()} 销号"
    return matter.get_state_display()


def _ended_here(matter: Matter) -> str:
    """The same as the page says its days."""
    if matter.state == State.CLOSED and matter.ended_at:
        return f"{day_words(timezone.localdate(matter.ended_at), _today())} 销号"
    return matter.get_state_display()


def _batch(actor: Any) -> tuple[BatchAction, ...]:
    if actor.has(Duty.OFFICE):
        return (BatchAction("一并交办", reverse("matter-assign-many")),)
    return ()


MONTHS = 24
"""Months of their own in the grouping by month; what came before stands together."""


def _light_of() -> Case:
    today = _today()
    whens = [When(queries.lit(code, today=today), then=Value(code)) for code, _ in filters.LIGHTS if code != "open"]
    return Case(*whens, default=Value(""), output_field=CharField())


def _months() -> list[tuple[str, date, date]]:
    """The last months, newest first: 2026-11 with its first and last day."""
    found, first = [], _today().replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    for _ in range(MONTHS):
        found.append((f"{first:%Y-%m}", first, following - timedelta(days=1)))
        first, following = (first - timedelta(days=1)).replace(day=1), first
    return found


def _month_of() -> Case:
    whens = [When(received_at__gte=midnight(first), then=Value(code)) for code, first, _ in _months()]
    return Case(*whens, default=Value("before"), output_field=CharField())


def _month_names(actor: Any, values: Sequence[Any]) -> Mapping[Any, str]:
    months = _months()
    names = {code: f"{first.year}年{first.month}月" for code, first, _ in months}
    return {**names, "before": f"{months[-1][1].year}年{months[-1][1].month}月以前"}


def _month_params(value: Any) -> Mapping[str, str] | None:
    months = {code: (first, last) for code, first, last in _months()}
    if value == "before":
        return {"received_to": f"{_months()[-1][1] - timedelta(days=1)}"}
    if value not in months:
        return None
    return {"received_from": f"{months[value][0]}", "received_to": f"{months[value][1]}"}


def _unit_names(actor: Any, values: Sequence[Any]) -> Mapping[Any, str]:
    """In the town's own order: a ledger ranks no unit."""
    return dict(org.units(actor).filter(pk__in=values).order_by("kind", "order", "path").values_list("pk", "name"))


def _named(key: str) -> Callable[[Any], Mapping[str, str] | None]:
    """The parameter of a filter whose values are keys of rows."""
    return lambda value: None if value is None else {key: str(value)}


def _goal_names(actor: Any, values: Sequence[Any]) -> Mapping[Any, str]:
    return {b.goal.pk: b.goal.name for b in plan.tree(plan.goals(actor))}


GROUPS: tuple[Group[Matter], ...] = (
    Group("unit", "责任单位", "lead_unit_id", _unit_names, _named("unit"), rest="未交办"),
    Group(
        "category",
        "类别",
        "category_id",
        lambda actor, values: {int(key): name for key, name in filters.categories(actor)},
        _named("category"),
        rest="未分类",
    ),
    Group(
        "goal",
        "目标",
        "goal_id",
        _goal_names,
        lambda value: {"goal": "none"} if value is None else {"goal_is": str(value)},
        rest="未注明目标",
    ),
    Group(
        "light",
        "灯",
        _light_of,
        lambda actor, values: {**{code: name for code, name in filters.LIGHTS if code != "open"}, "": "已结束"},
        lambda value: {"light": value} if value else None,
    ),
    Group("month", "收到月份", _month_of, _month_names, _month_params),
)

MATTERS: Ledger[Matter] = Ledger(
    slug="matters",
    label="问题台账",
    rows=_rows,
    may=lambda actor: actor.is_person and bool(actor.hats),
    columns=(
        Column("number", "编号", lambda m: m.number, width=8, css="row-number", sort="pk", reads=("received_at",)),
        Column("title", "问题", lambda m: m.title, kind="long", width=16, css="row-title", reads=("title",)),
        Column(
            "problem",
            "表现",
            lambda m: m.problem,
            kind="long",
            width=24,
            default=False,
            paper=True,
            reads=("problem",),
        ),
        Column("cause", "根源", lambda m: m.cause, kind="long", width=16, default=False, paper=True, reads=("cause",)),
        Column(
            "measures",
            "整改措施",
            lambda m: m.measures,
            kind="long",
            width=20,
            default=False,
            paper=True,
            reads=("measures",),
        ),
        Column(
            "ruler",
            "进度",
            lambda m: None,
            kind="html",
            html=_ruler,
            paper=False,
            css="row-ruler",
            reads=(),
            html_reads=_RULER,
        ),
        Column(
            "light",
            "灯",
            lambda m: queries.light(m, today=_today()).label,
            html=_light,
            paper=False,
            width=5,
            css="row-light",
            reads=_LIGHT,
        ),
        Column(
            "leader",
            "责任领导",
            lambda m: m.leader.name if m.leader else "",
            width=5,
            default=False,
            paper=True,
            reads=("leader__name",),
        ),
        Column(
            "unit",
            "责任单位",
            lambda m: m.lead_unit.name if m.lead_unit else "未交办",
            width=9,
            css="row-unit",
            reads=("lead_unit__name",),
        ),
        Column("handler", "责任人", lambda m: m.handler.name if m.handler else "", width=5, reads=("handler__name",)),
        Column(
            "due",
            "时限",
            lambda m: m.resolve_due,
            kind="date",
            width=7,
            sort="resolve_due",
            html=_due,
            reads=("resolve_due",),
            html_reads=("date_moves",),
        ),
        Column(
            "progress",
            "进展",
            lambda m: m.progress,
            kind="long",
            width=20,
            default=False,
            paper=True,
            reads=("progress",),
        ),
        Column("closed", "销号", _ended, html=_ended_here, width=9, css="row-ended", reads=("state", "ended_at")),
        Column(
            "received",
            "收到",
            lambda m: day_of(m.received_at),
            kind="date",
            default=False,
            reads=("received_at",),
        ),
        Column(
            "category",
            "类别",
            lambda m: m.category.name if m.category else "",
            default=False,
            reads=("category__name",),
        ),
        Column("goal", "目标", lambda m: m.goal.name if m.goal else "", default=False, width=12, reads=("goal__name",)),
        Column("grade", "等级", lambda m: m.get_grade_display(), width=5, default=False, reads=("grade",)),
    ),
    filters=(
        Filter(
            "unit",
            "单位",
            "choice",
            lambda rows, key: rows.filter(lead_unit_id=int(key)),
            choices=filters.units,
            plain=True,
        ),
        Filter("light", "灯", "choice", filters.by_light, choices=lambda actor: filters.LIGHTS, plain=True),
        Filter(
            "state",
            "状态",
            "choice",
            filters.of_state,
            choices=lambda actor: State.choices,
            plain=True,
        ),
        Filter(
            "grade",
            "等级",
            "choice",
            lambda rows, key: rows.filter(grade=key),
            choices=lambda actor: Grade.choices,
            plain=True,
        ),
        Filter(
            "kind",
            "谁提的",
            "choice",
            lambda rows, key: filters.having(rows, Raiser.objects.filter(kind=key, matter__isnull=False)),
            choices=lambda actor: Raiser.Kind.choices,
            counted=lambda rows, key: rows.filter(pk__in=Raiser.objects.filter(kind=key).values("matter_id")),
        ),
        Filter(
            "category",
            "类别",
            "choice",
            lambda rows, key: rows.filter(category_id=int(key)),
            choices=filters.categories,
            plain=True,
        ),
        Filter("goal", "目标", "choice", filters.by_goal, choices=filters.goals),
        Filter("goal_is", "目标", "text", filters.by_goal_alone, sentence=filters.goal_alone, shown=False),
        Filter(
            "received",
            "收到",
            "daterange",
            lambda rows, days: within(rows, "received_at", days.start, days.end),
            plain=True,
            order="received_at",
        ),
        Filter(
            "ended",
            "办结",
            "daterange",
            lambda rows, days: within(rows, "ended_at", days.start, days.end),
            plain=True,
            order="ended_at",
        ),
        Filter(
            "late",
            "超过时限才办成",
            "flag",
            lambda rows, _: rows.filter(resolved_at__date__gt=F("resolve_due")),
        ),
        Filter("reopened", "重开过", "flag", filters.few_reopened, counted=filters.reopened),
        Filter("said", "提出人说", "choice", filters.said, choices=lambda actor: filters.ANSWERS),
        Filter("looked", "回头看过", "flag", filters.looked),
        Filter("number", "编号", "text", filters.by_number),
    ),
    search=lambda rows, words: rows.filter(pk__in=search_index.matching("matter", words)),
    order="",
    title=lambda actor: f"{actor.town_name}问题台账",
    office=lambda actor: f"{actor.town_name}督办室",
    detail_url=lambda m: address("matter", m.pk),
    batch=_batch,
    groups=GROUPS,
    kept_by=_today,
    tallies=(
        Tally("open", "在办", lambda: queries.lit("open", today=_today()), {"light": "open"}),
        Tally("red", "其中逾期", lambda: queries.lit("red", today=_today()), {"light": "red"}),
        Tally("closed", "已销号", lambda: Q(state=State.CLOSED), {"state": "closed"}),
        Tally("voided", "已撤销", lambda: Q(state=State.VOIDED), {"state": "voided"}),
    ),
    numbered=True,
    empty="没有符合条件的事项。去掉一个条件再看，或从“立项”开始。",
)

registry.register(MATTERS)
