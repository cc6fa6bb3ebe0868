"""Examples as lines of their list, as HTML put together here: there are hundreds of them, and a template takes for each what
the database takes for all."""

from collections.abc import Collection, Iterable
from datetime import date
from html import escape
from itertools import groupby

from django.utils.safestring import SafeString

from luoshi.chapters.review.examples.models import Kind, State
from luoshi.chapters.review.examples.queries import Dated, HeldUp
from luoshi.kit.addresses import address
from luoshi.kit.daywords import day
from luoshi.kit.personal import masked

_KINDS = {kind.value: kind.label for kind in Kind}
_STATES = {state.value: state.label for state in State}


def held_up(rows: Iterable[HeldUp]) -> list[tuple[str, SafeString]]:
    """By kind who or what is held up, and what is to be learnt; numbers of people masked."""
    return [
        (
            _KINDS[kind],
            SafeString("".join(f"<dt>{_link(one)}</dt><dd>{escape(masked(one.learn))}</dd>" for one in some)),
        )
        for kind, some in groupby(rows, key=lambda one: one.kind)
    ]


def waiting(rows: Iterable[Dated], *, mine: Collection[int], today: date) -> SafeString:
    """What waits for a decision, and which of it for the reader's."""
    return _list(
        (one, f"{_KINDS[one.kind]}，{day(one.at, today)}提出{'，等您审定' if one.pk in mine else ''}") for one in rows
    )


def past(rows: Iterable[Dated], *, today: date) -> SafeString:
    """What was declined or taken down, and when."""
    return _list((one, f"{_STATES[one.state]}，{day(one.at, today)}") for one in rows)


def _list(rows: Iterable[tuple[Dated, str]]) -> SafeString:
    return SafeString("".join(f'<li>{_link(one)} <span class="soft">{told}</span></li>' for one, told in rows))


def _link(one: HeldUp | Dated) -> str:
    return f'<a href="{address("example", one.pk)}">{escape(masked(one.name))}</a>'
