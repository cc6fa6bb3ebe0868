"""立项: a matter begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from luoshi.core.journal.actions import keep_in_hand, record
from luoshi.core.matters import rules
from luoshi.core.matters.actions.asking import ask
from luoshi.core.matters.actions.frame import CARRIED, TEXT, locked
from luoshi.core.matters.models import Category, Grade, Matter, Raiser, Secrecy, State
from luoshi.core.matters.permissions import Standing, calendar_and_clock, unknown
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.plan.models import Goal
from luoshi.kit import rows
from luoshi.kit.errors import Refused
from luoshi.kit.search import actions as search
from luoshi.kit.text import optional, required_line

TITLE, LINE = 120, 120
OFFICE = "office"
"""The origin of what the office registers itself; no raiser came before it."""


@dataclass(frozen=True)
class NewRaiser:
    """Somebody who raised it, told when the matter is registered. Name and contact only as far as they are needed."""

    kind: Raiser.Kind
    raised_at: datetime
    person: Person | None = None
    name: str = ""
    contact: str = ""
    receipt_digest: str | None = None
    source_hidden: bool = True


def search_text(matter: Matter) -> str:
    return "\n".join((matter.title, matter.problem, matter.place))


@transaction.atomic
def register(
    *,
    town: Unit,
    title: str,
    received_at: datetime,
    by: Actor,
    at: datetime,
    grade: Grade = Grade.ORDINARY,
    problem: str = "",
    cause: str = "",
    place: str = "",
    category: Category | None = None,
    goal: Goal | None = None,
    secrecy: Secrecy = Secrecy.OPEN,
    explicit_due: date | None = None,
    origin_kind: str = OFFICE,
    origin_ref: str = "",
    raisers: Sequence[NewRaiser] = (),
    known_end: bool = False,
) -> Matter:
    """A matter with its clock, which starts at ``received_at``, when the town received the words.

    Refused: ``matter.not_office`` for anybody but the office (discipline inspection for accusations), a title that is
    missing or over 120 characters, words received after ``at``, an explicit date before the start, a goal or category
    of another town. Raisers that the origin brought before (same ``origin_kind`` and ``origin_ref``) join the matter.
    """
    office = Duty.DISCIPLINE if secrecy == Secrecy.ACCUSATION else Duty.OFFICE
    hat = by.hat(office)
    if by.town_id not in (None, town.pk) if by.is_system else (by.town_id != town.pk or hat is None):
        raise Refused(
            "matter.not_office",
            f"“立项”由{'纪检监察岗' if office is Duty.DISCIPLINE else '督办室'}办理。",
            "请联系其办理。",
        )
    if received_at > at:
        raise Refused("matter.received_later", "收到时间晚于现在。", "请核对收到时间。", field="received_at")
    for thing, label, name in ((category, "类别", "category"), (goal, "目标", "goal")):
        if thing is not None and thing.town_id != town.pk:
            raise Refused("matter.other_town", f"{label}不属于本镇。", "请重新选择。", field=name)
    local = timezone.localtime(received_at).replace(tzinfo=None)
    calendar, clock = calendar_and_clock(town.pk, on=local.date())
    due = rules.dates(local, grade=grade, calendar=calendar, clock=clock, explicit=explicit_due)
    default_goal = goal is None and category is not None and category.goal_id is not None
    matter = Matter(
        town=town,
        title=required_line(title, label="事项名称", field="title", longest=TITLE),
        problem=optional(problem, label="问题表现", field="problem", longest=CARRIED if known_end else TEXT),
        cause=optional(cause, label="根源", field="cause", longest=TEXT),
        place=optional(" ".join(place.split()), label="地点", field="place", longest=LINE),
        category=category,
        goal_id=category.goal_id if default_goal and category else (goal.pk if goal else None),
        goal_is_default=default_goal,
        grade=Grade(grade),
        secrecy=Secrecy(secrecy),
        origin_kind=origin_kind,
        origin_ref=origin_ref,
        known_end=known_end,
        state=State.REGISTERED,
        received_at=received_at,
        clock_from=local.date(),
        explicit_due=explicit_due,
        assign_due=due.assign,
        report_due=due.report,
        resolve_due=due.resolve,
        due_is_provisional=due.provisional,
        calendar_version=calendar.version,
        clock_version=clock.version,
        last_at=at,
    )
    rows.insert(matter)
    joined = 0
    if origin_ref and origin_kind != OFFICE:
        joined = Raiser.objects.filter(
            town=town, origin_kind=origin_kind, origin_ref=origin_ref, matter__isnull=True
        ).update(matter=matter)
    own = [
        add_raiser(town=town, matter=matter, origin_kind=origin_kind, origin_ref=origin_ref, new=new) for new in raisers
    ]
    if secrecy != Secrecy.ACCUSATION:
        search.put("matter", matter.pk, search_text(matter))
    record(
        stream=matter.stream,
        verb="matter.register",
        by=by.signature(hat),
        at=at,
        data={
            "state": str(matter.state),
            "grade": str(matter.grade),
            "secrecy": str(matter.secrecy),
            "origin": origin_kind,
            "received_at": received_at.isoformat(),
            "assign_due": due.assign.isoformat(),
            "report_due": due.report.isoformat(),
            "resolve_due": due.resolve.isoformat(),
            "calendar": calendar.version,
            "clock": clock.version,
            "goal": matter.goal_id,
            "goal_is_default": default_goal,
            "raisers": joined + len(raisers),
        },
        words={"title": matter.title, "problem": matter.problem},
        begins=True,
    )
    if not joined:
        keep_in_hand(matter.stream, Standing.of_new(matter, own, day=timezone.localdate(at)))
    return matter


def add_raiser(
    *, town: Unit, origin_kind: str, origin_ref: str, new: NewRaiser, matter: Matter | None = None
) -> Raiser:
    """One raiser's row, inside the caller's action and transaction."""
    return rows.insert(
        Raiser(
            town=town,
            matter=matter,
            origin_kind=origin_kind,
            origin_ref=origin_ref,
            kind=new.kind,
            person=new.person,
            name=optional(" ".join(new.name.split()), label="称呼", field="name", longest=60),
            contact=optional(" ".join(new.contact.split()), label="联系方式", field="contact", longest=120),
            receipt_digest=new.receipt_digest,
            source_hidden=new.source_hidden,
            raised_at=new.raised_at,
        )
    )


@transaction.atomic
def join_raisers(matter: Matter, *, origin_kind: str, origin_ref: str, by: Actor, at: datetime) -> int:
    """The raisers of a merged origin become raisers of the matter that stays; a claim under way is put to them too.

    Refused when the matter has ended: new words about it are reason to reopen it or begin another.
    """
    standing = locked(matter.pk, day=timezone.localdate(at))
    if not standing.is_visible_to(by):
        raise unknown()
    matter = standing.matter
    office = Duty.DISCIPLINE if matter.secrecy == Secrecy.ACCUSATION else Duty.OFFICE
    if not by.is_system and not by.has(office):
        raise Refused("matter.not_office", "并入由督办室办理。", "请联系督办室。")
    if at < matter.last_at:
        raise Refused("matter.before_last", "并入时间早于该事项上一步的时间。", "请核对时间。", field="at")
    if not matter.is_open:
        raise Refused("matter.state", f"该事项{matter.get_state_display()}，不能并入。", "问题再现的，请重开该事项。")
    joining = list(
        Raiser.objects.select_for_update().filter(
            town_id=matter.town_id, origin_kind=origin_kind, origin_ref=origin_ref, matter__isnull=True
        )
    )
    if not joining:
        return 0
    for raiser in joining:
        raiser.matter = matter
        raiser.save(update_fields=["matter"])
    record(
        stream=matter.stream,
        verb="matter.raiser_joined",
        by=by.signature(by.hat(office)),
        at=at,
        data={"origin": origin_kind, "ref": origin_ref, "raisers": len(joining)},
    )
    claim = matter.claims.filter(outcome__in=["pending", "verified"], round=matter.round).order_by("-number").first()
    if claim and matter.state in (State.CLAIMED, State.VERIFIED):
        ask(matter, claim, raisers=joining, at=at)
    matter.last_at = at
    matter.save(update_fields=["last_at"])
    return len(joining)
