"""今天: what is mine to do, in the order of the clock; what waits on others; what raisers said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from luoshi.core.matters.models import (
    Evaluation,
    Matter,
    NamedVerifier,
    Report,
    Request,
    Secrecy,
    State,
)
from luoshi.core.matters.queries.lights import lit
from luoshi.core.matters.queries.standing import is_open, is_unanswered, is_unread, is_with_office
from luoshi.core.matters.queries.visibility import among, plain_to, visible_to
from luoshi.core.matters.rules import Light
from luoshi.core.matters.rules import light as rule_light
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit import together
from luoshi.kit.again import again, again_among
from luoshi.kit.counting import so_far

M = TypeVar("M", bound=Model)

MOST = 60
MOST_SHOWN, MOST_WAITING, MOST_TO_VERIFY = 60, 20, 10
"""Lines on the page of the day; the most urgent come first, and the next follow as these are done."""


@dataclass(frozen=True)
class Task:
    """One thing to do: the matter, what is asked in office words, the verb that answers it, by when if a date holds."""

    matter: Matter
    what: str
    verb: str
    due: date | None

    @property
    def limit(self) -> str:
        """Which of the three dates ``due`` is, in office words."""
        return {"assign": "交办", "sign": "反馈", "report": "反馈"}.get(self.verb, "办结")

    def light(self, *, today: date) -> Light | None:
        """The light of the thing to do, by its own date; nothing where it has none."""
        if self.due is None:
            return None
        return rule_light(today=today, resolve_due=self.due, state=State.WORKING, paused_on=self.matter.paused_on)


@dataclass(frozen=True)
class Today:
    """What this person has to do now, by date; what others have to move; what could be verified for another unit."""

    tasks: list[Task]
    waiting: list[Matter]
    to_verify: list[Matter]


def tasks(actor: Actor, *, today: date) -> list[Task]:
    """What this person has to do now, by date. A fixed number of statements."""
    return today_of(actor, today=today).tasks


def today_of(actor: Actor, *, today: date) -> Today:
    """Three statements: keys from the ends of partial indexes, what hangs on matters, and then all matters at once."""
    if not actor.is_person or not actor.hats:
        return Today([], [], [])
    keys = together.tuples_again(("matters.today", actor), lambda: _keys(actor))
    beside = together.fetch_again(("matters.beside", actor), lambda: _beside(actor))
    own = {pk for name, rows in keys.items() if name.startswith("mine") for (pk,) in rows}
    wanted = own | {pk for rows in keys.values() for (pk,) in rows}
    wanted |= {row.matter_id for rows in beside.values() for row in rows}
    found_matters: list[Matter] = again_among(
        ("matters.of_today", actor), lambda pks: _matters(actor).filter(pk__in=pks), sorted(wanted)
    )
    matters = {matter.pk: matter for matter in found_matters}

    def those(name: str) -> list[Matter]:
        return [matters[pk] for part, rows in keys.items() if part.startswith(name) for (pk,) in rows if pk in matters]

    office = actor.has(Duty.OFFICE)
    found: dict[tuple[int, str], Task] = {}
    first = sorted((matters[pk] for pk in own if pk in matters), key=lambda m: (m.resolve_due, m.pk))
    asked = [(m, *said) for m in first for said in _asked(m, actor, office=office)]
    for matter, what, verb, due in [*asked, *_asked_beside(beside, matters)]:
        found.setdefault((matter.pk, verb), Task(matter, what, verb, due))
    return Today(
        sorted(found.values(), key=lambda t: (t.due or date.max, t.matter.pk))[:MOST_SHOWN],
        sorted(those("waiting"), key=lambda m: (m.resolve_due, m.pk))[:MOST_WAITING],
        sorted(those("to_verify"), key=lambda m: -m.pk),
    )


def _matters(actor: Actor) -> QuerySet[Matter]:
    named = NamedVerifier.objects.filter(matter=OuterRef("pk"), done_at__isnull=True)
    unanswered = Evaluation.objects.filter(matter=OuterRef("pk"), answer="")
    pending = Request.objects.filter(matter=OuterRef("pk"), kind="rule", granted__isnull=True)
    return (
        visible_to(actor)
        .select_related("lead_unit")
        .defer(*_LONG)
        .annotate(has_verifier=Exists(named), is_waiting=Exists(unanswered), is_ruled=Exists(pending))
    )


_LONG = ("problem", "cause", "measures", "progress", "standard", "result")
"""What no list shows."""


def _first(rows: QuerySet[Matter], *order: str, most: int) -> QuerySet[Matter, tuple[int]]:
    return rows.order_by(*order).values_list("id")[:most]


def _keys(actor: Actor) -> dict[str, QuerySet[Matter, tuple[int]]]:
    """Keys of the open matters on which this person's next step may lie, that wait on others, that want a verifier."""
    seen, due = visible_to(actor).filter(is_open()), ("resolve_due", "pk")
    found: dict[str, QuerySet[Matter, tuple[int]]] = {}
    for pk in sorted(actor.people_ids):  # one part a person, in the order of the person's own index
        own = seen.filter(handler_id=pk)
        found[f"mine_{pk}"] = _first(own.filter(state__in=[State.WORKING, State.PLANNED]), *due, most=MOST_SHOWN)
        found[f"waiting_{pk}"] = _first(own.filter(state__in=_OTHERS), *due, most=MOST_WAITING)
    for pk in sorted(actor.unit_ids):
        led = seen.filter(lead_unit_id=pk, state=State.ASSIGNED)
        found[f"mine_unit_{pk}"] = _first(led, *due, most=MOST_SHOWN)
    run = seen.filter(is_with_office(), _run_by(actor), town_id=actor.town_id)
    if actor.has(Duty.OFFICE, Duty.DISCIPLINE):
        found["mine_run"] = _first(run, *due, most=MOST_SHOWN)
    if actor.has(Duty.CLERK, Duty.HEAD):
        taken = NamedVerifier.objects.filter(matter=OuterRef("pk"), done_at__isnull=True)
        others = (
            seen.filter(~Exists(taken), state=State.CLAIMED, town_id=actor.town_id)
            .exclude(secrecy=Secrecy.ACCUSATION)
            .exclude(lead_unit_id__in=actor.unit_ids)
            .exclude(handler_id__in=actor.people_ids)
        )
        found["to_verify"] = _first(others, "-pk", most=MOST_TO_VERIFY)
    return found


_OTHERS = (State.CLAIMED, State.VERIFIED, State.WAITING, State.SENT_UP)
"""States in which a matter waits for somebody other than its handler."""


def _asked(matter: Matter, actor: Actor, *, office: bool) -> list[tuple[str, str, date | None]]:
    """What a matter in its state asks of this person."""
    runs = office or actor.has(Duty.DISCIPLINE)
    if matter.state == State.REGISTERED and runs:
        return [("交办", "assign", matter.assign_due)]
    if matter.state == State.CONTESTED and runs and not getattr(matter, "is_ruled", False):
        return [("拟定异议裁定", "propose_ruling", matter.resolve_due)]
    if matter.state == State.CLAIMED and runs and not getattr(matter, "has_verifier", False):
        return [("指定核查人", "name_verifier", None)]
    if matter.state == State.VERIFIED and runs and not getattr(matter, "is_waiting", False):
        return [("销号", "close", None)]
    if matter.state == State.ASSIGNED and matter.lead_unit_id in actor.unit_ids:
        return [("签收", "sign", matter.report_due)]
    if matter.state in (State.WORKING, State.PLANNED) and matter.handler_id in actor.people_ids:
        if matter.reported_at is None or (matter.state == State.PLANNED and matter.report_due < matter.resolve_due):
            return [("反馈", "report", matter.report_due)]
        return [("办结并申请销号", "claim", matter.resolve_due)]
    return []


_DECIDE = {
    Request.Kind.EXTEND: ("审批延期", "decide_extension"),
    Request.Kind.REGRADE: ("审定改级", "regrade"),
    Request.Kind.VOID: ("审定撤销", "void"),
    Request.Kind.RULE: ("裁定异议", "rule"),
    Request.Kind.PLAN: ("审批方案", "approve_plan"),
}


def _beside(actor: Actor) -> dict[str, QuerySet[Any]]:
    """The rows that hang on matters and ask something of this person: requests, unread reports, being named, raisers'
    answers."""
    seen = visible_to(actor)
    runs = actor.has(Duty.OFFICE, Duty.DISCIPLINE)
    own = seen.filter(_run_by(actor))
    unread = Report.objects.filter(is_unread(), among(own)).exclude(reporter_id__in=actor.people_ids)
    named = NamedVerifier.objects.filter(
        person_id__in=actor.people_ids, done_at__isnull=True, matter__state__in=[State.CLAIMED, State.CLOSED]
    )
    asked = Evaluation.objects.filter(is_unanswered(), among(seen), raiser__person_id=actor.person_id or 0)
    dissent = Evaluation.objects.filter(
        among(own.filter(state=State.CLOSED)), answer=Evaluation.Answer.UNSATISFIED, is_late=True
    )
    return {
        "requests": _oldest(_requests(actor, seen)),
        **({"unread": _oldest(unread)} if runs else {}),
        "named": _oldest(named),
        "asked": _oldest(asked),
        **({"dissent": _oldest(dissent)} if runs else {}),
    }


def _asked_beside(
    rows: Mapping[str, list[Any]], matters: Mapping[int, Matter]
) -> list[tuple[Matter, str, str, date | None]]:
    """What those rows ask, of the matters that this person sees."""
    found: list[tuple[int, str, str, date | None]] = []
    for request in rows["requests"]:
        what, verb = _DECIDE[Request.Kind(request.kind)]
        due = matters[request.matter_id].resolve_due if request.matter_id in matters else None
        found.append((request.matter_id, what, verb, due))
    found += [(report.matter_id, "阅评反馈", "accept", None) for report in rows.get("unread", ())]
    for row in rows["named"]:
        state = matters[row.matter_id].state if row.matter_id in matters else ""
        if row.task == "verify" and state == State.CLAIMED:
            found.append((row.matter_id, "核查", "verify", None))
        elif row.task == "look" and state == State.CLOSED:
            found.append((row.matter_id, "回头看", "look_again", None))
    found += [(answer.matter_id, "评价办理结果", "evaluate", answer.answer_due) for answer in rows["asked"]]
    found += [(answer.matter_id, "研究重开", "reopen", None) for answer in rows.get("dissent", ())]
    return [(matters[pk], what, verb, due) for pk, what, verb, due in found if pk in matters]


def _run_by(actor: Actor, path: str = "") -> Q:
    """The matters that this person runs as the office: for accusations discipline inspection, for all others the office."""
    accuses = Q(**{f"{path}secrecy": Secrecy.ACCUSATION})
    return (accuses if actor.has(Duty.DISCIPLINE) else Q(pk__in=[])) | (
        ~accuses if actor.has(Duty.OFFICE) else Q(pk__in=[])
    )


def _oldest(rows: QuerySet[M]) -> QuerySet[M]:
    """The first ``MOST`` of them."""
    return rows.order_by("pk")[:MOST]


def _requests(actor: Actor, seen: QuerySet[Matter]) -> QuerySet[Request]:
    """What waits for this person's decision."""
    leads = Q(matter__leader_id__in=actor.people_ids)
    if actor.has(Duty.SECRETARY):
        leads |= Q(matter__leader_id__isnull=True)
    decides = leads & ~Q(kind=Request.Kind.EXTEND, number=1)
    if actor.has(Duty.OFFICE, Duty.DISCIPLINE):
        offices = Q(kind=Request.Kind.EXTEND, number=1) | Q(kind__in=[Request.Kind.REGRADE, Request.Kind.VOID])
        decides |= offices & _run_by(actor, "matter__")
    return (
        Request.objects.filter(decides, among(seen), granted__isnull=True)
        .exclude(asker_id__in=actor.people_ids)
        .filter(is_open("matter__state"))
    )


def said(actor: Actor, *, most: int = 6) -> list[Evaluation]:
    """群众说: the newest answers about matters of mine or my units; for the office of the whole town."""
    if not actor.is_person or not actor.hats:
        return []
    return again(("matters.said", actor, most), lambda: _said(actor).order_by("-answered_at")[:most])


def _said(actor: Actor) -> QuerySet[Evaluation]:
    seen = visible_to(actor)
    if not actor.has(Duty.OFFICE, Duty.SECRETARY, Duty.DISCIPLINE):
        seen = seen.filter(Q(handler_id__in=actor.people_ids) | Q(lead_unit_id__in=actor.unit_ids))
    return Evaluation.objects.filter(among(seen), answered_at__isnull=False).select_related("matter__lead_unit")


@dataclass(frozen=True)
class Figures:
    """The quiet strip: how many are open, overdue, due today or tomorrow, and wait for verification; each counted only
    so far (``kit.counting``)."""

    open: int = 0
    overdue: int = 0
    soon: int = 0
    claimed: int = 0


def figures(actor: Actor, *, today: date, unit_id: int | None = None) -> Figures:
    """The figures of what the actor may see, of the town or of a unit, each as the ledger's filter of the same name counts
    it. Accusations stay out. One statement, from partial indexes."""
    if not actor.is_person or not actor.hats:
        return Figures()
    given = {} if unit_id is None else {"unit": unit_id}
    name = ("matters.figures", actor, today, *given)
    counted = together.totals_again(name, lambda **unit: figure_rows(actor, today, unit.get("unit")), **given)
    return Figures(**{key: number for key, (number,) in counted.items()})


def figure_rows(actor: Actor, today: date, unit_id: int | None) -> dict[str, QuerySet[Matter]]:
    """What each of the figures counts, no further than it is counted."""
    seen = plain_to(actor)
    rows = seen.filter(is_open())
    if unit_id is not None:
        seen = rows = rows.filter(lead_unit_id=unit_id)
    return {
        "open": so_far(rows),
        "overdue": so_far(rows.filter(lit("red", today=today))),
        "soon": so_far(rows.filter(lit("yellow", today=today))),
        "claimed": so_far(
            seen.filter(state=State.CLAIMED)
        ),  # of the town not said to be open: its index is of all that are
    }
