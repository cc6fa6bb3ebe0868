"""What every form of the house shares: plain words, days, and a refusal shown beside the field that it is about."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError

from luoshi.kit.errors import Refused

T = TypeVar("T")


def attempt(form: forms.BaseForm, act: Callable[[], T]) -> T | None:
    """Do ``act`` with a form that is well filled; a ``Refused`` becomes an error of the form, beside its field.

    ``act`` runs only after ``form.is_valid()``, so it may read ``form.cleaned_data``. Returns what the act returned, or
    ``None`` when nothing was done; an act that returns nothing is known to be done by ``form.is_valid()`` afterwards.
    What was typed stays in the form. A refusal about no field of this form is shown above the form.
    """
    if not form.is_valid():
        return None
    try:
        return act()
    except Refused as said:
        place_refusal(form, said)
        return None


def place_refusal(form: forms.BaseForm, said: Refused) -> None:
    """Show a refusal in a validated form: beside the field that it names, else above the form."""
    field = said.field if said.field in form.fields else None
    form.add_error(field, ValidationError(str(said), code=said.code))


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("error_messages", {"invalid": "日期填写有误。请按 2026-11-25 的样子填写。"})
        super().__init__(**kwargs)


class PlainForm(forms.Form):
    """A form that says what is missing by its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            chosen = isinstance(field, forms.ChoiceField | forms.DateField)
            label = field.label or name
            field.error_messages["required"] = (
                f"“{label}”没有选择。请选择后再提交。" if chosen else f"“{label}”没有填写。请填写后再提交。"
            )
