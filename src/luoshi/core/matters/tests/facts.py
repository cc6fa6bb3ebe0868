"""What the rows and the journal say of a matter, and what the house's table says of everybody's part towards it: the
oracle of the random walks, which knows nothing of ``permissions`` and ``transitions``."""

import json
from functools import cached_property
from typing import Any, TypeAlias

from django.apps import apps
from django.db import connection
from django.utils import timezone

from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Matter, State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.matters.tests.test_verbs_table import TABLE
from luoshi.testing.cast import PEOPLE

POSTS: dict[str, tuple[str, frozenset[str]]] = {
    **{part: (unit, frozenset(map(str, duties))) for part, _, _, unit, _, duties in PEOPLE},
    "below": ("nongji", frozenset({"clerk"})),
    "deputy": ("yingji", frozenset({"clerk"})),
    "former": ("nongye", frozenset({"clerk"})),
}
ABOVE = {"nongji": {"nongye"}}
UNITS = ("nongye", "nongji", "yingji", "shiqiaogou", "liuhewan", "dangzheng", "jiwei", "banzi")
EVERYBODY = (*POSTS, "outsider", "public")
OFFICIAL = {name: set(states.split()) for name, (states, _, _) in TABLE.items()}


class Facts:
    """What the rows say of a matter, and what the house says of a part towards it."""

    def __init__(self, stage: Stage, matter: Matter) -> None:
        self.matter = matter
        self.parts = {person.pk: part for part, person in stage.parts.items()}
        self.codes = {unit.pk: code for code, unit in stage.cast.units.items()} | {stage.below_unit.pk: "nongji"}
        self.state = str(matter.state)
        self.lead = self.codes.get(matter.lead_unit_id, "")
        self.handler = self.parts.get(matter.handler_id, "")
        self.leader = self.parts.get(matter.leader_id, "")
        self.chance = Matter.objects.filter(pk__lt=matter.pk).count() + stage.at.minute + stage.at.hour

    @cached_property
    def co(self) -> set[str]:
        return {self.codes[pk] for pk in self.matter.co_units.values_list("unit_id", flat=True)}

    @property
    def involved(self) -> set[str]:
        return {self.lead, *self.co} - {""}

    @cached_property
    def handlings(self) -> set[tuple[str, str]]:
        found = self.matter.handlings.values_list("person_id", "unit_id")
        return {(self.parts[person], self.codes[unit]) for person, unit in found}

    @property
    def handled(self) -> set[str]:
        return {person for person, _ in self.handlings}

    @cached_property
    def raisers(self) -> set[str]:
        return {self.parts[pk] for pk in self.matter.raisers.values_list("person_id", flat=True) if pk}

    @cached_property
    def judged(self) -> set[str]:
        found = self.matter.verdicts.filter(round=self.matter.round).values_list("judge_id", "judge_unit_id")
        return {name for person, unit in found for name in (self.parts[person], self.codes[unit])}

    @cached_property
    def named(self) -> dict[tuple[str, str], bool]:
        found = self.matter.named_verifiers.filter(done_at=None).values_list("person_id", "task", "exceptional")
        return {(self.parts[person], task): exceptional for person, task, exceptional in found}

    @cached_property
    def pending(self) -> dict[str, tuple[str, int]]:
        found = self.matter.requests.filter(granted=None).values_list("kind", "asker_id", "number")
        return {kind: (self.parts[asker], number) for kind, asker, number in found}

    @cached_property
    def unread(self) -> bool:
        return self.matter.reports.filter(review="", is_lead=True).exists()

    @cached_property
    def answers(self) -> set[str]:
        found = self.matter.evaluations.filter(claim__round=self.matter.round)
        return set(found.values_list("answer", flat=True))

    def may(self, verb: str, part: str) -> bool:
        """The column "who" of the house's table."""
        if part not in POSTS:
            return part == "public" and verb == "evaluate"
        persons = {part, "clerk"} if part == "deputy" else {part}
        posts = [POSTS[person] for person in persons]
        units, duties = {unit for unit, _ in posts}, {duty for _, held in posts for duty in held}
        office, leader = "office" in duties, self.leader in persons or "secretary" in duties
        handler, other = self.handler in persons, self.others(persons, units)
        first = self.pending.get("extend", ("", 1))[1] == 1
        asker = {"decide_extension": "extend", "approve_plan": "plan", "rule": "rule"}.get(verb, verb)
        own = self.pending.get(asker, ("", 0))[0] in persons
        looks = not units & {unit for _, unit in self.handlings} and not (persons | units) & self.judged
        found = {
            "assign propose_ruling accept return_report suspend resume": office,
            "send_up answer_from_above transfer": office,
            "contest sign": self.lead in units,
            "rule approve_plan": leader and not own,
            "report ask_extension draft_plan claim withdraw": handler,
            "co_report": bool(units & self.co),
            "decide_extension": (office if first else leader) and not own and not handler,
            "hand_over": handler,
            "ask_regrade ask_void reopen urge escalate put_in_charge": office,
            "describe": office or handler or "data" in duties,
            "regrade void": (office or leader) and not own,
            "name_verifier": office or "secretary" in duties,
            "verify": other or (self.named.get((part, "verify"), False) and not units & self.involved),
            "answer_dissent": other or (self.named.get((part, "verify"), False) and not units & self.involved),
            "evaluate": part in self.raisers and part not in self.handled,
            "close": leader if self.lead == "dangzheng" else office,
            "look_again": (part, "look") in self.named
            and looks
            and (other or (self.named[part, "look"] and not units & self.involved)),
        }
        answers = [allowed for names, allowed in found.items() if verb in names.split()]
        return answers[-1]

    def makes_sense(self, verb: str) -> bool:
        """Whether there is something to decide, read or answer, and the end is not asked for all the time."""
        asked = {
            "rule": "rule",
            "decide_extension": "extend",
            "approve_plan": "plan",
            "regrade": "regrade",
            "void": "void",
        }
        if verb in asked:
            return asked[verb] in self.pending
        waits = {
            "ask_void": not self.pending and self.chance % 9 == 0,
            "ask_regrade": "regrade" not in self.pending and self.chance % 5 == 0,
            "describe": self.chance % 6 == 0,
            "put_in_charge": self.chance % 6 == 1,
            "withdraw": self.chance % 4 == 0,
            "reopen": self.chance % 4 == 0,
            "transfer": self.chance % 6 == 0,
            "contest": self.chance % 3 == 0,
            "urge": self.chance % 4 == 0,
            "escalate": self.chance % 4 == 1,
            "propose_ruling": "rule" not in self.pending,
            "ask_extension": "extend" not in self.pending,
            "draft_plan": "plan" not in self.pending,
            "accept": self.unread,
            "return_report": self.unread,
            "answer_dissent": "unsatisfied" in self.answers,
            "evaluate": self.answers & {"", "no_answer"},
            "look_again": any(task == "look" for _, task in self.named),
            "name_verifier": self.state == State.CLOSED or self.chance % 3 == 0,
        }
        return bool(waits.get(verb, True))

    def others(self, persons: set[str], units: set[str]) -> bool:
        related = {u for unit in self.involved for u in (unit, *ABOVE.get(unit, ()), *below(unit))}
        return not persons & (self.handled | {self.handler}) and not units & related


def below(unit: str) -> list[str]:
    return [child for child, above in ABOVE.items() if unit in above]


def told_by_events(matter: Matter) -> dict[str, Any]:
    """State, dates, pause and the claim that stands, from the journal alone."""
    told: dict[str, Any] = {"claimed": None, "paused": None, "seq": 0, "hash": "0" * 64}
    for event in Event.objects.filter(stream=matter.stream).order_by("seq"):
        data, verb, day = (
            json.loads(event.data),
            event.verb.removeprefix("matter."),
            timezone.localdate(event.happened_at),
        )
        assert (event.seq, event.prev_hash) == (told["seq"] + 1, told["hash"])
        assert event.happened_at >= told.get("at", event.happened_at)
        told |= {"seq": event.seq, "hash": event.leaf_hash, "at": event.happened_at}
        told["state"] = data.get("state", told.get("state"))
        for which in ("assign_due", "report_due", "resolve_due"):
            if which in data:
                old, new = data[which] if isinstance(data[which], list) else (told.get(which), data[which])
                assert old == told.get(which), f"{verb} moved {which} from another date"
                told[which] = new
        if verb == "claim" or data.get("claimed"):
            told["claimed"] = event.happened_at
        if (
            verb in ("withdraw", "claim_refused", "reopen")
            or data.get("stands") is False
            or (verb == "look_again" and not data["passed"])
        ):
            told["claimed"] = None
        if verb in ("contest", "suspend", "send_up"):
            told["paused"] = day
        if verb in ("rule", "resume", "answer_from_above") or told["state"] == State.VOIDED:
            told["paused"] = None
    return told


TABLES = [
    model for model in apps.get_app_config("matters").get_models() if model.__name__ not in ("Category", "ClockRule")
]


Rows: TypeAlias = list[tuple[Any, ...]]


def rows() -> dict[str, Rows]:
    """Every row of every table of matters."""
    found = {}
    with connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id")
            found[model.__name__] = cursor.fetchall()
    return found
