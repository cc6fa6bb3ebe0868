"""Passages that stand in somebody else's sheet too. Told to the writer alone, before handing in; kept nowhere."""

from datetime import timedelta

from luoshi.chapters.review.selfreview import rules
from luoshi.chapters.review.selfreview.models import Answer, Sheet

SPAN = timedelta(days=400)
MOST = 1500
"""How many answers of others are compared, the newest first."""


def too_alike(sheet: Sheet) -> dict[str, list[str]]:
    """By benchmark the passages of a draft that others handed in before, in this round or one of the year before.

    Asked with the sheet that its writer looks at. What the same person wrote elsewhere, and the unit's own earlier
    sheets, are not others'. Two statements.
    """
    mine = {one.benchmark: one.text for one in sheet.answers.all() if rules.passages(one.text)}
    if not mine:
        return {}
    rows = Answer.objects.filter(
        sheet__round__town_id=sheet.round.town_id,
        sheet__round__opened_at__gte=sheet.round.opened_at - SPAN,
        sheet__round__opened_at__lte=sheet.round.opened_at,
        sheet__state=Sheet.State.HANDED_IN,
    ).exclude(text="")
    rows = rows.exclude(sheet__saved_by_id=sheet.saved_by_id) if sheet.saved_by_id else rows
    rows = (
        rows.exclude(sheet__kind=Sheet.Kind.PERSON, sheet__person_id=sheet.person_id)
        if sheet.person_id
        else rows.exclude(sheet__kind=Sheet.Kind.UNIT, sheet__unit_id=sheet.unit_id)
    )
    others = list(rows.order_by("-pk").values_list("text", flat=True)[:MOST])
    given = [text for one in rules.form_of(sheet.round.form).benchmarks for text in (one.against, one.look_at)]
    found = rules.taken_over_by(mine, others, given=given)
    return {code: passages for code, passages in found.items() if passages}
