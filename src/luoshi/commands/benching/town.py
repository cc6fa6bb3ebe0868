"""The town of the benchmark: founded through the actions like any other, the same at every run."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

AT = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""The moment at which everything is measured: a Wednesday on which people work."""
SINCE = date(2019, 1, 1)
STATIONS = (
    "农业农村服务中心",
    "应急管理办公室",
    "社会事务办公室",
    "村镇建设服务中心",
    "综合执法大队",
    "便民服务中心",
    "财政所",
)
VILLAGES = (
    *("石桥沟村", "柳河湾村", "大槐树村", "上王庄村", "下王庄村", "杨树岭村"),
    *("北坡村", "南洼村", "清水村", "赵家堡村", "枣园村", "东岗村"),
)
CATEGORIES = ("道路出行", "饮水灌溉", "环境卫生", "社会保障", "土地房屋", "惠农补贴", "矛盾纠纷", "办事作风")
SIGN_IN = {"office": "督办室主任", "clerk3-1": "站所经办人", "head10": "村党支部书记"}
"""Who looks at the pages, by account."""
PASSWORD = "Luoshi-2026"  # noqa: S105 - opens nothing but a town of made-up people


@dataclass(frozen=True)
class Town:
    """Who is there, as keys. ``handlers`` maps a unit that can be given work to its people and their posts."""

    town: int
    office: tuple[int, int, int]
    discipline: tuple[int, int, int]
    leaders: list[int]
    handlers: dict[int, list[tuple[int, int]]]
    categories: list[int]
    goals: list[int]


def found() -> Town:
    """Found the town, with its goals, categories, people and accounts, in an empty database."""
    from luoshi.core.journal.actions import gathering
    from luoshi.core.matters.models import Category
    from luoshi.core.org import actions
    from luoshi.core.org.models import Unit, UnitKind
    from luoshi.core.org.rules import Duty, system
    from luoshi.core.plan import actions as plan

    by, begun = system("bench"), AT.replace(year=2019, month=1, day=2)
    with gathering(consumers=()):
        town = actions.found_town(name="云岭镇", code="yunling", by=by, at=begun)

        def unit(name: str, code: str, kind: UnitKind, order: int) -> Unit:
            return actions.open_unit(parent=town, name=name, code=code, kind=kind, order=order, by=by, at=begun)

        def hire(where: Unit, name: str, username: str, post: str, *duties: Duty) -> tuple[int, int, int]:
            person = actions.add_person(town=town, name=name, by=by, at=begun)
            held = actions.create_post(unit=where, name=post, duties=list(duties), by=by, at=begun)
            actions.appoint(person, held, starts_on=SINCE, by=by, at=begun)
            if username in SIGN_IN:
                actions.open_account(person, username=username, password=PASSWORD, by=by, at=begun)
            return person.pk, held.pk, where.pk

        board = unit("党委班子", "banzi", UnitKind.OFFICE, 0)
        office = unit("党政综合办公室", "dangzheng", UnitKind.OFFICE, 1)
        discipline = unit("纪委", "jiwei", UnitKind.OFFICE, 2)
        hire(board, "陈立新", "secretary", "党委书记", Duty.SECRETARY)
        leaders = [hire(board, f"班子{n}", f"leader{n}", f"班子成员{n}", Duty.LEADER)[0] for n in range(1, 6)]
        officer = hire(office, "周敏", "office", "督办室主任", Duty.OFFICE)
        inspector = hire(discipline, "何清", "discipline", "纪委书记", Duty.DISCIPLINE)
        handlers: dict[int, list[tuple[int, int]]] = {}
        for order, name in enumerate((*STATIONS, *VILLAGES), start=3):
            village = order - 3 >= len(STATIONS)
            kind = UnitKind.VILLAGE if village else UnitKind.STATION
            where = unit(name, f"unit{order}", kind, order)
            head = (Duty.HEAD, Duty.CLERK) if village else (Duty.HEAD,)
            staff = [hire(where, f"负责{order}", f"head{order}", "负责人", *head)]
            staff += [
                hire(where, f"经办{order}-{n}", f"clerk{order}-{n}", f"经办人{n}", Duty.CLERK)
                for n in range(1, 2 if village else 4)
            ]
            handlers[where.pk] = [(person, post) for person, post, _ in staff]
        goals = plan.load_goals(
            town=town,
            rows=[plan.GoalRow(code=f"goal{n}", level="town", name=f"镇级目标{n}") for n in range(1, 9)],
            by=by,
            at=begun,
        )
    categories = Category.objects.bulk_create(
        Category(town=town, code=f"c{n}", name=name, goal=goals[n]) for n, name in enumerate(CATEGORIES)
    )
    return Town(
        town=town.pk,
        office=officer,
        discipline=inspector,
        leaders=leaders,
        handlers=handlers,
        categories=[category.pk for category in categories],
        goals=[goal.pk for goal in goals],
    )
