"""Passages that stand in somebody else's sheet too. Told to the writer alone, before handing in; kept nowhere."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from luoshi.chapters.review.selfreview import rules
from luoshi.chapters.review.selfreview.models import Answer, Round, Sheet
from luoshi.chapters.review.selfreview.queries.sheets import answers
from luoshi.kit.again import again
from luoshi.kit.literal import Literally

SPAN = timedelta(days=400)
SHEETS, MOST = 400, 1500
"""Among how many sheets, the newest first, and how many answers of others are compared."""


def too_alike(sheet: Sheet) -> dict[str, list[str]]:
    """By benchmark the passages of a draft that others handed in before, in this round or one of the year before.

    Asked with the sheet that its writer looks at. What the same person wrote elsewhere, and the unit's own earlier
    sheets, are not others'. Two statements.
    """
    mine = {one.benchmark: one.text for one in answers(sheet) if rules.passages(one.text)}
    if not mine:
        return {}
    given = [text for one in rules.form_of(sheet.round.form).benchmarks for text in (one.against, one.look_at)]
    found = rules.taken_over_by(mine, of_others(sheet), given=given)
    return {code: passages for code, passages in found.items() if passages}


def of_others(sheet: Sheet) -> list[str]:
    """What others answered, the newest first. Kept by round, whose moment then stands in the statement: it never moves."""
    town, opened = sheet.round.town_id, sheet.round.opened_at

    def told(whose: int, writer: int = 0) -> QuerySet[Answer, Any]:
        of_year = Round.objects.filter(town_id=town, opened_at__gte=opened - SPAN, opened_at__lte=opened)
        newest = Sheet.objects.filter(Literally("state", "{} = 'handed_in'"), round__in=of_year).order_by("-pk")
        rows = Answer.objects.filter(sheet__in=newest.values("pk")[:SHEETS]).exclude(text="")
        rows = rows.exclude(sheet__saved_by_id=writer) if sheet.saved_by_id else rows
        rows = (
            rows.exclude(sheet__kind=Sheet.Kind.PERSON, sheet__person_id=whose)
            if sheet.person_id
            else rows.exclude(sheet__kind=Sheet.Kind.UNIT, sheet__unit_id=whose)
        )
        return rows.order_by("-pk").values_list("text", flat=True)[:MOST]

    given = {"whose": sheet.person_id or sheet.unit_id} | ({"writer": sheet.saved_by_id} if sheet.saved_by_id else {})
    return again(("selfreview.of_others", town, opened, bool(sheet.person_id), *given), told, **given)
