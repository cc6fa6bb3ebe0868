"""The demo township's plan: loaded, hung with what carries it out, and its phases, all through the actions."""

from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from luoshi.core.plan import actions
from luoshi.core.plan.models import Goal, Part
from luoshi.core.plan.reading import open_file
from luoshi.demo.world import World, data


def plan_the_year(world: World, today: date, at: datetime) -> None:
    """``at``: when the plan was adopted; the phases are those of the year of ``today``."""
    plain = data("plan")
    office = world.who("周敏")
    raw = files("luoshi.demo").joinpath("data/plan.txt").read_bytes()
    version = actions.load_plan(
        town=world.town,
        opened=open_file(raw, "plan.txt"),
        name=plain["name"],
        source=plain["source"],
        file_name="plan.txt",
        by=office,
        at=at,
    )
    parts = list(version.parts.order_by("place"))
    goals = {goal.code: goal for goal in Goal.objects.filter(town=world.town)}
    later = at

    def tick() -> datetime:
        nonlocal later
        later += timedelta(minutes=1)
        return later

    for row in plain["link"]:
        actions.add_link(_the(parts, row), source=row["source"], label=row["label"], by=office, at=tick())
    for row in plain["plain"]:
        actions.name_part(_the(parts, row), alias="", is_plain=True, by=office, at=tick())
    for row in plain["duty"]:
        unit, goal = world.units[row["unit"]], goals[row["goal"]] if "goal" in row else None
        actions.set_duty(_the(parts, row), unit=unit, person=None, due=None, goal=goal, by=office, at=tick())
    for row in plain["phase"]:
        days = {key: date.fromisoformat(f"{today.year}-{row[name]}") for key, name in _DAYS}
        actions.add_phase(town=world.town, name=row["name"], what=row["what"], **days, by=office, at=tick())


_DAYS = (("starts_on", "from"), ("ends_on", "to"))


def _the(parts: list[Part], row: dict[str, Any]) -> Part:
    """The one sentence that begins as the data says."""
    [found] = [part for part in parts if part.text.startswith(row["begins"])]
    return found
