"""大查摆 of the demo: a round of self-review under way, causes, examples and two meetings, all through the actions."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.causes import actions as causes
from luoshi.chapters.review.examples import actions as examples
from luoshi.chapters.review.examples.models import Kind
from luoshi.chapters.review.meetings import actions as meetings
from luoshi.chapters.review.meetings.models import Meeting, Resolution
from luoshi.chapters.review.selfreview import actions as selfreview
from luoshi.chapters.review.selfreview.actions import Written
from luoshi.chapters.review.selfreview.models import Sheet
from luoshi.core.matters import actions as matters
from luoshi.core.matters.models import ENDED, Matter, Secrecy, State
from luoshi.demo.world import World, data

MOST = 4


def tell(world: World) -> None:
    """Everything below, the last of it some minutes before the history ends."""
    told = data("review")
    _spots(world, told)
    held = [_examples(world, one) for one in told["example"]]
    _meetings(world)
    _round(world, told, held[1])
    for one in told["cause"]:
        _cause(world, one)


def _ago(world: World, *, days: float, minutes: float = 0) -> datetime:
    """A moment in office hours that many days before the end."""
    return world.on_day(timezone.localdate(world.end - timedelta(days=days))) + timedelta(minutes=minutes)


def _spots(world: World, told: dict[str, Any]) -> None:
    by, at = world.who("周敏"), _ago(world, days=40)
    for rows in told["spot"]:
        for code, (x, y) in rows["units"].items():
            causes.place_village(world.units[code], x=x, y=y, by=by, at=at)


def _round(world: World, told: dict[str, Any], example: str) -> None:
    at = _ago(world, days=6)
    opened = selfreview.open_round(
        town=world.town,
        title=told["round"]["title"],
        deadline=timezone.localdate(world.end + timedelta(days=4)),
        by=world.who("陈立新"),
        at=at,
    )
    for n, row in enumerate(told["sheet"]):
        at = _ago(world, days=4 - n % 4, minutes=n)
        by = world.who(row.get("by") or row["who"])
        sheets = Sheet.objects.filter(round=opened)
        sheet = (
            sheets.get(kind="unit", unit=world.units[row["unit"]])
            if "unit" in row
            else sheets.get(kind="person", person=world.people[row["who"]])
        )
        written = {code: Written(**said) for code, said in row["said"].items()}
        compared = example if "examples" in written else ""
        selfreview.save(sheet, written=written, seen=0, compared_with=compared, by=by, at=at)
        selfreview.hand_in(sheet, by=by, at=at + timedelta(minutes=2))
        if "raise" in row:
            selfreview.raise_gap(sheet, benchmark=row["raise"], line=0, by=by, at=at + timedelta(minutes=3))


def _cause(world: World, row: dict[str, Any]) -> None:
    """The newest open matters of a category turn out to have one cause."""
    at = world.end - timedelta(minutes=1)
    found = (
        Matter.objects.filter(town=world.town, category=world.categories[row["category"]], last_at__lte=at)
        .exclude(state__in=ENDED)
        .exclude(secrecy=Secrecy.ACCUSATION)
        .order_by("-received_at")[:MOST]
    )
    if things := list(found):
        causes.record_cause(
            town=world.town, kind=row["kind"], whys=row["whys"], things=things, by=world.who("周敏"), at=at
        )


def _examples(world: World, row: dict[str, Any]) -> str:
    """One that is proposed by the office and, where the row says by whom, held up."""
    at, person = _ago(world, days=30), world.people[row["person"]] if "person" in row else None
    proofs = Matter.objects.filter(town=world.town, state=State.CLOSED, secrecy=Secrecy.OPEN, handlings__person=person)
    made = examples.propose(
        town=world.town,
        kind=Kind(row["kind"]),
        person=person,
        name=row.get("name", ""),
        source=row.get("source", ""),
        why=row["why"],
        learn=row["learn"],
        matters=list(proofs.distinct().order_by("-ended_at")[:2]) if person else [],
        by=world.who("周敏"),
        at=at,
    )
    if "decided_by" in row:
        examples.approve(made, by=world.who(row["decided_by"]), at=at + timedelta(hours=3))
    return made.stream


def _meetings(world: World) -> None:
    """One with minutes, whose task is at work and whose finding was answered; one that is being recorded."""
    by = world.who("周敏")
    first = _call(world, _ago(world, days=9), ["研究冬灌用水", "研究村级会议过多"])
    held = first.held_at
    task = _agree(
        world,
        first,
        1,
        "把六个泵站的巡查人和巡查日排出来，贴到泵房门上",
        kind=Resolution.Kind.TASK,
        unit=world.units["shuili"],
        due=timezone.localdate(world.end + timedelta(days=3)),
    )
    said = _agree(world, first, 2, "村里一周被通知开会七次，同类的会没有合并", kind=Resolution.Kind.FINDING)
    _agree(world, first, 2, "同一天的站所会合并到周一上午开", kind=Resolution.Kind.DECISION)
    meetings.issue(first, by=by, at=held + timedelta(hours=2))
    matter = meetings.register(task, by=by, at=held + timedelta(hours=3))
    matters.assign(
        matter,
        lead_unit=world.units["shuili"],
        leader=world.people["郭爱民"],
        standard="六个泵房门上都贴有名单，抽两处打电话打得通。",
        by=by,
        at=held + timedelta(hours=3, minutes=10),
    )
    matters.sign(matter, handler=world.people["谢军"], by=world.who("黄河清"), at=world.at_work(held, hours=22))
    said.refresh_from_db()
    assert said.finding is not None
    review.answer(
        said.finding, text="从本周起同类会议并到周一上午，一周不超过两次。", by=by, at=held + timedelta(hours=4)
    )
    second = _call(world, _ago(world, days=1), ["听取冬灌准备情况", "研究自查进度"])
    _agree(world, second, 1, "上游两个村先浇，下游的时间提前三天告诉到户", kind=Resolution.Kind.DECISION)


def _call(world: World, at: datetime, agenda: list[str]) -> Meeting:
    people = world.people
    return meetings.call(
        town=world.town,
        name="党委会",
        held_at=at,
        chair=people["陈立新"],
        agenda=agenda,
        present=[people[name] for name in ("陈立新", "王建军", "郭爱民", "徐海燕")],
        sitting_in=[people["周敏"], people["黄河清"]],
        place="二楼会议室",
        by=world.who("周敏"),
        at=at,
    )


def _agree(world: World, meeting: Meeting, n: int, text: str, **told: Any) -> Resolution:
    at = meeting.held_at + timedelta(hours=1, minutes=5 * n)
    return meetings.agree(meeting.agenda.get(position=n), text=text, by=world.who("周敏"), at=at, **told)
