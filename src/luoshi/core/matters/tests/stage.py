"""A stage for the tests of matters: the cast and a few more, a moment that moves on, a matter brought to any state."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from luoshi.core.journal.models import Event
from luoshi.core.matters import actions
from luoshi.core.matters.models import Claim, Evaluation, Grade, Matter, Raiser, Report, Secrecy, State, Urging
from luoshi.core.org import actions as org_actions
from luoshi.core.org import queries as org
from luoshi.core.org.models import Person, Unit, UnitKind
from luoshi.core.org.rules import PUBLIC, Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.testing.cast import MAKER, Cast

RECEIPT = "f" * 64


@dataclass
class Stage:
    """``at`` moves on by a minute with every act. ``parts`` are the cast and, beside it: ``deputy`` (of the handler),
    ``former`` (handled before, now elsewhere), ``below`` (of a unit under the lead unit).

    ``still``: nobody is appointed any more, so that everybody is looked up once.
    """

    cast: Cast
    at: datetime
    parts: dict[str, Person] = field(default_factory=dict)
    below_unit: Unit | None = None
    still: bool = False
    _actors: dict[tuple[str, date], Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cast, day = self.cast, self.day
        self.parts = dict(cast.everybody)
        self.below_unit = org_actions.open_unit(
            parent=cast.units["nongye"], name="农技站", code="nongji", kind=UnitKind.STATION, by=MAKER, at=self.at
        )
        self.parts["below"] = self.hire("站员", self.below_unit, (Duty.CLERK,))
        self.parts["deputy"] = self.hire("代办", cast.units["yingji"], (Duty.CLERK,))
        self.parts["former"] = self.hire("前任", cast.units["nongye"], (Duty.CLERK,))
        org_actions.deputise(
            principal=cast.clerk,
            deputy=self.parts["deputy"],
            starts_on=day,
            ends_on=day + timedelta(days=300),
            by=MAKER,
            at=self.at,
        )

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    def hire(self, name: str, unit: Unit, duties: tuple[Duty, ...]) -> Person:
        person = org_actions.add_person(town=self.cast.town, name=name, by=MAKER, at=self.at)
        self.post(person, unit, duties)
        return person

    def post(self, person: Person, unit: Unit, duties: tuple[Duty, ...]) -> None:
        post = org_actions.create_post(
            unit=unit, name=f"{person.name}的岗位{unit.code}", duties=list(duties), by=MAKER, at=self.at
        )
        org_actions.appoint(person, post, starts_on=self.day - timedelta(days=60), by=MAKER, at=self.at)
        self._actors.clear()

    def moves_out(self, person: Person, *, to: Unit | None) -> None:
        """The person's appointments end yesterday; they may begin elsewhere."""
        for held in org.in_force(self.day).filter(person=person):
            org_actions.end_appointment(held, ends_on=self.day - timedelta(days=1), by=MAKER, at=self.at)
        if to is not None:
            self.post(person, to, (Duty.CLERK,))
        self._actors.clear()

    def __getitem__(self, part: str) -> Actor:
        if part == "public":
            return PUBLIC
        key = part, date.min if self.still else self.day
        if key not in self._actors:
            self._actors[key] = org.actor_of(self.parts[part], on=self.day)
        return self._actors[key]

    def tick(self, **length: float) -> datetime:
        self.at += timedelta(**(length or {"minutes": 1}))
        return self.at

    def do(self, verb: str, matter: Matter, by: str, **inputs: Any) -> Any:
        """The verb with plausible inputs, changed by ``inputs``, by somebody of the stage."""
        function: Callable[..., Any] = getattr(actions, verb)
        told = {**self.inputs(verb, matter), **inputs}
        subject: Any = told.pop("raiser") if verb == "evaluate" else matter
        return function(subject, by=self[by], at=self.tick(), **told)

    def inputs(self, verb: str, matter: Matter) -> dict[str, Any]:
        units, cast = self.cast.units, self.cast

        def later(days: int = 10) -> date:
            due = Matter.objects.values_list("resolve_due", flat=True).get(pk=matter.pk)
            return max(due, self.day) + timedelta(days=days)

        made: dict[str, Callable[[], dict[str, Any]]] = {
            "assign": lambda: {
                "lead_unit": units["nongye"],
                "co_units": [units["shiqiaogou"]],
                "leader": cast.leader,
                "standard": "三盏路灯全亮",
            },
            "describe": lambda: {"measures": "换灯，每月巡查一次"},
            "put_in_charge": lambda: {"leader": cast.secretary},
            "contest": lambda: {"reason": "不属本单位职责"},
            "propose_ruling": lambda: {"unit": units["nongye"], "reason": "职责清单写明"},
            "rule": lambda: {"granted": True},
            "sign": lambda: {"handler": cast.clerk},
            "report": lambda: {"measures": "联系电工", "progress": "已报修"},
            "co_report": lambda: {"progress": "已带路"},
            "accept": lambda: {"report": self.unread(matter), "review": Report.Review.GOOD},
            "return_report": lambda: {"report": self.unread(matter), "reason": "没有写措施"},
            "ask_extension": lambda: {"new_due": later(), "reason": "配件未到"},
            "decide_extension": lambda: {"granted": True},
            "suspend": lambda: {"on_whom": "供电所", "reason": "等停电计划"},
            "resume": lambda: {},
            "draft_plan": lambda: {"steps": [(later(), "换线"), (later(40), "换灯")], "reason": "线路老化"},
            "approve_plan": lambda: {"granted": True},
            "send_up": lambda: {"to_whom": "县供电公司", "document": "云政文〔2026〕3号"},
            "answer_from_above": lambda: {"decision": "列入计划"},
            "transfer": lambda: {"lead_unit": units["liuhewan"], "reason": "属地办理"},
            "hand_over": lambda: {"handler": cast.head},
            "ask_regrade": lambda: {"grade": Grade.MAJOR, "reason": "涉及三个村"},
            "regrade": lambda: {"granted": True},
            "claim": lambda: {"result": "三盏全亮"},
            "withdraw": lambda: {"reason": "又灭了一盏"},
            "name_verifier": lambda: {
                "person": cast.discipline,
                "task": "look" if Matter.objects.filter(pk=matter.pk, state=State.CLOSED).exists() else "verify",
            },
            "verify": lambda: {"passed": True, "seen": "夜里去看，都亮"},
            "evaluate": lambda: {"raiser": self.raiser(matter), "answer": Evaluation.Answer.SATISFIED},
            "answer_dissent": lambda: {"evaluation": self.dissent(matter), "stands": True, "reason": "路灯确已全亮"},
            "close": lambda: {"result": "路灯修复"},
            "look_again": lambda: {"passed": True, "seen": "仍亮"},
            "reopen": lambda: {"reason": "又灭了"},
            "ask_void": lambda: {"reason": "重复立项"},
            "void": lambda: {"granted": True},
            "urge": lambda: {"words": "请抓紧"},
            "escalate": lambda: {"level": Urging.Level.BLUE, "reason": "临期未反馈"},
        }
        return made[verb]()

    def unread(self, matter: Matter) -> Report:
        """The oldest report of the lead unit that waits to be read, else one that is not there."""
        return matter.reports.filter(review="", is_lead=True).order_by("pk").first() or Report(pk=0)

    def raiser(self, matter: Matter) -> Raiser:
        return matter.raisers.filter(person__isnull=False).order_by("pk").first() or Raiser(pk=0)

    def dissent(self, matter: Matter) -> Evaluation:
        found = matter.evaluations.filter(answer=Evaluation.Answer.UNSATISFIED).order_by("pk").last()
        return found or Evaluation(pk=0)

    def claim_of(self, matter: Matter) -> Claim:
        return matter.claims.order_by("pk").reverse()[0]

    def register(self, *, raisers: bool | list[actions.NewRaiser] = True, **inputs: Any) -> Matter:
        """By the office, raised by a citizen with a receipt and by 柳春来 of another village."""
        told = [
            actions.NewRaiser(kind=Raiser.Kind.CITIZEN, raised_at=self.at, receipt_digest=RECEIPT, name="张三"),
            actions.NewRaiser(kind=Raiser.Kind.CADRE, raised_at=self.at, person=self.cast.other_village),
        ]
        made = {
            "title": "村口路灯不亮",
            "received_at": self.at,
            "raisers": (told if raisers else []) if isinstance(raisers, bool) else raisers,
            **inputs,
        }
        by = "discipline" if inputs.get("secrecy") == Secrecy.ACCUSATION else "office"
        return actions.register(town=self.cast.town, by=self[by], at=self.tick(), **made)

    def at_state(self, state: State, **inputs: Any) -> Matter:
        """A matter of 农业农村服务中心, helped by 石桥沟村, handled by 赵小兰 and before her by ``former``, in a state.
        From working on it has an unread report."""
        matter = self.register(**inputs)
        for verb, by, told in ROADS[state]:
            people = {name: self.parts[part] for name, part in told.items()}
            self.do(verb, matter, by, **people)
            matter.refresh_from_db()
        if state == State.CLOSED:
            self.tick(days=9)
            matter = self.do("close", matter, "office")
        assert matter.state == state
        return matter


Step = tuple[str, str, dict[str, str]]
_ASSIGNED: list[Step] = [("assign", "office", {})]
_WORKING: list[Step] = [
    *_ASSIGNED,
    ("sign", "head", {"handler": "former"}),
    ("hand_over", "former", {"handler": "clerk"}),
    ("report", "clerk", {}),
]
_PLANNED: list[Step] = [*_WORKING, ("draft_plan", "clerk", {}), ("approve_plan", "leader", {})]
_CLAIMED: list[Step] = [*_WORKING, ("claim", "clerk", {})]
_VERIFIED: list[Step] = [*_CLAIMED, ("verify", "organisation", {})]
ROADS: dict[State, list[Step]] = {
    State.REGISTERED: [],
    State.ASSIGNED: _ASSIGNED,
    State.CONTESTED: [*_ASSIGNED, ("contest", "head", {})],
    State.WORKING: _WORKING,
    State.PLANNED: _PLANNED,
    State.WAITING: [*_WORKING, ("suspend", "office", {})],
    State.SENT_UP: [*_PLANNED, ("send_up", "office", {})],
    State.CLAIMED: _CLAIMED,
    State.VERIFIED: _VERIFIED,
    State.CLOSED: _VERIFIED,
    State.VOIDED: [*_WORKING, ("ask_void", "office", {}), ("void", "leader", {})],
}


def refused(act: Callable[[], object]) -> str:
    """The code with which the act is refused; it left no event."""
    before = Event.objects.count()
    with pytest.raises(Refused) as reason, transaction.atomic():
        act()
    assert Event.objects.count() == before
    assert reason.value.sentence
    return reason.value.code
