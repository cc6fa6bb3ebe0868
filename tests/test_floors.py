"""No table points up the house, or at a neighbouring chapter. (Imports are held by import-linter.)"""

import tomllib
from pathlib import Path

from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("luoshi.kit", "luoshi.core", "luoshi.chapters", "luoshi.web", "luoshi.demo")


def core_rooms() -> list[str]:
    """The rooms of core, low to high, as import-linter holds them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if "core" in contract["name"].lower())
    return list(reversed(layers))


def height(module: str) -> tuple[int, int] | None:
    """Floor and room of a module of the house, or None for what is not of it."""
    for floor, name in enumerate(FLOORS):
        if module == name or module.startswith(f"{name}."):
            rooms = core_rooms()
            room = next((place for place, room in enumerate(rooms) if f"{module}.".startswith(f"{room}.")), 0)
            return floor, room
    return None


def may_point(source: str, target: str) -> bool:
    """Whether a table of module ``source`` may have a relation to one of ``target``."""
    here, there = height(source), height(target)
    if here is None or there is None:
        return True
    if source.startswith("luoshi.chapters.") and target.startswith("luoshi.chapters."):
        return source.split(".")[2] == target.split(".")[2]
    return there <= here


def test_relations_point_down_the_house_only() -> None:
    assert may_point("luoshi.core.matters.models", "luoshi.core.org.models")
    assert not may_point("luoshi.core.journal.models", "luoshi.core.org.models")
    assert not may_point("luoshi.kit.jobs.models", "luoshi.core.org.models")
    assert not may_point("luoshi.core.matters.models", "luoshi.chapters.review.models")
    assert not may_point("luoshi.chapters.review.models", "luoshi.chapters.learning.models")
    wrong = [
        f"{model.__module__}.{model.__name__}.{field.name} points at {field.related_model.__module__}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and not may_point(model.__module__, field.related_model.__module__)
    ]
    assert wrong == []


def test_every_room_of_core_is_in_the_order_of_floors() -> None:
    rooms = {config.name for config in apps.get_app_configs() if config.name.startswith("luoshi.core.")}
    assert rooms
    assert rooms <= set(core_rooms())


def test_no_index_or_constraint_bears_the_name_of_a_table() -> None:
    """PostgreSQL keeps them in one namespace, SQLite does not: such a name breaks the migration on one of the two."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    named = {
        entry.name: model.__name__
        for model in apps.get_models()
        for entry in [*model._meta.constraints, *model._meta.indexes]
    }
    assert named
    assert sorted(tables & named.keys()) == []
