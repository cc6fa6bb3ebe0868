"""A year of the demo township, told through the actions on a simulated clock and ending on the day of loading.

Equal days give equal business rows: everything is drawn from one seeded source and the day alone. (Salts, receipts and
keys differ, as they must.)
"""

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from luoshi.chapters.review.actions import take_from_public
from luoshi.chapters.review.likeness import actions as likeness
from luoshi.chapters.review.likeness import topics
from luoshi.chapters.review.models import Channel, Finding
from luoshi.core.journal.actions import gathering
from luoshi.core.journal.sealing import seal_all
from luoshi.core.notices.actions import remind
from luoshi.core.org import actions as org
from luoshi.core.org.models import TownProfile, Unit
from luoshi.demo import review
from luoshi.demo.papers import papers
from luoshi.demo.planning import plan_the_year
from luoshi.demo.scripts import Problem, Story
from luoshi.demo.world import MAKER, PASSWORD, World, data, found
from luoshi.kit.errors import Refused

TURNS = (
    ["plain"] * 62
    + ["looked_at"] * 8
    + ["late"] * 9
    + ["extended"] * 6
    + ["refused"] * 5
    + ["contested"] * 4
    + ["returned"] * 4
    + ["rebound"] * 4
    + ["waiting"] * 3
    + ["redone"] * 3
    + ["sent_up"] * 3
    + ["answered"] * 5
    + ["late_report"] * 3
    + ["planned"] * 3
    + ["regraded"] * 2
    + ["voided"] * 2
    + ["handed_over"] * 3
)
ANSWERS = ["satisfied"] * 11 + ["fairly"] * 4 + ["unsatisfied"] * 2 + [""] * 4
LATELY = (
    "unread",
    "unsigned",
    "plain",
    "registered",
    "plain",
    "late",
    "stalled",
    "plain",
    "extended",
    "still_waiting",
    "plain",
    "planned",
    "returned",
)
STALLED_DAYS = 16
NOTICED_DAYS = 45
SAID_ALIKE = (
    (3, 1, "{v}小学门口的斑马线磨没了，早上送孩子过马路，大货车开得快，吓人。"),
    (2, 1, "{v}小学门口没有斑马线也没有减速带，大货车一辆接一辆，孩子过马路不安全，请回电13900000000。"),
    (1, 1, "请给{v}小学门口重新画斑马线，送孩子上学过马路提心吊胆，大货车根本不减速。"),
)
"""What several people said of one thing: how many days ago, of which village, in which words. Invented."""


@dataclass(frozen=True)
class Loaded:
    """What was made: how many problems came in, and stories that stopped at a refusal (there should be none)."""

    problems: int
    stopped: list[str]


def load(*, today: date) -> Loaded:
    """Found the township and live its year up to the midnight that begins ``today``, in one transaction, then seal it.

    Nothing is dated later, so that whoever tries the demo in the small hours is not behind its history.
    """
    end = timezone.make_aware(datetime.combine(today, time()))
    with gathering(consumers=()):
        world = found(end=end)
        plan_the_year(world, today, at=end - timedelta(days=364, hours=-10))
        problems = list(_problems(world, today))
        stopped = _live(world, problems)
        review.tell(world)
        stopped += papers(world, today)
        _deputy(world, today, end)
    _noticed(world, today, end)
    seal_all(at=end)
    for town in Unit.objects.filter(pk=world.town.pk):
        remind(town_id=town.pk, at=end)
    return Loaded(len(problems), stopped)


def is_loaded() -> bool:
    """Whether this database holds the demo township."""
    return TownProfile.objects.filter(is_demo=True).exists()


def _problems(world: World, today: date) -> Iterator[Problem]:
    """About 150 problems of the year, those of the last weeks, and what the people of a first look have in hand: due
    yesterday, today and tomorrow, or to be signed for."""
    rows = data("problems")["problem"]
    villages = world.villages
    turns = list(TURNS)
    world.random.shuffle(turns)
    for n, turn in enumerate(turns):
        days = 24 + round((n + world.random.random()) * 335 / len(turns))
        row = rows[n % len(rows)]
        village = villages[(n * 5 + n // len(rows)) % len(villages)]
        yield Problem(row, village, _heard(world, today - timedelta(days=days)), turn, world.random.choice(ANSWERS))
    for n in range(26):
        turn = LATELY[n % len(LATELY)]
        days = STALLED_DAYS + n % 3 if turn == "stalled" else 1 + n * 2 // 3
        day = today - timedelta(days=days)
        if turn in ("unread", "registered", "unsigned"):
            day = _working_day_before(world, today, 1 if turn == "registered" else n % 2)
        row = rows[(n * 7 + 3) % len(rows)]
        village = villages[(n * 3) % len(villages)]
        yield Problem(row, village, _heard(world, day), turn, world.random.choice(ANSWERS))
    for row in data("problems")["now"]:
        day = today - timedelta(days=row["days"])
        if row["turn"] == "unsigned":
            day = _working_day_before(world, today, 0)
        yield Problem(row, world.units[row["village"]], _heard(world, day), row["turn"], "")


def _noticed(world: World, today: date, at: datetime) -> None:
    """What the program itself would have noticed by now: the last weeks' findings alike, and what was said most."""
    for days, village, said in SAID_ALIKE:
        told = at - timedelta(days=days, hours=7)
        place = f"{world.villages[village].name}小学门口"
        take_from_public(
            town=world.town,
            channel=Channel.CITIZEN,
            words=said.format(v=world.villages[village].name),
            place=place,
            address=f"demo-{days}",
            at=told,
        )
    likeness.load_categories(world.town, by=MAKER, at=at)
    likeness.learn_words(world.town, at=at)
    for finding in Finding.objects.filter(
        town=world.town, is_accusation=False, received_at__gte=at - timedelta(days=NOTICED_DAYS)
    ).order_by("pk"):
        likeness.look(finding, at=at)
    for month in topics.months(today, 2):
        topics.remake(world.town, month, at=at)


def _working_day_before(world: World, today: date, back: int) -> date:
    """The working day before ``today``, and ``back`` more."""
    day = today
    for _ in range(back + 1):
        day -= timedelta(days=1)
        while not world.calendar.is_working(day):
            day -= timedelta(days=1)
    return day


def _heard(world: World, day: date) -> datetime:
    """When words came in: any day of the week, from early morning to late evening."""
    hour = world.random.choice((6, 7, 8, 9, 9, 10, 11, 14, 15, 16, 17, 19, 21))
    return timezone.make_aware(datetime.combine(day, time(hour, world.random.randint(0, 59))))


def _live(world: World, problems: list[Problem]) -> list[str]:
    """Tell all stories side by side in the order of the clock, up to the end."""
    stopped: list[str] = []
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    for n, problem in enumerate(problems):
        story = Story(world, problem).tell()
        heapq.heappush(waiting, (next(story), n, story))
    while waiting and waiting[0][0] <= world.end:
        at, n, story = heapq.heappop(waiting)
        try:
            heapq.heappush(waiting, (next(story), n, story))
        except StopIteration:
            continue
        except Refused as refused:
            stopped.append(f"{at:%Y-%m-%d %H:%M} {problems[n].turn} {problems[n].title}：{refused}")
    return stopped


def _deputy(world: World, today: date, at: datetime) -> None:
    """One leader is away this week: another acts for him, and everything so done will name both."""
    org.deputise(
        principal=world.people["郭爱民"],
        deputy=world.people["徐海燕"],
        starts_on=today,
        ends_on=today + timedelta(days=6),
        by=MAKER,
        at=at,
    )


def sign_ins() -> list[dict[str, str]]:
    """Everybody's role, name, username and password, from the demo's own data."""
    plain = data("town")
    units = [*plain["unit"], {**plain["other"]["unit"], "people": [plain["other"]["person"]]}]
    return [
        {
            "role": one["role"] if one["role"] == unit["name"] else f"{one['role']}（{unit['name']}）",
            "name": one["name"],
            "username": one["username"],
            "password": PASSWORD,
        }
        for unit in units
        for one in unit["people"]
    ]


def accounts_json(sign_ins: list[dict[str, str]]) -> str:
    """The sign-ins as the file of accounts holds them."""
    return json.dumps(sign_ins, ensure_ascii=False, indent=2) + "\n"
