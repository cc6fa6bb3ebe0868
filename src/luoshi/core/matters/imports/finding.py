"""Which matter a row is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from luoshi.core.matters import queries
from luoshi.core.matters.actions.carrying import ORIGIN
from luoshi.core.matters.imports.sheets import Sheet
from luoshi.core.matters.imports.words import leading, plain, reference, texts
from luoshi.core.matters.models import Matter, Secrecy, State
from luoshi.core.org.imports import names
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.imports.registry import SheetRow

_OWN = re.compile(r"(\d{4})-(\d{6,})")


@dataclass(frozen=True)
class Known:
    """The matters that rows could mean: by key, by the reference of what was carried in, by unit and name."""

    by_key: dict[int, Matter]
    by_ref: dict[str, Matter]
    alike: dict[tuple[int | None, str], list[Matter]]


def prepare(rows: Sequence[SheetRow], *, by: Actor, at: datetime) -> Known:
    """The matters of many rows, as far as the actor may see them, with at most three statements."""
    seen = (
        queries.visible_to(by)
        .exclude(secrecy=Secrecy.ACCUSATION)
        .select_related("lead_unit", "leader", "handler", "town")
        .order_by("pk")
    )
    keys, refs, titles = set(), set(), set()
    for row in rows:
        own = _OWN.fullmatch(row.text("number"))
        if own and len(own[2]) < 18:
            keys.add(int(own[2]))
            continue
        title, problem = texts(row)
        refs.add(reference(row, title, problem))
        if not row.text("number"):
            titles.add(title)
    carried = seen.filter(town_id=by.town_id, origin_kind=ORIGIN, origin_ref__in=refs) if refs else ()
    alike: dict[tuple[int | None, str], list[Matter]] = {}
    if titles:
        known = names(by, on=timezone.localdate(at))
        units = {unit.pk for row in rows for unit in known.units_called(leading(row.text("unit")))}
        units |= {around.pk for row in rows if (around := known.around(row)) is not None}
        led = Q(lead_unit_id__in=units) | Q(state=State.REGISTERED, lead_unit__isnull=True)
        for matter in seen.filter(led, town_id=by.town_id, title__in=titles):
            alike.setdefault((matter.lead_unit_id, matter.title), []).append(matter)
    return Known(
        {matter.pk: matter for matter in seen.filter(pk__in=keys)} if keys else {},
        {matter.origin_ref: matter for matter in carried},
        alike,
    )


def find(sheet: Sheet, known: Known) -> Matter | None:
    """The matter of the row. Refused: a number of ours that is none, an older ledger's number of another matter."""
    number = sheet.row.text("number")
    if own := _OWN.fullmatch(number):
        found = known.by_key.get(int(own[2])) if len(own[2]) < 18 else None
        if found is None or found.number != number:
            raise Refused(
                "matter.unknown",
                f"没有编号为“{number}”的事项，或您不在其知悉范围内。",
                "新的事项请把“编号”留空。",
                field="number",
            )
        return found
    found = known.by_ref.get(reference(sheet.row, sheet.title, sheet.problem))
    if number and found is not None and _is_another(found, sheet):
        raise Refused(
            "matter.number_taken",
            f"编号“{number}”在系统里是另一件事：“{found.title[:30]}”。",
            "两本台账编号重复的，请在其中一本的编号前加上区分，例如“2025-”。",
            field="number",
        )
    if number or found is not None:
        return found
    alike = known.alike.get((sheet.unit.pk if sheet.unit else None, sheet.title), [])
    return next((one for one in alike if plain(one.problem) == plain(sheet.problem)), None)


def _is_another(matter: Matter, sheet: Sheet) -> bool:
    """Whether number alone speaks for the same row: unit, name and problem all differ."""
    other_unit = sheet.unit is not None and matter.lead_unit_id != sheet.unit.pk
    return other_unit and plain(matter.title) != plain(sheet.title) and plain(matter.problem) != plain(sheet.problem)
