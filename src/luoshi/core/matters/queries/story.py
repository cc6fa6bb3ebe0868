"""The whole story of a matter as a timeline: each event one sentence, with its words and files."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from luoshi.core.evidence.models import Item
from luoshi.core.journal import rules as journal
from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Evaluation, Grade, Matter, Report, Urging
from luoshi.core.matters.transitions import SENTENCES
from luoshi.core.org.models import Person, Post, Unit
from luoshi.core.org.rules import Actor
from luoshi.core.plan.models import Goal
from luoshi.kit import references, together
from luoshi.kit.again import again

WORDS = {
    "new_title": "事项名称",
    "problem": "问题表现",
    "cause": "根源",
    "place": "地点",
    "number": "原台账编号",
    "standard": "办结标准",
    "words": "意见",
    "reason": "理由",
    "measures": "措施",
    "progress": "进展",
    "result": "结果",
    "seen": "所见",
    "on_whom": "等待",
    "to_whom": "上报给",
    "document": "文件",
    "decision": "上级意见",
    "steps": "步骤",
}
_WHICH = {"assign_due": "交办期限", "report_due": "反馈期限", "resolve_due": "办结期限"}


@dataclass
class Line:
    """One event of the story. ``late``: entered more than a day after it happened (补录). ``paper``: the text id of the
    paper that went out or was revoked; ``url``: where it is read, for who may (see ``with_papers``)."""

    event_id: int
    verb: str
    sentence: str
    who: str
    role: str
    at: datetime
    recorded_at: datetime
    late: bool
    facts: list[str] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    files: list[Item] = field(default_factory=list)
    erased: bool = False
    paper: str = ""
    url: str = ""


def with_papers(lines: list[Line], actor: Actor) -> list[Line]:
    """The same lines, with the addresses of papers that the actor may see. One statement where there is a paper, else
    none; returns those of papers."""
    papers = [line for line in lines if line.paper]
    known = references.described(actor, {line.paper for line in papers}) if papers else {}
    for line in papers:
        line.url = known[line.paper].url if line.paper in known else ""
    return papers


def story(matter: Matter, *, files: Iterable[Item]) -> list[Line]:
    """Every event of the matter, oldest first, with its ``files``. Two statements, however long the story."""
    events: list[Event] = again("matters.story", _events, stream=matter.stream)
    names = _Names(events)
    beside: dict[int, list[Item]] = defaultdict(list)
    for item in files:
        beside[item.event_id].append(item)
    return [_line(event, names, beside[event.pk]) for event in events]


def _events(stream: str) -> QuerySet[Event]:
    return Event.objects.filter(stream=stream).select_related("words").order_by("seq")


def _line(event: Event, names: "_Names", files: list[Item]) -> Line:
    data = json.loads(event.data)
    said = getattr(event, "words", None)
    line = Line(
        event_id=event.pk,
        verb=event.verb,
        sentence=SENTENCES.get(event.verb, event.verb),
        who=names.actor(event),
        role=names.role(event),
        at=event.happened_at,
        recorded_at=event.recorded_at,
        late=journal.late_entry(event.happened_at, event.recorded_at),
        facts=list(_facts(event.verb, data, names)),
        files=files,
        erased=bool(said and said.erased_by),
        paper=str(data.get("paper", "")),
    )
    if said and said.body:
        body = json.loads(said.body)
        line.words = [(label, body[key]) for key, label in WORDS.items() if body.get(key)]
        line.facts += [body["paper"]] if body.get("paper") else []
    return line


def _on(text: str) -> str:
    day = date.fromisoformat(text[:10])
    return f"{day.month}月{day.day}日"


def _facts(verb: str, data: dict[str, Any], names: "_Names") -> Iterable[str]:
    """What the codes of an event say, in words."""
    if verb == "matter.register":
        yield f"{Grade(data['grade']).label}事项，{_on(data['resolve_due'])}前办结"
        if data.get("raisers"):
            yield f"提出人 {data['raisers']} 位"
        return
    if data.get("lead_unit"):
        yield f"牵头单位：{names.units.get(data['lead_unit'], '')}"
    if data.get("co_units"):
        yield "协办单位：" + "、".join(names.units.get(pk, "") for pk in data["co_units"])
    if verb == "matter.propose_ruling" and data.get("unit"):
        yield f"拟交：{names.units.get(data['unit'], '')}"
    for key, label in (("leader", "分管领导："), ("handler", "经办人："), ("person", "")):
        if isinstance(data.get(key), int) and (verb, key) != ("matter.claim", "handler"):  # who claims is the handler
            yield f"{label}{names.people.get(data[key], '')}"
    for key, label in _WHICH.items():
        if isinstance(data.get(key), list):
            old, new = data[key]
            yield f"{label}由{_on(old)}改为{_on(new)}"
    if isinstance(data.get("new_due"), str):
        yield f"申请延到{_on(data['new_due'])}"
    if data.get("grade"):
        yield f"等级：{Grade(data['grade']).label}"
    if data.get("review") and data["review"] != Report.Review.RETURNED:
        yield Report.Review(data["review"]).label
    if data.get("level") and data["level"] != Urging.Level.REMINDER:
        yield Urging.Level(data["level"]).label
    if data.get("answer"):
        yield Evaluation.Answer(data["answer"]).label + ("（逾期答复）" if data.get("late") else "")
    if data.get("exceptional"):
        yield "镇内已无其他单位，由党委书记指定，作例外记录"
    if data.get("drawn") is False:
        yield "由督办室指定，未经抽签"
    if verb == "matter.goal_set":
        old = names.goals.get(data["old_goal"], "") if data.get("old_goal") else ""
        yield f"{names.goals.get(data['goal'], '')}" + (f"（原为“{old}”）" if old else "")
    if verb == "matter.dates_recomputed" and not any(key in data for key in _WHICH):
        yield "日期不变，" + ("标为暂定" if data.get("provisional") else "不再是暂定")
    if verb == "matter.answer_dissent":
        yield "原结果成立" if data.get("stands") else "退回重办"
    if verb == "matter.look_again":
        yield "确已解决" if data.get("passed") else "没有真正解决，重新打开"


def _named(people: list[int], posts: list[int], units: list[int], goals: list[int]) -> dict[str, QuerySet[Any]]:
    post_units = Post.objects.filter(pk__in=posts).values("unit_id")
    return {
        "people": Person.objects.filter(pk__in=people),
        "posts": Post.objects.filter(pk__in=posts),
        "goals": Goal.objects.filter(pk__in=goals),
        "units": Unit.objects.filter(Q(pk__in=units) | Q(pk__in=post_units)),
    }


class _Names:
    """The names behind the text ids of a story, fetched together."""

    def __init__(self, events: list[Event]) -> None:
        people, posts, units, goals = set[int](), set[int](), set[int](), set[int]()
        for event in events:
            for text in (event.actor, event.principal):
                if text.startswith("person:"):
                    people.add(int(text[7:]))
            if event.post.startswith("post:"):
                posts.add(int(event.post[5:]))
            data = json.loads(event.data)
            people |= {data[k] for k in ("leader", "handler", "person") if isinstance(data.get(k), int)}
            units |= {data[k] for k in ("lead_unit", "unit", "from") if isinstance(data.get(k), int)}
            units |= set(data.get("co_units") or ())
            if event.verb == "matter.goal_set":
                goals |= {data[k] for k in ("goal", "old_goal") if isinstance(data.get(k), int)}
        found = together.fetch_by("matters.story.names", _named, people=people, posts=posts, units=units, goals=goals)
        self.goals = {goal.pk: goal.name for goal in found["goals"]}
        self.people: dict[int, str] = {person.pk: person.name for person in found["people"]}
        self.units: dict[int, str] = {unit.pk: unit.name for unit in found["units"]}
        self.posts = {post.pk: f"{self.units[post.unit_id]} {post.name}" for post in found["posts"]}

    def actor(self, event: Event) -> str:
        kind, _, rest = event.actor.partition(":")
        if kind == "person":
            name = self.people.get(int(rest), "")
            if event.principal.startswith("person:"):
                return f"{name}（代{self.people.get(int(event.principal[7:]), '')}）"
            return name
        return {"public": "群众", "raiser": "提出人"}.get(kind, "系统")

    def role(self, event: Event) -> str:
        return self.posts.get(int(event.post[5:]), "") if event.post.startswith("post:") else ""
