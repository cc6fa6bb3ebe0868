"""A matter as one line of a list, as HTML put together here: a page has a hundred of them, and a template takes for each
what the database takes for all."""

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape

from django.utils.safestring import SafeString

from luoshi.core.matters import queries
from luoshi.core.matters.models import Matter
from luoshi.core.matters.rules import Light
from luoshi.kit.addresses import address
from luoshi.kit.charts.ruler import RulerData, draw
from luoshi.kit.daywords import day, due


def light_word(light: Light | None) -> str:
    """A light as its word in its colour."""
    return f'<span class="light light-{light.value}">{light.label}</span>' if light else ""


def rows(matters: Iterable[Matter], rulers: Mapping[int, RulerData], *, today: date) -> list[SafeString]:
    """Rows of ``matters/rows.html``: number, title, clock, light, who has it, by when or since when."""
    return [_row(matter, rulers[matter.pk], today) for matter in matters]


def _row(matter: Matter, ruler: RulerData, today: date) -> SafeString:
    who = _unit(matter) + (f" {escape(matter.handler.name)}" if matter.handler else "")
    if (matter.claimed_at and matter.is_open) or matter.paused_on:
        when = day(matter.resolve_due, today)
    elif matter.is_open:
        when = due(matter.resolve_due, today)
    else:
        when = day(matter.ended_at, today)
    return SafeString(
        f'<tr><td class="row-number">{matter.number}</td><td class="row-title">{_link(matter)}</td>'
        f'<td class="row-ruler">{draw(ruler)}</td><td class="row-light">{light_word(queries.light(matter, today=today))}'
        f'</td><td>{who}</td><td class="row-date">{when}</td></tr>'
    )


def results(matters: Iterable[Matter], *, today: date) -> list[SafeString]:
    """Rows of a goal's page: number, title, unit, light, and how it ended."""
    return [_result(matter, today) for matter in matters]


def _result(matter: Matter, today: date) -> SafeString:
    if matter.is_open:
        state = f"{matter.get_state_display()}，应于 {day(matter.resolve_due, today)}办结"
        ended = f'<span class="soft">{state}</span>'
    else:
        ended = escape(matter.result)
    return SafeString(
        f'<tr><td class="row-number">{matter.number}</td><td class="row-title">{_link(matter)}</td><td>{_unit(matter)}</td>'
        f'<td class="row-light">{light_word(queries.light(matter, today=today))}</td><td>{ended}</td></tr>'
    )


def tasks(found: Iterable[queries.Task], rulers: Mapping[int, RulerData], *, today: date) -> list[SafeString]:
    """Lines of the page of the day: what is to do with which matter, by when."""
    return [_task(task, rulers[task.matter.pk], today) for task in found]


def _task(task: queries.Task, ruler: RulerData, today: date) -> SafeString:
    matter = task.matter
    target = f"{address('matter', matter.pk)}?do={task.verb}#{task.verb}"
    state = matter.get_state_display() + (" · 提出人不满意" if task.verb == "reopen" else "")
    until = f"{task.limit}期限 {due(task.due, today)}" if task.due else ""
    return SafeString(
        f'<li>\n  <div class="thing"><a href="{target}">{escape(matter.title)}</a><small>{matter.number} · {_unit(matter)}'
        f" · {state}</small></div>\n  {draw(ruler)}\n"
        f'  <div class="until">{until}</div>\n  <div class="state">{light_word(task.light(today=today))}</div>\n'
        f'  <div class="act"><a class="button quiet small" href="{target}">{task.what}</a></div>\n</li>'
    )


def _link(matter: Matter) -> str:
    return f'<a href="{address("matter", matter.pk)}">{escape(matter.title)}</a>'


def _unit(matter: Matter) -> str:
    return escape(matter.lead_unit.name) if matter.lead_unit else "未交办"
