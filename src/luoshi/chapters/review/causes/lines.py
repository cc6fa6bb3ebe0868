"""Causes as rows and lines, as HTML put together here: their page has a hundred of them, and a template takes for each what
the database takes for all."""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString

from luoshi.chapters.review.causes.queries import Named, PainRow
from luoshi.kit.addresses import address

_NBSP = "\N{NO-BREAK SPACE}"


def pains(rows: Iterable[PainRow]) -> list[SafeString]:
    """What is open under each cause, who raised it, how long, in how many places, and how heavy that is."""
    return [_pain(row) for row in rows]


def quiet(causes: Iterable[Named]) -> list[SafeString]:
    """Causes by name alone."""
    return [SafeString(f"<li>{_link(cause)}</li>") for cause in causes]


def _pain(row: PainRow) -> SafeString:
    figures = (
        ("没办结", row.pain.matters, "件"),
        ("提的人", row.pain.people, "人"),
        ("拖了", row.weeks, "周"),
        ("涉及", row.pain.places, "处"),
    )
    cells = "".join(
        f'<td class="number" data-label="{label}">{number:,}{_NBSP}{measure}</td>' for label, number, measure in figures
    )
    return SafeString(
        f'<tr>\n<td class="row-title">{_link(row.cause)}</td>\n{cells}'
        f'<td class="number" data-label="分量"><b>{row.weight}</b></td></tr>'
    )


def _link(cause: Named) -> str:
    return f'<a href="{address("cause", cause.pk)}">{escape(cause.root)}</a>'
