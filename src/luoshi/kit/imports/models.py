"""Files that came in, what became of each row, and what was learnt about headers."""

from django.db import models
from django.db.models import Q

from luoshi.kit.imports.places import row_of, row_words
from luoshi.kit.models import Model


class Batch(Model):
    """One file for one import. ``person`` is a text id that only the declaration understands."""

    class State(models.TextChoices):
        STAGED = "staged", "待核对列"
        CHECKING = "checking", "试导入中"
        CHECKED = "checked", "待确认"
        RUNNING = "running", "导入中"
        DONE = "done", "已导入"
        REFUSED = "refused", "未导入"
        FAILED = "failed", "中断"

    slug = models.CharField("导入什么", max_length=40)
    realm = models.CharField(max_length=80)
    person = models.CharField(max_length=80)
    person_name = models.CharField("导入人", max_length=60)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    created_at = models.DateTimeField("上传时间")
    sheet = models.CharField("表", max_length=120)
    sheets = models.JSONField(
        "几张表", default=list, help_text="where several with one header are read as one: all of them"
    )
    header_row = models.PositiveIntegerField()
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text="key of a column: its place in the sheet, from 0")
    fingerprint = models.CharField(max_length=64)
    skipped = models.JSONField(default=list, help_text="[[row, why], …]: rows that are none of the table's")
    all_or_nothing = models.BooleanField("全部无误才导入", default=False)

    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.STAGED)
    job_id = models.BigIntegerField(null=True)
    cursor = models.PositiveIntegerField(default=0, help_text="rows dealt with in this pass, from the first")
    rows = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, help_text="when the running pass was last heard of")
    finished_at = models.DateTimeField("结束时间", null=True)
    error = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "表格导入"
        indexes = [
            models.Index(fields=["realm", "-id"], name="imports_newest"),
            models.Index(fields=["created_at"], name="imports_created"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["realm", "slug", "sha256"], condition=Q(state="running"), name="imports_one_running"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def sheet_words(self) -> str:
        """The sheet, or the sheets, that are read."""
        if not self.sheets:
            return f"表“{self.sheet}”"
        return f"“{'”“'.join(self.sheets[:3])}”{'等' if len(self.sheets) > 3 else ''} {len(self.sheets)} 张表"

    @property
    def is_busy(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """How far the running pass is."""
        return self.cursor * 100 // self.rows if self.rows else 0


class RowResult(Model):
    """What became of one row: every refused one, and of the others as many as a page shows."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="results")
    number = models.PositiveIntegerField("行")
    outcome = models.CharField(max_length=8)
    what = models.CharField(max_length=300, blank=True)
    faults = models.JSONField(default=list, help_text='[{"cell": "F12", "key": "due", "sentence": "…"}]')

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="imports_row_once")]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="imports_row_outcome")]

    @property
    def words(self) -> str:
        """Where the row stands."""
        return row_words(self.number, self.batch.sheets)

    @property
    def row(self) -> int:
        """Its number in its sheet."""
        return row_of(self.number)


class Mapping(Model):
    """Which header stood for what, as somebody said or confirmed it; offered when the same headers come again."""

    realm = models.CharField(max_length=80)
    slug = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    learnt_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "slug", "fingerprint"], name="imports_mapping_once")]
