"""The file and what it is; which column is what."""

from collections.abc import Sequence
from typing import Any

from django import forms

from luoshi.kit.forms import PlainForm
from luoshi.kit.imports.models import Batch
from luoshi.kit.imports.opening import column_letters
from luoshi.kit.imports.registry import Import


class StartForm(PlainForm):
    """A file to bring in."""

    slug = forms.ChoiceField(label="导入什么", widget=forms.RadioSelect)
    file = forms.FileField(label="Excel 文件", help_text="可以是 .xlsx、.xls 或 .ods，不用改样式，不超过 100 MB。")
    sheet = forms.CharField(
        label="表名（一般不用填）",
        required=False,
        max_length=120,
        help_text="几张表表头相同的（一村一表）一并导入；表头不同的，写明导入哪一张。",
    )

    def __init__(self, *args: Any, declared: Sequence[Import], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.slug, f"{one.label}：{one.hint}" if one.hint else one.label) for one in declared]
        field = self.fields["slug"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
        if len(choices) == 1:
            field.initial = choices[0][0]


class ColumnsForm(PlainForm):
    """For each thing that the import knows, the column of the sheet that says it."""

    def __init__(self, *args: Any, batch: Batch, declared: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [
            (str(place), f"{column_letters(place)} 列 {label}".strip()) for place, label in enumerate(batch.headers)
        ]
        for column in declared.columns:
            self.fields[column.key] = forms.TypedChoiceField(
                label=column.label,
                choices=[("", "没有这一列"), *places],
                coerce=int,
                empty_value=None,
                required=column.required,
                error_messages={"required": f"“{column.label}”没有选择。请选择后再提交。"},
                initial=str(batch.mapping.get(column.key, "")),
            )
        self.fields["all_or_nothing"] = forms.BooleanField(
            label="有一行不行就都不导入", required=False, initial=batch.all_or_nothing
        )

    def mapping(self) -> dict[str, int]:
        """The columns chosen."""
        return {key: place for key, place in self.cleaned_data.items() if key != "all_or_nothing" and place is not None}
