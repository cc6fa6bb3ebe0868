"""No page asks the database more than twelve times, and none asks more often when there are ten times the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luoshi.core.notices import actions as notices
from tests.support.story import finish
from tests.test_routes_and_roles import CITIZEN, TABLE, address, clients

if TYPE_CHECKING:
    from tests.support.story import Story

MOST = 12
TIMES = 10
KEPT_APART = {"receipt_digest": None}
"""What no two rows may share, and what a copy has instead."""
MULTIPLIED = (
    *("org.Unit", "org.Post", "org.Person", "org.Appointment", "matters.Matter", "matters.CoUnit", "matters.DateMove"),
    *("matters.Handling", "matters.Pause", "matters.Report", "matters.Request", "matters.Claim"),
    *("matters.NamedVerifier", "matters.Raiser", "matters.Evaluation", "matters.Verdict", "matters.Urging"),
    *("notices.Notice", "review.Finding", "review.Complaint", "selfreview.Sheet", "selfreview.Answer"),
    *("likeness.Suggestion",),
    *("causes.Cause", "causes.CauseLink", "examples.Example", "examples.Proof"),
    *("meetings.Meeting",),
)
ROLES = ("office", "secretary", "leader", "clerk", "discipline", "organisation", CITIZEN)
"""Everybody whose pages differ; a page that all of them get alike is counted for one."""
SEARCHES = "/matters/search/?q=三盏灯"


def multiply(times: int) -> None:
    """Copy the rows of every table of the story ``times`` over, each copy hanging on the copies of what it hung on."""
    moved: dict[tuple[type[Model], int], int] = {}
    for copy in range(1, times):
        for label in MULTIPLIED:
            model = apps.get_model(label)
            originals = list(model._default_manager.filter(pk__lte=_last(model)).order_by("pk"))
            made = [_copied(row, copy, moved) for row in originals]
            model._default_manager.bulk_create(made)
            moved.update({(model, old.pk): new.pk for old, new in zip(originals, made, strict=True)})


_lasts: dict[type[Model], int] = {}


def _last(model: type[Model]) -> int:
    if model not in _lasts:
        newest = model._default_manager.order_by("pk").last()
        _lasts[model] = newest.pk if newest else 0
    return _lasts[model]


def _copied(row: Any, copy: int, moved: dict[tuple[type[Model], int], int]) -> Any:
    model = type(row)
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    for field in model._meta.concrete_fields:
        key = (field.related_model, values[field.attname])
        if field.is_relation and model.__name__ != "Unit" and key in moved:
            values[field.attname] = moved[key]
    values |= {name: value for name, value in KEPT_APART.items() if name in values}
    if model.__name__ == "Unit":
        kind = "other" if row.kind == "town" else row.kind
        parent = row.pk if row.kind == "town" else row.parent_id
        town = row.pk if row.kind == "town" else row.town_id
        path = f"{row.path}x{copy}/" if row.kind == "town" else f"{row.path.rstrip('/')}-x{copy}/"
        values |= {"name": f"{row.name}{copy}", "path": path, "kind": kind, "parent_id": parent, "town_id": town}
    if model.__name__ == "Post":
        values["name"] = f"{row.name}{copy}"
    if model.__name__ == "Matter":  # the copies belong to the same people and units, so that their lists grow
        values |= {f"{name}_id": getattr(row, f"{name}_id") for name in ("lead_unit", "leader", "handler", "town")}
    if model.__name__ == "Notice":
        values |= {"person_id": row.person_id, "event_id": (row.event_id or 0) + copy * 1_000_000}
    if model.__name__ in ("Finding", "Complaint", "Raiser", "Person"):
        values["town_id"] = row.town_id
    values[model._meta.pk.attname] = None
    return model(**values)


def statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get(url)
        finish(answer)
    if answer.status_code != 200:
        return -1
    return sum(1 for one in asked.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE")))


def pages(story: Story) -> dict[str, list[str]]:
    """The addresses that every role may get, by role."""
    found: dict[str, list[str]] = {role: [] for role in ROLES}
    alike = set[tuple[str, str]]()
    for route, row in TABLE.items():
        if row.gets != 200 or route in ("", "healthz"):
            continue
        for role in ROLES:
            url = address(route, row.args(story))
            same_for_all = row.who >= set(ROLES) - {CITIZEN} and route not in ("home/", "ledgers/<slug:slug>/")
            if role in row.who and not (same_for_all and (route, "") in alike):
                found[role].append(url)
                alike.add((route, "") if same_for_all else (route, role))
    found["office"].append(SEARCHES)
    for role, names in {
        "office": ("registered", "contested", "with_file", "claimed", "verified", "closed", "dissent", "void_asked"),
        "leader": ("ruling_proposed", "plan_asked", "second_extension"),
        "clerk": ("with_file", "planned", "claimed"),
        "organisation": ("verifier_named", "dissent"),
    }.items():
        found[role] += [f"/matters/{story[name].pk}/" for name in names]
    return found


@pytest.mark.row("N3")
def test_no_page_asks_more_often_when_there_are_ten_times_the_rows(story: Story) -> None:
    _lasts.clear()
    notices.deliver(at=story.stage.at)
    everybody = clients(story)
    wanted = pages(story)
    everybody["office"].get("/home/")  # what a process reads once is read now
    everybody["office"].get(f"/matters/{story['with_file'].pk}/")
    before = {(role, url): statements(everybody[role], url) for role, urls in wanted.items() for url in urls}
    for place in range(TIMES):
        story.stage.at = story.stage.at.replace(second=place + 1)
        story.stage.do("report", story["with_file"], "clerk")
        story.stage.do("co_report", story["with_file"], "village")
    multiply(TIMES)
    after = {(role, url): statements(everybody[role], url) for role, url in before}
    assert {key: n for key, n in before.items() if n < 0} == {}
    assert {key: n for key, n in before.items() if n > MOST} == {}
    assert {key: (before[key], n) for key, n in after.items() if n > before[key]} == {}
