"""The cast of the tests: a town with its people, another town with an outsider, all made through the actions."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from luoshi.core.journal.actions import gathering
from luoshi.core.org import actions, queries
from luoshi.core.org.models import Person, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty, system
from luoshi.testing.snapshot import laid

PASSWORD = "Luoshi-2026"  # noqa: S105 - the tests' own sign-in, no secret
MAKER = system("cast")

UNITS = (
    ("dangzheng", "党政综合办公室", UnitKind.OFFICE),
    ("banzi", "党委班子", UnitKind.OFFICE),
    ("jiwei", "纪委", UnitKind.OFFICE),
    ("nongye", "农业农村服务中心", UnitKind.STATION),
    ("yingji", "应急管理办公室", UnitKind.OFFICE),
    ("shiqiaogou", "石桥沟村", UnitKind.VILLAGE),
    ("liuhewan", "柳河湾村", UnitKind.VILLAGE),
)

# attribute, name, username, unit, post, duties
PEOPLE = (
    ("secretary", "陈立新", "chenlixin", "banzi", "党委书记", (Duty.SECRETARY,)),
    ("office", "周敏", "zhoumin", "dangzheng", "督办室主任", (Duty.OFFICE,)),
    ("office2", "吴桐", "wutong", "dangzheng", "督办室干事", (Duty.OFFICE,)),
    ("leader", "王建军", "wangjianjun", "banzi", "班子成员", (Duty.LEADER,)),
    ("head", "刘建国", "liujianguo", "nongye", "中心主任", (Duty.HEAD,)),
    ("clerk", "赵小兰", "zhaoxiaolan", "nongye", "经办人", (Duty.CLERK,)),
    ("village", "孙大山", "sundashan", "shiqiaogou", "村党支部书记", (Duty.HEAD, Duty.CLERK)),
    ("other_head", "李秋", "liqiu", "yingji", "办公室主任", (Duty.HEAD,)),
    ("other_clerk", "钱进", "qianjin", "yingji", "经办人", (Duty.CLERK,)),
    ("other_village", "柳春来", "liuchunlai", "liuhewan", "村党支部书记", (Duty.HEAD, Duty.CLERK)),
    ("discipline", "何清", "heqing", "jiwei", "纪委书记", (Duty.DISCIPLINE,)),
    ("organisation", "郑平", "zhengping", "dangzheng", "组织人事干事", (Duty.ORGANISATION, Duty.DATA)),
)


@dataclass(frozen=True)
class Cast:
    """Everybody and every unit, by the part they play. ``units`` is by code (``nongye``), the other town's ``caizheng``
    stands apart in ``other_unit``."""

    town: Unit
    units: dict[str, Unit]
    other_town: Unit
    other_unit: Unit
    secretary: Person
    office: Person
    office2: Person
    leader: Person
    head: Person
    clerk: Person
    village: Person
    other_head: Person
    other_clerk: Person
    other_village: Person
    discipline: Person
    organisation: Person
    outsider: Person

    @property
    def everybody(self) -> dict[str, Person]:
        """The people of both towns by the part they play."""
        return {part: getattr(self, part) for part, *_ in (*PEOPLE, ("outsider",))}

    def actor(self, person: Person, on: date) -> Actor:
        """Who the person is on a day."""
        return queries.actor_of(person, on=on)


def make_cast(at: datetime) -> Cast:
    """Found both towns at a moment; everybody is in post since a year before, and signs in with ``PASSWORD``.

    Nobody but the seal is told of it, so that a test's outbox holds only what the test does.
    """
    return laid(("cast", at), lambda: _gathered(at))


def _gathered(at: datetime) -> Cast:
    with gathering(consumers=()):
        return _make_cast(at)


def _make_cast(at: datetime) -> Cast:
    since = timezone.localtime(at).date() - timedelta(days=365)
    town = actions.found_town(name="云岭镇", code="yunling", by=MAKER, at=at)
    other_town = actions.found_town(name="外埠镇", code="waibu", by=MAKER, at=at)
    units = {
        code: actions.open_unit(parent=town, name=name, code=code, kind=kind, by=MAKER, at=at, order=order)
        for order, (code, name, kind) in enumerate(UNITS)
    }
    other_unit = actions.open_unit(
        parent=other_town, name="财政所", code="caizheng", kind=UnitKind.STATION, by=MAKER, at=at
    )

    def hire(name: str, username: str, unit: Unit, post_name: str, duties: tuple[Duty, ...]) -> Person:
        assert unit.town is not None
        person = actions.add_person(town=unit.town, name=name, by=MAKER, at=at)
        post = actions.create_post(unit=unit, name=post_name, duties=list(duties), by=MAKER, at=at)
        actions.appoint(person, post, starts_on=since, by=MAKER, at=at)
        actions.open_account(person, username=username, password=PASSWORD, by=MAKER, at=at)
        return person

    people = {part: hire(name, user, units[code], post, duties) for part, name, user, code, post, duties in PEOPLE}
    outsider = hire("马会计", "makuaiji", other_unit, "会计", (Duty.CLERK,))
    return Cast(town=town, units=units, other_town=other_town, other_unit=other_unit, outsider=outsider, **people)
