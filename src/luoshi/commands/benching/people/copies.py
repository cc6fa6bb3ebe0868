"""A copy of the benchmark's database, so that what people write does not stay in it, and who works in it."""

import os
import shutil
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from luoshi.commands.benching import data
from luoshi.commands.benching.people.persons import Work
from luoshi.commands.benching.town import AT, PASSWORD
from luoshi.commands.database import sqlite_file


def copy_of(url: str, named: str) -> str:
    """A copy of a filled benchmark database beside it, in place of an older one."""
    if url.startswith("sqlite:"):
        source = Path(sqlite_file(url))
        target = f"sqlite:///{quote(str(source.with_name(source.stem + '-people.sqlite3')))}"
        data.drop(target, named)
        shutil.copyfile(source, sqlite_file(target))
        return target
    import psycopg
    from psycopg import sql

    parts = urlsplit(url)
    target = urlunsplit(parts._replace(path=f"{parts.path}_people"))
    data.drop(target, named)
    with psycopg.connect(named, autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                *(sql.Identifier(urlsplit(one).path.strip("/")) for one in (target, url))
            )
        )
    return target


def turn_to(url: str) -> None:
    """From now on this process reads another database."""
    import dj_database_url
    from django.db import connections

    data.leave()
    connections["default"].settings_dict["NAME"] = dj_database_url.parse(url)["NAME"]
    os.environ["DATABASE_URL"] = url


def settle(count: int) -> list[str]:
    """So many people with accounts and one password; those who were there first. Their usernames."""
    from django.contrib.auth.hashers import make_password

    from luoshi.core.journal.actions import gathering
    from luoshi.core.org import actions
    from luoshi.core.org.models import Account, Appointment, Person, Unit
    from luoshi.core.org.rules import Duty, system

    by, at = system("bench"), AT - timedelta(hours=1)
    with gathering(consumers=()):
        town = Unit.objects.get(kind="town")
        units = list(Unit.objects.filter(town=town).exclude(kind="town").order_by("pk"))
        without = list(Person.objects.filter(account__isnull=True).order_by("pk"))
        have = Account.objects.count()
        for number in range(have + len(without), count):
            person = actions.add_person(town=town, name=f"干部{number}", by=by, at=at)
            post = actions.create_post(
                unit=units[number % len(units)], name=f"经办岗{number}", duties=[Duty.CLERK], by=by, at=at
            )
            actions.appoint(person, post, starts_on=date(2019, 1, 1), by=by, at=at)
            without.append(person)
        for person in without[: max(0, count - have)]:
            actions.open_account(person, username=f"user{person.pk}", by=by, at=at)
    Account.objects.update(password=make_password(PASSWORD), must_change_password=False)
    accounts = Account.objects.filter(person__in=Appointment.objects.values("person")).order_by("pk")
    return list(accounts.values_list("username", flat=True)[:count])


def work_of(usernames: list[str]) -> Work:
    """What these people have to do, as the database says."""
    from luoshi.core.matters.models import Matter, Secrecy, State
    from luoshi.core.org.models import Account, Appointment, Unit
    from luoshi.core.org.rules import Duty

    person_of = dict(Account.objects.filter(username__in=usernames).values_list("person_id", "username"))
    opened = Matter.objects.filter(secrecy=Secrecy.OPEN)
    in_hand: dict[str, list[int]] = defaultdict(list)
    for pk, handler in opened.filter(state=State.WORKING).values_list("pk", "handler_id")[:5000]:
        if handler in person_of:
            in_hand[person_of[handler]].append(pk)
    heads = {
        post.unit_id: person_of[held.person_id]
        for held in Appointment.objects.select_related("post").filter(person__in=person_of)
        if Duty.HEAD in (post := held.post).duties
    }
    to_sign: dict[str, list[int]] = defaultdict(list)
    for pk, unit in opened.filter(state=State.ASSIGNED).values_list("pk", "lead_unit_id")[:2000]:
        if unit in heads:
            to_sign[heads[unit]].append(pk)
    return Work(
        seen=list(opened.order_by("-pk").values_list("pk", flat=True)[:2000]),
        in_hand=dict(in_hand),
        to_sign=dict(to_sign),
        units=list(Unit.objects.exclude(kind="town").values_list("pk", flat=True)),
    )
