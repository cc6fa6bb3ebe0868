"""Who may do which verb on which matter, and as whom. One place, asked by actions before they write and by pages before
they offer a button."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import TypeAlias

from django.db.models import QuerySet

from luoshi.core.journal.actions import remembered
from luoshi.core.journal.models import Event
from luoshi.core.matters import rules
from luoshi.core.matters.models import (
    Claim,
    ClockRule,
    Evaluation,
    Matter,
    NamedVerifier,
    Raiser,
    Report,
    Request,
    Secrecy,
    Verdict,
)
from luoshi.core.matters.transitions import Verb, Who
from luoshi.core.org import queries as org
from luoshi.core.org.models import Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty, Hat
from luoshi.kit import together
from luoshi.kit.errors import Refused
from luoshi.kit.workdays import queries as workdays
from luoshi.kit.workdays.engine import Calendar

_ClockRow: TypeAlias = tuple[int, date, str, dict[str, object]]


def unknown() -> Refused:
    """The one answer for what does not exist and what may not be seen."""
    return Refused("matter.unknown", "没有这个事项，或您不在其知悉范围内。", "请核对编号。")


def clock_of(town_id: int, *, on: date) -> rules.Clock:
    """The clock in force in a town on a day: its newest rule that had begun, else the standard."""
    return _clock(remembered(("clock", town_id), lambda: list(_clocks(town_id)), of=_TOWN), on=on)


def calendar_and_clock(town_id: int, *, on: date) -> tuple[Calendar, rules.Clock]:
    """``calendar_now`` and ``clock_of`` with one statement for both."""
    found = remembered(
        ("calendar and clock", town_id),
        lambda: together.tuples_again(
            "matters.calendar_and_clock",
            lambda town: {"stamps": workdays.stamps(), "clocks": _clocks(town)},
            town=town_id,
        ),
        of=_TOWN,
    )
    return workdays.of_stamps(found["stamps"]), _clock(found["clocks"], on=on)


def _clock(found: Iterable[_ClockRow], *, on: date) -> rules.Clock:
    for version, begins, source, figures in sorted(found, key=lambda row: -row[0]):
        if begins <= on:
            return rules.clock_from(figures, version=version, source=source)
    return rules.STANDARD


def _clocks(town_id: int) -> QuerySet[ClockRule, _ClockRow]:
    rows = ClockRule.objects.filter(town_id=town_id)
    return rows.values_list("version", "in_force_from", "source", "figures")


def calendar_now() -> Calendar:
    """The calendar that holds now."""
    return remembered("calendar", workdays.current, of=_TOWN)


_TOWN = frozenset({"unit"})


class Standing:
    """A matter with what decides about people: units at work on it, all its handlers, the named. Loaded when asked."""

    last_verb = ""

    def __init__(self, matter: Matter, *, day: date) -> None:
        self.matter = matter
        self.day = day

    @classmethod
    def of_new(cls, matter: Matter, raisers: Sequence[Raiser], *, day: date) -> "Standing":
        """The standing of a matter that has just been registered: nothing but these raisers hangs on it yet."""
        standing = cls(matter, day=day)
        vars(standing).update(
            last_verb="register",
            co_units=[],
            handlers=frozenset(),
            named_rows=[],
            pending={},
            claim=None,
            evaluations=[],
            answered_dissents=frozenset(),
            handling_units=frozenset(),
            judges=frozenset(),
            contesting_units=frozenset(),
            extensions=0,
            unread=[],
            raisers=list(raisers),
            raiser_people=frozenset(r.person_id for r in raisers if r.person_id),
        )
        return standing

    def forget(self, facts: Collection[str] | None) -> None:
        """Have these facts read anew when they are next asked for; ``None``: all of them."""
        for name in list(vars(self)):
            if isinstance(getattr(type(self), name, None), cached_property) and (facts is None or name in facts):
                del self.__dict__[name]

    @cached_property
    def co_units(self) -> list[Unit]:
        return [co.unit for co in self.matter.co_units.select_related("unit")]

    @cached_property
    def involved(self) -> list[Unit]:
        return [*([self.matter.lead_unit] if self.matter.lead_unit else []), *self.co_units]

    @cached_property
    def handlers(self) -> frozenset[int]:
        """Everybody who ever handled it."""
        return frozenset(self.matter.handlings.values_list("person_id", flat=True))

    @cached_property
    def named_rows(self) -> list[NamedVerifier]:
        """Who was named to verify or look again and has not yet done it."""
        return list(self.matter.named_verifiers.filter(done_at__isnull=True))

    def named(self, task: str) -> dict[int, bool]:
        """Who was named to ``verify`` or to ``look``, with whether they were named as an exception."""
        return {row.person_id: row.exceptional for row in self.named_rows if row.task == task}

    def asked_for(self, request: Request) -> frozenset[int]:
        """For whom a deputy asked: they may not decide it either."""
        told = Event.objects.filter(pk=request.event_id).values_list("principal", flat=True).first() or ""
        return frozenset({int(told.removeprefix("person:"))} if told.startswith("person:") else ())

    @cached_property
    def pending(self) -> dict[str, Request]:
        """What was asked and is not yet decided, by kind."""
        return {r.kind: r for r in self.matter.requests.filter(granted__isnull=True).select_related("unit")}

    @cached_property
    def claim(self) -> Claim | None:
        """The last claim of the present round."""
        return self.matter.claims.filter(round=self.matter.round).order_by("-number").first()

    @cached_property
    def evaluations(self) -> list[Evaluation]:
        """The raisers' answers about the last claim."""
        if self.claim is None:
            return []
        return list(self.matter.evaluations.filter(claim=self.claim).select_related("raiser").order_by("pk"))

    @cached_property
    def answered_dissents(self) -> frozenset[int]:
        """Evaluations whose dissent somebody of another unit has answered and let the claim stand."""
        found = self.matter.verdicts.filter(kind=Verdict.Kind.DISSENT, passed=True).values_list(
            "evaluation_id", flat=True
        )
        return frozenset(pk for pk in found if pk)

    @property
    def open_dissents(self) -> list[Evaluation]:
        unsatisfied = [e for e in self.evaluations if e.answer == Evaluation.Answer.UNSATISFIED]
        return [e for e in unsatisfied if e.pk not in self.answered_dissents] if unsatisfied else []

    @cached_property
    def handling_units(self) -> frozenset[int]:
        """Units whose people handled it at any time, also before it was transferred."""
        return frozenset(self.matter.handlings.values_list("unit_id", flat=True))

    @cached_property
    def judges(self) -> frozenset[tuple[int, int]]:
        """Person and unit of every verdict in the present round."""
        return frozenset(self.matter.verdicts.filter(round=self.matter.round).values_list("judge_id", "judge_unit_id"))

    @cached_property
    def contesting_units(self) -> frozenset[int]:
        """Units that have contested an assignment of this matter."""
        found = self.matter.pauses.filter(kind="contest").values_list("unit_id", flat=True)
        return frozenset(pk for pk in found if pk)

    @cached_property
    def extensions(self) -> int:
        """How many extensions were granted in the present round."""
        return self.matter.requests.filter(kind=Request.Kind.EXTEND, granted=True, round=self.matter.round).count()

    @cached_property
    def unread(self) -> list[Report]:
        return list(self.matter.reports.filter(review="").select_related("unit", "reporter").order_by("pk"))

    @cached_property
    def clock(self) -> rules.Clock:
        return clock_of(self.matter.town_id, on=self.matter.clock_from)

    @cached_property
    def calendar(self) -> Calendar:
        return calendar_now()

    @cached_property
    def raisers(self) -> list[Raiser]:
        return list(self.matter.raisers.order_by("pk"))

    @cached_property
    def raiser_people(self) -> frozenset[int]:
        found = self.matter.raisers.filter(person__isnull=False).values_list("person_id", flat=True)
        return frozenset(pk for pk in found if pk)

    @cached_property
    def has_other_units(self) -> bool:
        """Whether the town has a unit left that is another than those at work on the matter."""
        units = Unit.objects.filter(town_id=self.matter.town_id, closed_on__isnull=True).exclude(kind=UnitKind.TOWN)
        return any(self.is_other(path) for path in units.values_list("path", flat=True))

    def is_other(self, path: str) -> bool:
        return rules.is_other_unit(path, involved=[u.path for u in self.involved], town=self.matter.town.path)

    def is_visible_to(self, actor: Actor) -> bool:
        """The same rule as ``queries.visible_to``, for one row."""
        matter = self.matter
        if actor.is_system:
            return actor.town_id in (None, matter.town_id)
        if not actor.is_person or actor.town_id != matter.town_id or not actor.hats:
            return False
        people = actor.people_ids
        at_work = people & {matter.handler_id, matter.leader_id, *(row.person_id for row in self.named_rows)}
        if matter.secrecy == Secrecy.ACCUSATION:
            return bool(at_work) or actor.has(Duty.DISCIPLINE)
        if at_work or matter.secrecy == Secrecy.OPEN or actor.has(Duty.OFFICE, Duty.SECRETARY):
            return True
        if people & self.raiser_people:
            return True
        if matter.secrecy == Secrecy.RESTRICTED:  # else nobody of the lead unit could sign
            return actor.hat(Duty.HEAD, unit_ids=_ids(matter.lead_unit_id)) is not None
        return bool(actor.unit_ids & {unit.pk for unit in self.involved})


def refusal(verb: Verb, standing: Standing, actor: Actor) -> tuple[Refused | None, Hat | None]:
    """Why this actor may not do the verb (``None``: may), and the hat under which it is done."""
    if actor.is_system:
        return None, None
    reason: Refused | None = None
    for who in verb.who:
        reason, hat = _CHECKS[who](verb, standing, actor)
        if reason is None:
            return None, hat
    return reason, None


Answer = tuple[Refused | None, Hat | None]


def _no(code: str, sentence: str, fix: str) -> Answer:
    return Refused(f"matter.{code}", sentence, fix), None


def _office(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    duty = Duty.DISCIPLINE if standing.matter.secrecy == Secrecy.ACCUSATION else Duty.OFFICE
    if verb.name == "close" and standing.matter.lead_unit_id in _unit_ids(actor, duty):
        return _no("office_leads", "督办室自己牵头的事项，不能由督办室销号。", "请分管领导销号。")
    if hat := actor.hat(duty):
        return None, hat
    if duty is Duty.DISCIPLINE:
        return _no("not_discipline", f"检举控告类事项由纪检监察{verb.label}。", "请联系纪检监察岗。")
    return _no("not_office", f"“{verb.label}”由督办室办理。", "请联系督办室。")


def _data(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    if standing.matter.secrecy != Secrecy.ACCUSATION and (hat := actor.hat(Duty.DATA)):
        return None, hat
    return _no("not_data", f"“{verb.label}”由数据岗办理。", "请联系数据岗。")


def _unit_ids(actor: Actor, duty: Duty) -> set[int]:
    return {hat.unit_id for hat in actor.hats if duty in hat.duties}


def _other_officer(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    duty = Duty.DISCIPLINE if standing.matter.secrecy == Secrecy.ACCUSATION else Duty.OFFICE
    if hat := actor.hat(duty, Duty.SECRETARY) or _as_leader(standing, actor):
        return None, hat
    return _no("not_officer", f"“{verb.label}”由督办室另一人或分管领导审定。", "请联系督办室。")


def _as_leader(standing: Standing, actor: Actor) -> Hat | None:
    if hat := actor.hat(Duty.SECRETARY):
        return hat
    leader = standing.matter.leader_id
    if leader is not None and leader in actor.people_ids:
        return next(
            (h for h in actor.hats if (h.principal_id or actor.person_id) == leader and h.duties & {Duty.LEADER}),
            actor.hat(),
        )
    return None


def _leader(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    if verb.name == "close":
        office = Duty.DISCIPLINE if standing.matter.secrecy == Secrecy.ACCUSATION else Duty.OFFICE
        if not _office_leads(standing, office):
            return _no("not_office", "该事项由督办室销号。", "请联系督办室。")
    if hat := _as_leader(standing, actor):
        return None, hat
    return _no("not_leader", f"“{verb.label}”由该事项的分管领导办理。", "请联系分管领导。")


def _office_leads(standing: Standing, duty: Duty) -> bool:
    if standing.matter.lead_unit_id is None:
        return False
    held = org.in_force(standing.day).filter(post__unit_id=standing.matter.lead_unit_id)
    return any(str(duty) in duties for duties in held.values_list("post__duties", flat=True))


def _lead_unit(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    if hat := actor.hat(Duty.HEAD, Duty.CLERK, unit_ids=_ids(standing.matter.lead_unit_id)):
        return None, hat
    if hat := actor.hat(unit_ids=_ids(standing.matter.lead_unit_id)):
        return None, hat
    return _no("not_lead_unit", f"“{verb.label}”由牵头单位办理。", "请联系牵头单位。")


def _unit_head(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    if hat := actor.hat(Duty.HEAD, unit_ids=_ids(standing.matter.lead_unit_id)):
        return None, hat
    return _no("not_handler", f"“{verb.label}”由经办人或牵头单位负责人办理。", "请联系经办人。")


def _handler(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    handler = standing.matter.handler_id
    if handler is not None and handler in actor.people_ids:
        own = [h for h in actor.hats if (h.principal_id or actor.person_id) == handler]
        return None, next((h for h in own if h.unit_id == standing.matter.lead_unit_id), own[0] if own else actor.hat())
    return _no("not_handler", f"“{verb.label}”由该事项的经办人办理。", "请联系经办人；需要换人时由其移交。")


def _co_unit(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    if hat := actor.hat(unit_ids=frozenset(unit.pk for unit in standing.co_units)):
        return None, hat
    return _no("not_co_unit", "您所在单位不是该事项的协办单位。", "请联系督办室增加协办单位。")


def _other_unit(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    task = "look" if verb.name == "look_again" else "verify"
    named = standing.named(task)
    mine = [named[pk] for pk in actor.people_ids if pk in named]
    if standing.matter.secrecy == Secrecy.ACCUSATION and not mine:
        return _no("not_named", "检举控告类事项由纪检监察指定的人员核查。", "请联系纪检监察岗。")
    reason = own_work(standing, actor, task=task)
    if reason is None and not is_other_person(standing, actor) and not (any(mine) and not standing.has_other_units):
        reason = _no("related_unit", "您所在单位与办理单位有上下级关系，不能核查。", "请由无隶属关系的单位核查。")[0]
    return reason, None if reason else actor.hat()


def own_work(standing: Standing, actor: Actor, *, task: str) -> Refused | None:
    """Why it would be judging one's own work: whoever handled it at any time, or holds a post in a unit at work on it;
    for a look again, also whoever verified, and every unit that handled or verified it in the present round."""
    if actor.people_ids & (standing.handlers | {standing.matter.handler_id}):
        return _no("own_verification", "经办人不能核查自己办过的事项。", "请由其他单位的人员核查。")[0]
    if actor.unit_ids & {unit.pk for unit in standing.involved}:
        return _no("own_unit", "在牵头或协办单位任职的，不能核查本单位的事项。", "请由其他单位的人员核查。")[0]
    if task == "look":
        judged = any(judge in actor.people_ids or unit in actor.unit_ids for judge, unit in standing.judges)
        if judged or actor.unit_ids & standing.handling_units:
            return _no("own_verdict", "回头看不能由经办、核查过的人员或单位进行。", "请由另一单位的人员回头看。")[0]
    return None


def is_other_person(standing: Standing, actor: Actor) -> bool:
    """Whether every post of the actor is in another unit than all that work on the matter."""
    return bool(actor.hats) and all(standing.is_other(hat.unit_path) for hat in actor.hats)


def _raiser(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    """The raiser in person (a deputy acts for a post, not for somebody's opinion); a receipt speaks for itself."""
    if actor.person_id in standing.handlers:
        return _no("own_work", "您经办过该事项，不能评价自己的工作。", "由其他提出人评价。")
    if not actor.is_person or actor.person_id in standing.raiser_people:
        return None, actor.hat()
    return _no("not_raiser", "只有提出人可以评价。", "提出人可凭回执号查询并评价。")


def _secretary(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    if hat := actor.hat(Duty.SECRETARY):
        return None, hat
    return _no("not_secretary", f"“{verb.label}”由党委书记办理。", "请联系党委书记。")


def _origin(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    return _office(verb, standing, actor)


def _ids(unit_id: int | None) -> frozenset[int]:
    return frozenset({unit_id} if unit_id else ())


_CHECKS = {
    Who.OFFICE: _office,
    Who.DATA: _data,
    Who.OTHER_OFFICER: _other_officer,
    Who.LEADER: _leader,
    Who.LEAD_UNIT: _lead_unit,
    Who.UNIT_HEAD: _unit_head,
    Who.HANDLER: _handler,
    Who.CO_UNIT: _co_unit,
    Who.OTHER_UNIT: _other_unit,
    Who.RAISER: _raiser,
    Who.ORIGIN: _origin,
    Who.SECRETARY: _secretary,
}
