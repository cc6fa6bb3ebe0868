"""The town after some weeks of work: a matter in every state and every turn that one can take, made by the actions.

``STORY_NOW`` is the moment at which pages look at it; ``story_clock`` makes it the present for a test.
"""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.causes import actions as causes
from luoshi.chapters.review.causes.models import Cause
from luoshi.chapters.review.examples import actions as examples
from luoshi.chapters.review.examples.models import Example, Kind
from luoshi.chapters.review.likeness.models import Suggestion, Topic, TopicFinding
from luoshi.chapters.review.meetings import actions as meetings
from luoshi.chapters.review.meetings.models import Meeting, Resolution
from luoshi.chapters.review.models import Channel, Complaint, Finding
from luoshi.chapters.review.selfreview import actions as selfreview
from luoshi.chapters.review.selfreview.actions import Written
from luoshi.chapters.review.selfreview.models import Round, Sheet
from luoshi.core.evidence import storage
from luoshi.core.evidence.models import Item, StoredFile
from luoshi.core.matters import actions, jobs
from luoshi.core.matters.models import Category, Evaluation, Grade, Matter, Raiser, Secrecy, State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.models import Person
from luoshi.core.org.rules import PUBLIC
from luoshi.core.papers import actions as papers
from luoshi.core.papers import models as papers_models
from luoshi.core.papers.models import Paper
from luoshi.core.papers.registry import Draft
from luoshi.core.plan import actions as plans
from luoshi.core.plan.actions import GoalRow, load_goals
from luoshi.core.plan.models import Goal, Version
from luoshi.core.plan.reading import Opened
from luoshi.testing.cast import MAKER, PASSWORD, Cast, make_cast
from luoshi.testing.snapshot import laid

STORY_NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Wednesday, a working day."""
ACCUSED = "举报饮水工程回扣"
"""What only discipline inspection may ever read."""


_files: dict[str, bytes] = {}
"""What the story's files hold, for whoever lays its rows again where the files are gone."""


def picture(name: str = "现场.jpg") -> SimpleUploadedFile:
    """A small photograph."""
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "#8a6d3b").save(kept, "JPEG")
    return SimpleUploadedFile(name, kept.getvalue(), content_type="image/jpeg")


def receipt(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


class Town(Stage):
    """The stage of matters, on which every matter is raised by a citizen with a receipt of its own and by 柳春来."""

    def register(self, *, raisers: bool = True, **inputs: Any) -> Matter:
        title = inputs.get("title", "村口路灯不亮")
        told = [
            actions.NewRaiser(
                kind=Raiser.Kind.CITIZEN, raised_at=self.at, receipt_digest=receipt(title), name="张三", contact="138"
            ),
            actions.NewRaiser(kind=Raiser.Kind.CADRE, raised_at=self.at, person=self.cast.other_village),
        ]
        made = {"title": title, "received_at": self.at, "raisers": told if raisers else [], **inputs}
        by = "discipline" if inputs.get("secrecy") == Secrecy.ACCUSATION else "office"
        return actions.register(town=self.cast.town, by=self[by], at=self.tick(), **made)


@dataclass
class Story:
    """Everybody, and the matters by the turn that they have taken (``working``, ``dissent``, ``accusation`` …),
    what was found by the same kind of name, and the receipts."""

    stage: Town
    matters: dict[str, Matter] = field(default_factory=dict)
    goal: Goal | None = None
    plan: Version | None = None
    file: Item | None = None
    secret_file: Item | None = None
    findings: dict[str, Finding] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    complaint: Complaint | None = None
    suggestion: Suggestion | None = None
    cause: Cause | None = None
    meetings: list[Meeting] = field(default_factory=list)
    examples: dict[str, Example] = field(default_factory=dict)
    topic: Topic | None = None
    round: Round | None = None
    sheets: dict[str, Sheet] = field(default_factory=dict)

    @property
    def cast(self) -> Cast:
        return self.stage.cast

    @property
    def people(self) -> dict[str, Person]:
        return self.cast.everybody

    def __getitem__(self, name: str) -> Matter:
        return self.matters[name]

    def fresh(self, name: str) -> Matter:
        """The matter as the database has it now."""
        return Matter.objects.select_related("lead_unit", "town").get(pk=self.matters[name].pk)


def client_of(person: Person | None) -> Client:
    """A browser in which the person is signed in; ``None``: a citizen without an account."""
    client = Client()
    if person is not None:
        client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def finish(answer: Any) -> Any:
    """Read an answer to its end, as a browser does. (``close`` would also close the database's connection.)"""
    if answer.streaming:
        for _ in answer.streaming_content:
            pass
    return answer


@contextmanager
def story_clock(at: datetime = STORY_NOW) -> Iterator[None]:
    """The present is a moment of the story; every reading of it is a little later than the one before."""
    past = iter(range(10**9))
    with mock.patch("django.utils.timezone.now", side_effect=lambda: at + timedelta(milliseconds=next(past))):
        yield


def make_story(now: datetime = STORY_NOW) -> Story:
    """The whole story, the last act some minutes before ``now``."""
    story = laid(("story", now), lambda: _told(now))
    for sha256 in StoredFile.objects.values_list("pk", flat=True):
        if sha256 in _files:
            storage.put(_files[sha256], sha256)
        else:
            _files[sha256] = storage.path_of(sha256).read_bytes()
    return story


def _told(now: datetime) -> Story:
    stage = Town(make_cast(now - timedelta(days=60)), now - timedelta(days=30))
    story = Story(stage)

    def add(name: str, state: State, *, days: float, **inputs: Any) -> Matter:
        stage.at = now - timedelta(days=days)
        title = inputs.pop("title", f"{name} {state.label}的事")
        story.matters[name] = stage.at_state(state, title=title, **inputs)
        return story.matters[name]

    def do(verb: str, name: str, by: str, **inputs: Any) -> Any:
        return stage.do(verb, story.fresh(name), by, **inputs)

    goals = [GoalRow("lights", "town", "村村有灯", source="镇人代会报告"), GoalRow("roads", "town", "路路通")]
    story.goal, _ = load_goals(town=stage.cast.town, rows=goals, by=MAKER, at=stage.tick())
    story.plan = _plan(stage)
    water = Category.objects.create(town=stage.cast.town, code="water", name="水利", goal=story.goal)
    for state, days in (
        (State.REGISTERED, 0.05),
        (State.ASSIGNED, 0.1),
        (State.CONTESTED, 1),
        (State.WORKING, 1),
        (State.PLANNED, 3),
        (State.WAITING, 3),
        (State.SENT_UP, 3),
        (State.CLAIMED, 2),
        (State.VERIFIED, 9),
        (State.CLOSED, 11),
        (State.VOIDED, 4),
    ):
        add(str(state), state, days=days, problem="三盏灯不亮，晚上看不见路。", place="石桥沟村口", category=water)
    add("overdue", State.WORKING, days=12, title="水渠堵塞")
    add("due_today", State.WORKING, days=7)
    add("extension_asked", State.WORKING, days=2)
    do("ask_extension", "extension_asked", "clerk")
    add("extension_granted", State.WORKING, days=2)
    do("ask_extension", "extension_granted", "clerk")
    do("decide_extension", "extension_granted", "office")
    add("second_extension", State.WORKING, days=2)
    do("ask_extension", "second_extension", "clerk")
    do("decide_extension", "second_extension", "office")
    do("ask_extension", "second_extension", "clerk")
    add("extension_refused", State.WORKING, days=2)
    do("ask_extension", "extension_refused", "clerk")
    do("decide_extension", "extension_refused", "office", granted=False, reason="三天就能办完")
    add("plan_asked", State.WORKING, days=2)
    do("draft_plan", "plan_asked", "clerk")
    add("ruling_proposed", State.CONTESTED, days=1)
    do("propose_ruling", "ruling_proposed", "office", unit=stage.cast.units["yingji"])
    add("regrade_asked", State.WORKING, days=2)
    do("ask_regrade", "regrade_asked", "office", grade=Grade.MAJOR)
    add("regraded", State.WORKING, days=2)
    do("ask_regrade", "regraded", "office", grade=Grade.MAJOR)
    do("regrade", "regraded", "office2")
    add("void_asked", State.WORKING, days=2)
    do("ask_void", "void_asked", "office")
    add("verifier_named", State.CLAIMED, days=2)
    do("name_verifier", "verifier_named", "office", person=stage.cast.organisation)
    add("returned", State.WORKING, days=2)
    do("return_report", "returned", "office")
    add("transferred", State.WORKING, days=2)
    do("transfer", "transferred", "office")
    add("urged", State.WORKING, days=2)
    do("urge", "urged", "office")
    stage.tick(days=1)
    do("escalate", "urged", "office")
    add("dissent", State.CLAIMED, days=2)
    do("evaluate", "dissent", "other_village", answer=Evaluation.Answer.UNSATISFIED, words="还有一盏不亮")
    add("dissent_answered", State.CLAIMED, days=2)
    do("evaluate", "dissent_answered", "other_village", answer=Evaluation.Answer.UNSATISFIED)
    do("answer_dissent", "dissent_answered", "organisation")
    add("withdrawn", State.CLAIMED, days=2)
    do("withdraw", "withdrawn", "clerk")
    add("refused_claim", State.CLAIMED, days=2)
    do("verify", "refused_claim", "organisation", passed=False, seen="还黑着")
    add("late_dissent", State.CLOSED, days=11)
    do("evaluate", "late_dissent", "other_village", answer=Evaluation.Answer.UNSATISFIED, words="又灭了")
    add("look", State.CLOSED, days=11)
    do("name_verifier", "look", "office", person=stage.cast.other_head, task="look")
    add("looked", State.CLOSED, days=11)
    do("name_verifier", "looked", "office", person=stage.cast.other_head, task="look")
    do("look_again", "looked", "other_head")
    add("reopened", State.CLOSED, days=11)
    do("reopen", "reopened", "office")
    add("from_above", State.SENT_UP, days=3)
    do("answer_from_above", "from_above", "office", result="县里已换线")
    add("internal", State.WORKING, days=2, secrecy=Secrecy.INTERNAL)
    add("restricted", State.WORKING, days=2, secrecy=Secrecy.RESTRICTED)
    add("major", State.WORKING, days=2, grade=Grade.MAJOR, raisers=False)
    add("with_file", State.WORKING, days=1)
    do("report", "with_file", "clerk", files=[picture()])
    _findings(story, now)
    story.file = Item.objects.get(stream=story["with_file"].stream)
    do("co_report", "with_file", "village")
    _accusations(story, now)
    _papers(story, now)
    _self_review(story, now)
    _examples(story)
    _meetings(story, now)
    story.cause = causes.record_cause(
        town=stage.cast.town,
        kind="follow",
        whys=["渠没人清", "清渠没有排班"],
        things=[story.fresh("overdue")],
        by=stage["office"],
        at=stage.tick(),
    )
    stage.at = now - timedelta(hours=1)
    jobs.evaluations(SimpleNamespace(at=now - timedelta(minutes=30)))  # type: ignore[arg-type]
    for name in story.matters:
        story.matters[name] = story.fresh(name)
    return story


PLAN = """云岭镇能力作风建设方案
一、找问题
全镇把问题找准找实。突出抓好“两查一改”：
一是查台账。每月查一遍。查出的问题12月20日前改完。
二是查村组。逐户走访。
二、办事情
按“13710”逐件督办。落实好各项要求。
"""


def _plan(stage: Town) -> Version:
    """The plan, hung with matters, with what nobody but the office may see, and with what is not installed."""
    office = stage["office"]
    version = plans.load_plan(town=stage.cast.town, opened=Opened(PLAN), by=office, at=stage.tick())
    parts = {part.text: part for part in version.parts.all()}
    for words, source in (
        ("按“13710”逐件督办。", "matters?light=open"),
        ("按“13710”逐件督办。", "matters?state=closed"),
        ("全镇把问题找准找实。", "findings"),
        ("每月查一遍。", "matters?said=not_asked"),
    ):
        plans.add_link(parts[words], source=source, by=office, at=stage.tick())
    plans.add_link(parts["逐户走访。"], source="visits", label="走访", by=MAKER, at=stage.tick())
    days = {"starts_on": stage.day, "ends_on": stage.day}
    plans.add_phase(town=stage.cast.town, name="动员", by=office, at=stage.tick(), **days)
    return version


def _findings(story: Story, now: datetime) -> None:
    """What citizens and cadres said: one that waits, one opened, one that accuses, and a complaint."""
    stage, town = story.stage, story.cast.town
    stage.at = now - timedelta(days=1)

    def take(name: str, words: str, **told: Any) -> Finding:
        taken = review.take_from_public(
            town=town, channel=Channel.CITIZEN, words=words, address="10.0.0.9", at=stage.tick(), **told
        )
        story.receipts[name] = taken.code
        story.findings[name] = taken.finding
        return taken.finding

    take("waiting", "村东头的垃圾三天没人收。", place="石桥沟村", contact="13800000000", files=[picture("垃圾.jpg")])
    opened = take("opened", "桥栏杆断了，老人不敢过。", place="柳河湾村")
    review.open_matter(opened, title="桥栏杆断了", problem="栏杆断了", by=stage["office"], at=stage.tick())
    take("accusation", f"{ACCUSED}，请查。", is_accusation=True, files=[picture("账本.jpg")])
    stage.do("assign", Matter.objects.get(title="桥栏杆断了"), "office")
    story.complaint = review.complain(town=town, text="表太多，一件事填三遍。", by=PUBLIC, at=stage.tick())
    waiting = story.findings["waiting"]
    story.suggestion = Suggestion.objects.create(
        town=town, one=waiting, other=opened, score=0.8, reasons=[["同一地点", ["村"]]], made_at=stage.at
    )
    month = waiting.received_at.date().replace(day=1)
    story.topic = Topic.objects.create(town=town, month=month, place=1, title="村里的事", made_at=stage.at)
    TopicFinding.objects.bulk_create([TopicFinding(topic=story.topic, finding=one) for one in (waiting, opened)])
    story.matters["from_finding"] = Matter.objects.get(title="桥栏杆断了")


def _self_review(story: Story, now: datetime) -> None:
    """A round that goes on: the clerk writes still, the station has handed in, and so has the head of the station."""
    stage, cast = story.stage, story.cast
    stage.at = now - timedelta(hours=20)
    story.round = selfreview.open_round(
        town=cast.town,
        title="第四季度自查",
        deadline=(now + timedelta(days=5)).date(),
        by=stage["secretary"],
        at=stage.tick(),
    )
    sheets = Sheet.objects.filter(round=story.round)
    story.sheets = {
        "draft": sheets.get(person=cast.clerk),
        "person": sheets.get(person=cast.head),
        "unit": sheets.get(kind="unit", unit=cast.units["nongye"]),
    }
    for name, by in (("draft", "clerk"), ("person", "head"), ("unit", "head")):
        sheet, told = story.sheets[name], {"tasks": Written(f"{name}：灌渠的事只派了工，没有回头看。")}
        selfreview.save(sheet, written=told, seen=0, by=stage[by], at=stage.tick())
        if name != "draft":
            selfreview.hand_in(sheet, by=stage[by], at=stage.tick())
    selfreview.raise_gap(story.sheets["unit"], benchmark="tasks", line=0, by=stage["head"], at=stage.tick())


def _papers(story: Story, now: datetime) -> None:
    """A draft, one handed in, one for everybody, one for a unit alone; each with figures."""
    stage = story.stage
    stage.at = now - timedelta(hours=6)
    figures = (("在办", "matters?light=open"), ("本年收到", "matters?received_from=2026-01-01&kind=citizen"))
    body = "一、情况\n在办【在办】件，群众提出【本年收到】件。\n|单位|件数|\n|全镇|【在办】|"
    for name, roads in (
        ("draft", ()),
        ("submitted", (("submit", "office"),)),
        ("issued", (("submit", "office"), ("review", "office2"), ("issue", "secretary"))),
        ("named", (("submit", "office"), ("review", "office2"), ("issue", "secretary"))),
    ):
        reach = papers_models.Reach.NAMED if name == "named" else papers_models.Reach.TOWN
        drawn = Draft(
            papers_models.Kind.NOTICE,
            f"{name}的通知",
            body,
            figures,
            reach=reach,
            units=(story.cast.units["nongye"].pk,),
        )
        made = papers.draft(drawn, by=stage["office"], at=stage.tick())
        for verb, by in roads:
            getattr(papers, verb)(made, by=stage[by], at=stage.tick())
        story.papers[name] = papers_models.Paper.objects.get(pk=made.pk)


def _examples(story: Story) -> None:
    """One that is held up, and one that waits for the leader."""
    stage = story.stage
    for name in ("approved", "proposed"):
        story.examples[name] = examples.propose(
            town=stage.cast.town,
            kind=Kind.BENCHMARK,
            name=f"白水镇管水站 {name}",
            why="每条渠都写明谁清、几时清，贴在渠边。",
            learn="活和人对上号",
            source="2026年水利现场会材料",
            by=stage["office"],
            at=stage.tick(),
        )
    examples.approve(story.examples["approved"], by=stage["leader"], at=stage.tick())


def _meetings(story: Story, now: datetime) -> None:
    """Two of one name: the first with minutes and a task at work, the second under way."""
    stage, cast = story.stage, story.cast
    for days in (12, 0.5):
        stage.at = now - timedelta(days=days)
        meeting = meetings.call(
            town=cast.town,
            name="党委会",
            held_at=stage.at,
            chair=cast.secretary,
            agenda=["研究灌溉用水"],
            present=[cast.secretary, cast.leader],
            sitting_in=[cast.office],
            by=stage["office"],
            at=stage.tick(),
        )
        for text in ("三台泵修好", "渠道排班"):
            agreed = meetings.agree(
                meeting.agenda.get(),
                kind=Resolution.Kind.TASK,
                text=text,
                unit=cast.units["nongye"],
                by=stage["office"],
                at=stage.tick(),
            )
        story.meetings.append(meeting)
        if days > 1:
            meetings.issue(meeting, by=stage["office"], at=stage.tick())
            meetings.register(agreed, by=stage["office"], at=stage.tick())


def _accusations(story: Story, now: datetime) -> None:
    """One that discipline inspection alone knows, and one at work in its own unit with the secretary in charge."""
    stage, cast = story.stage, story.cast
    stage.at = now - timedelta(days=2)
    story.matters["accusation"] = stage.register(title=f"{ACCUSED}甲", secrecy=Secrecy.ACCUSATION, problem=ACCUSED)
    working = stage.register(title=f"{ACCUSED}乙", secrecy=Secrecy.ACCUSATION, problem=ACCUSED)
    jiwei = cast.units["jiwei"]
    stage.do("assign", working, "discipline", lead_unit=jiwei, co_units=[], leader=cast.secretary)
    stage.do("sign", working, "discipline", handler=cast.discipline)
    stage.do("report", working, "discipline", files=[picture("证据.jpg")])
    story.matters["accusation_working"] = working
    story.secret_file = Item.objects.get(stream=working.stream)


__all__ = [
    "ACCUSED",
    "PASSWORD",
    "STORY_NOW",
    "Story",
    "client_of",
    "make_story",
    "picture",
    "receipt",
    "story_clock",
]
