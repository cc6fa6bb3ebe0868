"""The town in which things are killed: an office that registers and brings in, a clerk with matters in hand."""

from dataclasses import dataclass
from datetime import timedelta

PASSWORD = "Luoshi-2026"  # noqa: S105 - opens nothing but a town of made-up people that is thrown away
OFFICE, CLERK = "zhoumin", "zhaoxiaolan"
IN_HAND = 12
STATION = "农业农村服务中心"


@dataclass(frozen=True)
class Town:
    """What clients need to know: the matters that the clerk reports on."""

    matters: tuple[int, ...]


def found() -> Town:
    """Found the town in an empty database, through the actions; some of its work was begun an hour ago."""
    from django.utils import timezone

    from luoshi.core.matters import actions as matters
    from luoshi.core.org import actions, queries
    from luoshi.core.org.models import Person, Unit, UnitKind
    from luoshi.core.org.rules import Duty, system

    at, by = timezone.now() - timedelta(hours=1), system("kill")
    today = timezone.localdate(at)
    town = actions.found_town(name="云岭镇", code="yunling", by=by, at=at)

    def unit(name: str, code: str, kind: UnitKind) -> Unit:
        return actions.open_unit(parent=town, name=name, code=code, kind=kind, by=by, at=at)

    def hire(where: Unit, name: str, username: str, *duties: Duty) -> Person:
        person = actions.add_person(town=town, name=name, by=by, at=at)
        post = actions.create_post(unit=where, name=f"{name}的岗位", duties=list(duties), by=by, at=at)
        actions.appoint(person, post, starts_on=today - timedelta(days=30), by=by, at=at)
        actions.open_account(person, username=username, password=PASSWORD, by=by, at=at)
        return person

    board = unit("党委班子", "banzi", UnitKind.OFFICE)
    office_unit = unit("党政综合办公室", "dangzheng", UnitKind.OFFICE)
    station = unit(STATION, "nongye", UnitKind.STATION)
    leader = hire(board, "王建军", "wangjianjun", Duty.LEADER)
    office = queries.actor_of(hire(office_unit, "周敏", OFFICE, Duty.OFFICE, Duty.DATA), on=today)
    head = queries.actor_of(hire(station, "刘建国", "liujianguo", Duty.HEAD), on=today)
    clerk = hire(station, "赵小兰", CLERK, Duty.CLERK)
    made = []
    for number in range(IN_HAND):
        begun = at + timedelta(minutes=number)
        matter = matters.register(town=town, title=f"第 {number} 盏路灯不亮", received_at=begun, by=office, at=begun)
        matters.assign(matter, lead_unit=station, leader=leader, standard="灯亮了", by=office, at=begun)
        matters.sign(matter, handler=clerk, by=head, at=begun)
        made.append(matter.pk)
    return Town(tuple(made))
