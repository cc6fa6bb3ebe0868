"""A passage of the plan as HTML put together here: a plan has hundreds of sentences, and a template takes for each what
the database takes for all."""

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString

from luoshi.core.plan.models import Link, Part
from luoshi.core.plan.queries.books import Line
from luoshi.core.plan.reading.tree import Kind
from luoshi.kit.addresses import address
from luoshi.kit.ledgers.figures import Reading
from luoshi.kit.ledgers.state import day_text


def passage(lines: Sequence[Line], number: str = "") -> SafeString:
    """Some sentences of one paragraph, after the ``number`` of their measure, and in the margin who sees to each and what
    carries it out."""
    body = "".join(map(_sentence, lines))
    margin = "".join(_margin(line) for line in lines)
    return SafeString(
        f'<div class="passage{" measure" if number else ""}">\n'
        f'<p class="body">{f"""<b class="no">{escape(number)}</b>""" if number else ""}{body}\n</p>\n'
        f'<ul class="margin">{margin}</ul>\n</div>\n'
    )


def _sentence(line: Line) -> str:
    part = line.part
    number = "" if part.kind in (Kind.MEASURE, Kind.CHAPTER) else part.number
    return (
        f'<a class="say {line.state}" href="{address("plan-part", part.pk)}">{escape(number + part.text)}</a>'
        f"{''.join(_figure(link, told) for link, told in line.links)}"
    )


def _figure(link: Link, told: Reading) -> str:
    label = escape(link.label)
    if told.url:
        return f'<a class="fig" href="{escape(told.url)}" title="{label}">{told.words}</a>'
    return f'<span class="fig none" title="{label}">{told.words}</span>'


def _margin(line: Line) -> str:
    return _duty(line.part) + "".join(_record(link, told) for link, told in line.links)


def _duty(part: Part) -> str:
    if not (part.unit or part.due):
        return ""
    unit = escape(part.unit.name) if part.unit else ""
    person = f" {escape(part.person.name)}" if part.person else ""
    due = f" {day_text(part.due)}前" if part.due else ""
    return f'<li class="who">{unit}{person}{due}</li>'


def _record(link: Link, told: Reading) -> str:
    label = escape(link.label)
    if not told.url:
        return f"<li><b>{told.words}</b> {label}</li>"
    measure = "" if told.trouble else escape(told.measure)
    return f'<li><a href="{escape(told.url)}"><b>{told.words}</b>{measure} {label}</a></li>'
