"""完善内容、调整分管领导: what a matter says of itself is put right without moving it."""

from datetime import datetime

from django.db import transaction

from luoshi.core.matters.actions.assigning import check_leader
from luoshi.core.matters.actions.frame import CARRIED, TEXT, Act, begin
from luoshi.core.matters.actions.registering import LINE, TITLE, search_text
from luoshi.core.matters.models import Matter, Secrecy
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.search import actions as search
from luoshi.kit.text import optional, required_line

LABELS = {"problem": "问题表现", "cause": "根源", "measures": "整改措施"}


@transaction.atomic
def describe(
    matter: Matter,
    *,
    by: Actor,
    at: datetime,
    title: str | None = None,
    problem: str | None = None,
    cause: str | None = None,
    measures: str | None = None,
    place: str | None = None,
) -> Matter:
    """完善内容: name, problem, cause, measures and place, those of them that are given; what it said before stays in
    the journal's words. Refused: ``matter.nothing_changed``, a name that is missing or too long."""
    act = begin(matter, "describe", by=by, at=at)
    longest = CARRIED if act.matter.known_end else TEXT
    told: dict[str, str] = {}
    if title is not None:
        told["title"] = required_line(title, label="事项名称", field="title", longest=TITLE)
    for name, text in (("problem", problem), ("cause", cause), ("measures", measures)):
        if text is not None:
            told[name] = optional(text, label=LABELS[name], field=name, longest=longest)
    if place is not None:
        told["place"] = optional(" ".join(place.split()), label="地点", field="place", longest=LINE)
    changed = {name: text for name, text in told.items() if getattr(act.matter, name) != text}
    if not changed:
        raise Refused("matter.nothing_changed", "内容没有改动。", "改好后再提交。")
    act.set(**changed)
    if act.matter.secrecy != Secrecy.ACCUSATION and changed.keys() & {"title", "problem", "place"}:
        search.put("matter", act.matter.pk, search_text(act.matter))
    words = {("new_title" if name == "title" else name): text or "（删去）" for name, text in changed.items()}
    act.done(data={"changed": [*sorted(changed)]}, words=words)
    return act.matter


@transaction.atomic
def put_in_charge(matter: Matter, *, leader: Person, by: Actor, at: datetime) -> Matter:
    """调整分管领导. Refused: ``matter.not_a_leader``, and ``matter.nothing_changed`` for who is it already."""
    act: Act = begin(matter, "put_in_charge", by=by, at=at)
    check_leader(act, leader)
    if act.matter.leader_id == leader.pk:
        raise Refused("matter.nothing_changed", f"分管领导已经是{leader.name}。", "无需重复办理。", field="leader")
    before = act.matter.leader_id
    act.set(leader=leader)
    act.done(data={"leader": leader.pk, "leader_before": before})
    return act.matter
