"""The scenes of the story beside its matters: what was said, written, met about, held up and looked into."""

from datetime import datetime, timedelta
from typing import Any

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.examples import actions as examples
from luoshi.chapters.review.examples.models import Kind
from luoshi.chapters.review.likeness.models import Suggestion, Topic, TopicFinding
from luoshi.chapters.review.meetings import actions as meetings
from luoshi.chapters.review.meetings.models import Resolution
from luoshi.chapters.review.models import Channel, Finding
from luoshi.chapters.review.selfreview import actions as selfreview
from luoshi.chapters.review.selfreview.actions import Written
from luoshi.chapters.review.selfreview.models import Sheet
from luoshi.core.evidence.models import Item
from luoshi.core.matters.models import Matter, Secrecy
from luoshi.core.org.rules import PUBLIC
from luoshi.core.papers import actions as papers
from luoshi.core.papers import models as papers_models
from luoshi.core.papers.registry import Draft
from luoshi.core.plan import actions as plans
from luoshi.core.plan.models import Version
from luoshi.core.plan.reading import Opened
from luoshi.testing.cast import MAKER
from tests.support.told import ACCUSED, Story, Town, picture

PLAN = """云岭镇能力作风建设方案
一、找问题
全镇把问题找准找实。突出抓好“两查一改”：
一是查台账。每月查一遍。查出的问题12月20日前改完。
二是查村组。逐户走访。
二、办事情
按“13710”逐件督办。落实好各项要求。
"""


def tell_plan(stage: Town) -> Version:
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


def tell_findings(story: Story, now: datetime) -> None:
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


def tell_self_review(story: Story, now: datetime) -> None:
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


def tell_papers(story: Story, now: datetime) -> None:
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


def tell_examples(story: Story) -> None:
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


def tell_meetings(story: Story, now: datetime) -> None:
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


def tell_accusations(story: Story, now: datetime) -> None:
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
