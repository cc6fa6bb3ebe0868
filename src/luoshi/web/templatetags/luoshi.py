"""Tags and filters of every template (built in: no ``{% load %}`` needed). None of them reads the clock."""

from datetime import date, datetime
from enum import Enum

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Field, HiddenInput, RadioSelect, Select
from django.template import Context
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from luoshi.kit import counting, daywords
from luoshi.kit.addresses import address
from luoshi.kit.charts.ruler import RulerData, draw
from luoshi.kit.daywords import day, day_left
from luoshi.kit.personal import masked
from luoshi.kit.widgets import control

register = template.Library()

LIGHTS = {
    "green": "正常",
    "yellow": "临期",
    "red": "逾期",
    "wait": "等待",
    "up": "已上报",
    "closed": "销号",
    "late": "逾期销号",
    "voided": "撤销",
}
_NBSP = "\N{NO-BREAK SPACE}"


class _Address(URLNode):
    """Django's own, with addresses that are found once (see ``kit.addresses``)."""

    def render(self, context: Context) -> str:
        if self.kwargs:
            return str(super().render(context))
        found = ""
        try:
            found = address(self.view_name.resolve(context), *(arg.resolve(context) for arg in self.args))
        except NoReverseMatch:
            if self.asvar is None:
                raise
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


@register.tag(name="url")
def url(parser: Parser, token: Token) -> URLNode:
    """``{% url %}`` as everywhere."""
    node = django_url(parser, token)
    return _Address(node.view_name, node.args, node.kwargs, node.asvar)


@register.simple_tag(name="ruler")
def ruler(data: RulerData | None) -> SafeString:
    """The ruler of a row, 160 by 20; nothing where there is no clock yet."""
    return draw(data) if data else SafeString("")


@register.simple_tag(name="ruler_full")
def ruler_full(data: RulerData | None) -> SafeString:
    """The ruler of a matter's page, drawn twice: for a wide page and for a phone; the style sheet shows one."""
    if not data:
        return SafeString("")
    return format_html(
        '<div class="ruler-wide">{}</div><div class="ruler-narrow">{}</div>',
        draw(data, width=1000, height=84, full=True),
        draw(data, width=328, height=84, full=True),
    )


@register.filter(name="masked")
def masked_filter(text: str) -> str:
    """A text without the numbers of people: telephones, identity and bank cards."""
    return masked(str(text))


register.filter("day", day)
register.filter("day_left", day_left)


@register.simple_tag(name="due", takes_context=True)
def due(context: Context, value: date | datetime | None) -> SafeString:
    """``day_left`` with the page's own ``today``, kept on one line."""
    return daywords.due(value, context["today"])


register.filter("moment", daywords.moment)


@register.filter(name="light")
def light(value: str | Enum | None) -> SafeString:
    """A light as its word in its colour: green, yellow, red, wait, up, closed or voided."""
    code = str(value.value if isinstance(value, Enum) else value or "")
    if code not in LIGHTS:
        return SafeString("")
    return format_html('<span class="light light-{}">{}</span>', code, LIGHTS[code])


@register.filter(name="of")
def of(number: int | None, measure: str) -> str:
    """A number is never alone: ``{{ n|of:"个单位" }}`` says 1,204 个单位."""
    return f"{number or 0:,}{_NBSP}{measure}"


@register.filter(name="pieces")
def pieces(number: int | None) -> str:
    return of(number, "件")


@register.filter(name="counted")
def counted(number: int | None) -> str:
    """The same of a number that is counted only so far: 12 件, 999 件以上."""
    return counting.words(number or 0)


@register.filter(name="figure")
def figure(number: int | None) -> SafeString:
    """The same in the strip of figures: the number large, what it counts beside it."""
    return format_html("<b>{}</b>{}", *counting.shown(number or 0))


@register.filter(name="people")
def people(number: int | None) -> str:
    return of(number, "人")


@register.filter(name="times")
def times(number: int | None) -> str:
    return of(number, "次")


@register.filter(name="wrongs")
def wrongs(bound: BoundField) -> list[str]:
    """What is wrong with a field, in sentences; an empty one is asked for by its name."""
    verb = "选择" if isinstance(bound.field.widget, Select | RadioSelect | CheckboxSelectMultiple) else "填写"
    asked = f"请{verb}“{bound.label}”。"
    usual = Field.default_error_messages["required"]
    return [asked if message == usual else str(message) for message in bound.errors]


_MUST = '<span class="must">（必填）</span>'


@register.simple_tag(name="field")
def field(bound: BoundField, hint: str = "") -> SafeString:
    """One field of a form: its name, whether it must be filled, a hint, what is wrong with it, and the control. Put
    together here, because the page of a matter has two dozen of them."""
    widget = bound.field.widget
    if isinstance(widget, HiddenInput):
        return control(bound, {})
    group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    help_text, wrong = hint or str(bound.help_text), bool(bound.errors)
    ids = " ".join(f"{bound.auto_id}_{part}" for part, there in (("hint", help_text), ("error", wrong)) if there)
    box = control(bound, {"aria-describedby": ids} if ids and not group else {})
    label = f"{conditional_escape(bound.label)}{_MUST if bound.field.required else ''}"
    words = _field_words(bound, help_text)
    css = " wrong" if wrong else ""
    if group:
        told = f' aria-describedby="{ids}"' if ids else ""
        return SafeString(f'<fieldset class="field{css}"{told}>\n<legend>{label}</legend>\n{words}{box}</fieldset>')
    target = conditional_escape(bound.id_for_label)
    if isinstance(widget, CheckboxInput):
        return SafeString(
            f'<div class="field field-check{css}">\n<label for="{target}">{box} <span>{label}</span></label>\n{words}</div>'
        )
    return SafeString(f'<div class="field{css}">\n<label for="{target}">{label}</label>\n{words}{box}</div>')


def _field_words(bound: BoundField, hint: str) -> str:
    said = f'<p class="hint" id="{bound.auto_id}_hint">{conditional_escape(hint)}</p>' if hint else ""
    if bound.errors:
        told = "".join(map(conditional_escape, wrongs(bound)))
        said += f'<p class="error" id="{bound.auto_id}_error">{told}</p>'
    return said
