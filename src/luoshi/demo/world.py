"""The demo township as it stands before anything happens: units, people, goals, categories; and its simulated clock."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from luoshi.core.matters.models import Category
from luoshi.core.org import actions as org
from luoshi.core.org.models import Account, Person, Unit, UnitKind
from luoshi.core.org.queries import actor_of
from luoshi.core.org.rules import Actor, Duty, system
from luoshi.core.plan import actions as plan
from luoshi.core.plan.actions import GoalRow
from luoshi.core.plan.models import Goal
from luoshi.kit.workdays.engine import Calendar
from luoshi.kit.workdays.queries import current

PASSWORD = "luoshi-demo-2026"  # noqa: S105 - printed for whoever tries the demo
MAKER = system("demo")
OPENS, CLOSES = time(8, 30), time(17, 30)


def data(name: str) -> dict[str, Any]:
    """One of the demo's own data files."""
    return tomllib.loads(files("luoshi.demo").joinpath(f"data/{name}.toml").read_text("utf-8"))


@dataclass
class World:
    """The town with everybody in it, by code and by name. ``end`` is the moment at which the history stops."""

    town: Unit
    end: datetime
    calendar: Calendar
    random: Random
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    staff: dict[str, list[Person]] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    _actors: dict[int, Actor] = field(default_factory=dict)

    def who(self, name: str) -> Actor:
        """Somebody by name, with the posts held all through the history."""
        return self.actor(self.people[name])

    def actor(self, person: Person) -> Actor:
        if person.pk not in self._actors:
            self._actors[person.pk] = actor_of(person, on=timezone.localdate(self.end))
        return self._actors[person.pk]

    @property
    def villages(self) -> list[Unit]:
        return [unit for unit in self.units.values() if unit.kind == UnitKind.VILLAGE]

    def at_work(self, moment: datetime, *, hours: float = 0.0) -> datetime:
        """A moment in office hours, ``hours`` later or at the next opening, with some minutes' chance."""
        local = timezone.localtime(moment) + timedelta(hours=hours, minutes=self.random.randint(2, 25))
        day = local.date()
        if local.time() > CLOSES:
            day, local = day + timedelta(days=1), local.replace(hour=OPENS.hour, minute=OPENS.minute)
        if not self.calendar.is_working(day):
            day = self.calendar.next_working(day)
        if day != local.date() or local.time() < OPENS:
            local = timezone.make_aware(datetime.combine(day, OPENS)) + timedelta(minutes=self.random.randint(1, 90))
        return local

    def on_day(self, day: date, *, near: time = time(10, 0)) -> datetime:
        """A moment in office hours on a day, or on the working day before it."""
        while not self.calendar.is_working(day):
            day -= timedelta(days=1)
        return timezone.make_aware(datetime.combine(day, near)) + timedelta(minutes=self.random.randint(0, 150))


def found(*, end: datetime) -> World:
    """Found both towns two years before ``end``; everybody is in post since then."""
    plain = data("town")
    begun = end - timedelta(days=730)
    since = timezone.localdate(begun)
    town = org.found_town(name=plain["name"], code=plain["code"], by=MAKER, at=begun, is_demo=True)
    org.change_profile(
        town,
        issuer=f"{plain['name']}督办室",
        document_code="云督",
        evaluation_days=7,
        discipline_contact=plain["discipline_contact"],
        higher_contact=plain["higher_contact"],
        by=MAKER,
        at=begun,
    )
    world = World(town=town, end=end, calendar=current(), random=Random("落实"))  # noqa: S311 - invented history
    for order, row in enumerate(plain["unit"]):
        _staff(world, town, row, order=order, since=since, at=begun)
    goals = plan.load_goals(town=town, rows=[GoalRow(**row) for row in plain["goal"]], by=MAKER, at=begun)
    by_code: dict[str, Goal] = {goal.code: goal for goal in goals}
    for row in plain["category"]:
        world.categories[row["code"]] = Category.objects.create(
            town=town, code=row["code"], name=row["name"], goal=by_code[row["goal"]]
        )
    other = plain["other"]
    second = org.found_town(name=other["name"], code=other["code"], by=MAKER, at=begun, is_demo=True)
    org.change_profile(
        second,
        issuer=f"{other['name']}党政综合办公室",
        document_code="外埠",
        evaluation_days=7,
        discipline_contact="",
        higher_contact="",
        takes_words=False,
        by=MAKER,
        at=begun,
    )
    _staff(world, second, {**other["unit"], "people": [other["person"]]}, order=0, since=since, at=begun)
    return world


@cache
def _hashed() -> str:
    """The one password of the demo, hashed once: forty slow hashes would be most of the loading."""
    return make_password(PASSWORD)


def _staff(world: World, town: Unit, row: dict[str, Any], *, order: int, since: date, at: datetime) -> None:
    unit = org.open_unit(
        parent=town, name=row["name"], code=row["code"], kind=UnitKind(row["kind"]), by=MAKER, at=at, order=order
    )
    if town.pk == world.town.pk:
        world.units[row["code"]] = unit
    for one in row["people"]:
        person = org.add_person(town=town, name=one["name"], email=one.get("email", ""), by=MAKER, at=at)
        post = org.create_post(
            unit=unit, name=one["post"], duties=[Duty(code) for code in one["duties"]], by=MAKER, at=at
        )
        org.appoint(person, post, starts_on=since, by=MAKER, at=at)
        account = org.open_account(person, username=one["username"], by=MAKER, at=at)
        Account.objects.filter(pk=account.pk).update(password=_hashed())
        world.people[one["name"]] = person
        world.staff.setdefault(row["code"], []).append(person)
