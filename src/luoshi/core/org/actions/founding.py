"""The first town of an installation, with the one person who then opens units and accounts for the others."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from luoshi.core.org.actions.accounts import check_password, make_reset_slip, open_account
from luoshi.core.org.actions.people import add_person, appoint
from luoshi.core.org.actions.units import create_post, found_town, open_unit
from luoshi.core.org.models import Account, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.text import required_line

FIRST_POST = "数据与组织人事岗"
ONE_FOUNDER = 0x13710
"""Key of PostgreSQL's advisory lock: of two who found the first town at once, one is told that there is a town."""


@dataclass(frozen=True)
class Begun:
    """The town, the account, and the code of its one-time slip (empty where a password was set at once)."""

    town: Unit
    account: Account
    slip: str


@transaction.atomic
def begin_town(
    *,
    name: str,
    code: str,
    office_name: str,
    person_name: str,
    username: str,
    by: Actor,
    at: datetime,
    password: str | None = None,
) -> Begun:
    """Found the first town, its office, and the first person, who keeps units, people and accounts.

    For ``init`` and the first-run page only. Without a password a slip is made that sets one. Refused:
    ``org.town_exists`` once there is any unit; whatever names, code, account and password are refused for.
    """
    if not by.is_system:
        raise Refused("org.not_keeper", "建立乡镇由服务器管理人员办理。", "请在服务器上运行 ./luoshi init。")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_FOUNDER])
    if (first := Unit.objects.order_by("pk").first()) is not None:
        raise Refused(
            "org.town_exists", f"这里已经建了{first.name}。", "请用已有的账号登录；另建一个镇请另用一个数据库。"
        )
    office_name = required_line(office_name, label="办公室名称", field="office_name", longest=80)
    person_name = required_line(person_name, label="姓名", field="person_name", longest=40)
    if password is not None:
        check_password(password)
    town = found_town(name=name, code=code, by=by, at=at)
    office = open_unit(parent=town, name=office_name, code="office", kind=UnitKind.OFFICE, by=by, at=at)
    person = add_person(town=town, name=person_name, by=by, at=at)
    post = create_post(unit=office, name=FIRST_POST, duties=[Duty.DATA, Duty.ORGANISATION], by=by, at=at)
    appoint(person, post, starts_on=timezone.localdate(at), by=by, at=at)
    account = open_account(person, username=username, password=password, by=by, at=at)
    slip = "" if password is not None else make_reset_slip(account, by=by, at=at)
    return Begun(town=town, account=account, slip=slip)
