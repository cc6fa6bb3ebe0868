"""今天: what is mine to do, in the order of the clock; what waits on others; what raisers said."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

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
from luoshi.core.matters.queries.standing import is_open, is_unanswered, is_unread
from luoshi.core.matters.queries.visibility import among, visible_to
from luoshi.core.matters.rules import Light
from luoshi.core.matters.rules import light as rule_light
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit import together

M = TypeVar("M", bound=Model)

MOST = 60


@dataclass(frozen=True)
class Task:
    """One thing to do: the matter, what is asked in office words, the verb that answers it, by when if a date holds."""

    matter: Matter
    what: str
    verb: str
    due: date | None

    def light(self, *, today: date) -> Light | None:
        """The light of the thing to do, by its own date; nothing where it has none."""
        if self.due is None:
            return None
        return rule_light(today=today, resolve_due=self.due, state=State.WORKING, paused_on=self.matter.paused_on)


def _related(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    return rows.select_related("lead_unit", "handler")


def tasks(actor: Actor, *, today: date) -> list[Task]:
    """What this person has to do now, by date. A fixed number of statements."""
    if not actor.is_person or not actor.hats:
        return []
    found: dict[tuple[int, str], Task] = {}

    def add(matter: Matter, what: str, verb: str, due: date | None) -> None:
        found.setdefault((matter.pk, verb), Task(matter, what, verb, due))

    office = actor.has(Duty.OFFICE)
    for matter in _related(_mine(actor)):
        for what, verb, due in _asked(matter, actor, office=office):
            add(matter, what, verb, due)
    for row, what, verb, due in _asked_beside(actor, office=office):
        add(row, what, verb, due)
    return sorted(found.values(), key=lambda t: (t.due or date.max, t.matter.pk))


def _mine(actor: Actor) -> QuerySet[Matter]:
    """Open matters on which this person's next step may lie, read from the partial indexes."""
    mine = Q(handler_id__in=actor.people_ids, state__in=[State.WORKING, State.PLANNED]) | Q(
        lead_unit_id__in=actor.unit_ids, state=State.ASSIGNED
    )
    if actor.has(Duty.OFFICE):
        plain = ~Q(secrecy=Secrecy.ACCUSATION)
        mine |= plain & Q(
            town_id=actor.town_id, state__in=[State.REGISTERED, State.CONTESTED, State.CLAIMED, State.VERIFIED]
        )
    if actor.has(Duty.DISCIPLINE):
        mine |= Q(
            town_id=actor.town_id,
            secrecy=Secrecy.ACCUSATION,
            state__in=[State.REGISTERED, State.CONTESTED, State.CLAIMED, State.VERIFIED],
        )
    named = NamedVerifier.objects.filter(matter=OuterRef("pk"), done_at__isnull=True)
    waiting = Evaluation.objects.filter(matter=OuterRef("pk"), answer="")
    pending = Request.objects.filter(matter=OuterRef("pk"), kind="rule", granted__isnull=True)
    return (
        visible_to(actor)
        .filter(is_open(), mine)
        .annotate(has_verifier=Exists(named), is_waiting=Exists(waiting), is_ruled=Exists(pending))
        .order_by("resolve_due", "pk")[: MOST * 2]
    )


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


def _asked_beside(actor: Actor, *, office: bool) -> list[tuple[Matter, str, str, date | None]]:
    """What is asked by rows that hang on matters: requests, unread reports, being named, raisers' answers. Two
    statements, however many tables."""
    seen = visible_to(actor)
    runs = office or actor.has(Duty.DISCIPLINE)
    own = seen.filter(_run_by(actor))
    unread = Report.objects.filter(is_unread(), among(own)).exclude(reporter_id__in=actor.people_ids)
    named = NamedVerifier.objects.filter(
        person_id__in=actor.people_ids, done_at__isnull=True, matter__state__in=[State.CLAIMED, State.CLOSED]
    )
    asked = _oldest(Evaluation.objects.filter(is_unanswered(), among(seen), raiser__person_id=actor.person_id or 0))
    dissent = Evaluation.objects.filter(
        among(own.filter(state=State.CLOSED)), answer=Evaluation.Answer.UNSATISFIED, is_late=True
    )
    rows = together.fetch(
        {
            "requests": _oldest(_requests(actor, seen)),
            **({"unread": _oldest(unread)} if runs else {}),
            "named": _oldest(named),
            "asked": asked,
            **({"dissent": _oldest(dissent)} if runs else {}),
        }
    )
    keys = {row.matter_id for name in ("requests", "unread", "named", "asked", "dissent") for row in rows.get(name, ())}
    matters = {matter.pk: matter for matter in _related(seen).filter(pk__in=keys or {0})}
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
    """The first ``MOST`` of them, in a form that can be asked for together with others."""
    return rows.model._default_manager.filter(pk__in=rows.order_by("pk").values("pk")[:MOST])


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


def waiting(actor: Actor, *, most: int = 20) -> list[Matter]:
    """等别人: what I handle and others have to move now."""
    if not actor.is_person:
        return []
    return list(
        _related(visible_to(actor))
        .filter(
            is_open(),
            handler_id__in=actor.people_ids,
            state__in=[State.CLAIMED, State.VERIFIED, State.WAITING, State.SENT_UP],
        )
        .order_by("resolve_due", "pk")[:most]
    )


def to_verify(actor: Actor, *, most: int = 10) -> list[Matter]:
    """Claimed matters of other units that nobody has been named for and this person could verify."""
    if not actor.is_person or not actor.hats:
        return []
    taken = NamedVerifier.objects.filter(matter=OuterRef("pk"), done_at__isnull=True)
    return list(
        _related(visible_to(actor))
        .filter(is_open(), ~Exists(taken), state=State.CLAIMED, town_id=actor.town_id)
        .exclude(secrecy=Secrecy.ACCUSATION)
        .exclude(lead_unit_id__in=actor.unit_ids)
        .exclude(handler_id__in=actor.people_ids)
        .order_by("-pk")[:most]
    )


def said(actor: Actor, *, most: int = 6) -> list[Evaluation]:
    """群众说: the newest answers about matters of mine or my units; for the office of the whole town."""
    seen = visible_to(actor)
    if not actor.has(Duty.OFFICE, Duty.SECRETARY, Duty.DISCIPLINE):
        seen = seen.filter(Q(handler_id__in=actor.people_ids) | Q(lead_unit_id__in=actor.unit_ids))
    rows = Evaluation.objects.filter(among(seen), answered_at__isnull=False)
    return list(rows.select_related("matter__lead_unit").order_by("-answered_at")[:most])


@dataclass(frozen=True)
class Figures:
    """The quiet strip: how many are open, overdue, due today or tomorrow, and wait for verification."""

    open: int
    overdue: int
    soon: int
    claimed: int


def figures(rows: QuerySet[Matter], *, today: date) -> Figures:
    """Counts over open matters in one statement, read from the partial index, each as the ledger's filter of the same
    name counts it. ``rows`` is already limited to the actor; accusations stay out of all figures."""
    counted = (
        rows.filter(is_open())
        .exclude(secrecy=Secrecy.ACCUSATION)
        .aggregate(
            open=Count("pk"),
            overdue=Count("pk", filter=lit("red", today=today)),
            soon=Count("pk", filter=lit("yellow", today=today)),
            claimed=Count("pk", filter=Q(state=State.CLAIMED)),
        )
    )
    return Figures(**counted)
