"""Lists of choices, lines and boxes of text as HTML, put together here because a page has hundreds of options.

The same elements as Django's own templates for these widgets, which render a template for each option and each of its
attributes.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from django.forms import (
    BoundField,
    CheckboxSelectMultiple,
    DateInput,
    DateTimeInput,
    RadioSelect,
    Select,
    SelectMultiple,
    Textarea,
    TextInput,
)
from django.utils.safestring import SafeString

FAST = (Select, SelectMultiple, RadioSelect, CheckboxSelectMultiple)
LINES = (TextInput, DateInput, DateTimeInput)


def control(bound: BoundField, attrs: Mapping[str, Any]) -> SafeString:
    """The control of a field, as ``bound.as_widget(attrs=attrs)`` says it."""
    widget: Any = bound.field.widget
    if type(widget) not in (*FAST, *LINES, Textarea) or bound.field.localize:
        return bound.as_widget(attrs=dict(attrs))
    wanted = bound.build_widget_attrs(dict(attrs), widget)
    if bound.auto_id and "id" not in widget.attrs:
        wanted.setdefault("id", bound.auto_id)
    context = widget.get_context(bound.html_name, bound.value(), wanted)["widget"]
    if type(widget) in LINES:
        value = "" if context["value"] is None else f' value="{escape(str(context["value"]))}"'
        kind = context["type"]
        return SafeString(
            f'<input type="{kind}" name="{escape(context["name"])}"{value}{_attributes(context["attrs"])}>'
        )
    if type(widget) is Textarea:
        words = escape(str(context["value"])) if context["value"] else ""
        return SafeString(
            f'<textarea name="{escape(context["name"])}"{_attributes(context["attrs"])}>\n{words}</textarea>'
        )
    if any(group for group, _, _ in context["optgroups"]):
        return bound.as_widget(attrs=dict(attrs))
    options = [one for _, some, _ in context["optgroups"] for one in some]
    if isinstance(widget, Select):
        inner = "".join(
            f'<option value="{escape(str(one["value"]))}"{_attributes(one["attrs"])}>{escape(str(one["label"]))}</option>'
            for one in options
        )
        return SafeString(f'<select name="{escape(context["name"])}"{_attributes(context["attrs"])}>{inner}</select>')
    kind = "radio" if type(widget) is RadioSelect else "checkbox"
    css = f' class="{escape(context["attrs"]["class"])}"' if context["attrs"].get("class") else ""
    box = f' id="{escape(context["attrs"]["id"])}"' if context["attrs"].get("id") else ""
    return SafeString(f"<div{box}{css}>{''.join(_box(kind, one) for one in options)}</div>")


def _box(kind: str, one: Mapping[str, Any]) -> str:
    name, value, attrs = escape(one["name"]), escape(str(one["value"])), one["attrs"]
    target = f' for="{escape(attrs["id"])}"' if attrs.get("id") else ""
    held = f'<input type="{kind}" name="{name}" value="{value}"{_attributes(attrs)}>'
    return f"<div><label{target}>{held} {escape(str(one['label']))}</label></div>"


def _attributes(attrs: Mapping[str, Any]) -> str:
    said = []
    for name, value in attrs.items():
        if value is True:
            said.append(f" {name}")
        elif value is not False:
            said.append(f' {name}="{escape(str(value))}"')
    return "".join(said)
