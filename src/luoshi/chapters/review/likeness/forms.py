"""The form of a category and a unit."""

from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms

from luoshi.chapters.review.forms import ReviewForm
from luoshi.chapters.review.likeness import queries
from luoshi.core.matters.models import Category
from luoshi.core.org import queries as org
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor

if TYPE_CHECKING:
    ChoiceOfCategory: TypeAlias = forms.ModelChoiceField[Category]
else:
    ChoiceOfCategory = forms.ModelChoiceField


class CategoryField(ChoiceOfCategory):
    """A category by its path: 道路交通 › 道路管护 › 路灯."""

    def label_from_instance(self, obj: Category) -> str:
        return queries.path_of(obj)


class ClassifyForm(ReviewForm):
    category = CategoryField(label="类别", queryset=None, required=False, empty_label="未分类")
    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(
        label="涉及单位", queryset=None, required=False, empty_label="还不清楚"
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category, unit = self.fields["category"], self.fields["unit"]
        assert isinstance(category, forms.ModelChoiceField)
        assert isinstance(unit, forms.ModelChoiceField)
        category.queryset, unit.queryset = queries.categories(actor), org.working_units(actor)
