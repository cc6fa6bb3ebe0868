"""Rounds of self-review, and the sheets of persons and units (四对照、四查看)."""

from django.db import models
from django.db.models import Q

from luoshi.chapters.review.models import Finding
from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class Round(Model):
    """One round of self-review of a town. ``form`` keeps the benchmarks as they read when it was opened."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=60)
    deadline = models.DateField("截止日期")
    form = models.JSONField(help_text="what rules.form_of reads: benchmarks with their criteria, and the facets")
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town"], condition=Q(closed_at__isnull=True), name="selfreview_one_open")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        return f"selfreview-round:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Sheet(Model):
    """One sheet. ``unit`` is the unit itself, or the one in which the person works; ``headless``: a unit without a head
    (as of the last look at who holds which post), whose members write together. ``version`` counts saved drafts, so that
    two writers do not overwrite each other."""

    class Kind(models.TextChoices):
        PERSON = "person", "个人"
        UNIT = "unit", "单位"

    class State(models.TextChoices):
        DRAFT = "draft", "没有交"
        HANDED_IN = "handed_in", "已交"

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sheets")
    kind = models.CharField("种类", max_length=8, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    headless = models.BooleanField(default=False)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    compared_with = models.CharField("对照的典型", max_length=64, blank=True)
    saved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True)
    handed_in_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(help_text="when its last event happened: no later act may be dated before it")

    class Meta:
        indexes = [
            models.Index(fields=["person"], condition=Q(state="draft", kind="person"), name="selfreview_person_waits"),
            models.Index(fields=["unit"], condition=Q(state="draft", kind="unit"), name="selfreview_unit_waits"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="person", person__isnull=False) | Q(kind="unit", person__isnull=True),
                name="selfreview_sheet_of",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", handed_in_at__isnull=True)
                | Q(state="handed_in", handed_in_at__isnull=False),
                name="selfreview_handed_in",
            ),
            models.UniqueConstraint(
                fields=["round", "person"], condition=Q(kind="person"), name="selfreview_once_a_person"
            ),
            models.UniqueConstraint(fields=["round", "unit"], condition=Q(kind="unit"), name="selfreview_once_a_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.round.title}：{self.whose}"

    @property
    def stream(self) -> str:
        return f"selfreview-sheet:{self.pk}"

    @property
    def whose(self) -> str:
        return self.person.name if self.person else self.unit.name

    @property
    def label(self) -> str:
        """What it is called to who has to write it."""
        return f"{self.unit.name}的单位自查表" if self.kind == self.Kind.UNIT else "您的个人自查表"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class Answer(Model):
    """What a sheet says to one benchmark: a gap a line; no text is 没有. ``criteria`` and ``facets`` are codes."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="answers")
    benchmark = models.CharField(max_length=16)
    criteria = models.JSONField(default=list)
    facets = models.JSONField(default=list)
    text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "benchmark"], name="selfreview_answer_once")]

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.text.splitlines() if line.strip()]


class Raised(Model):
    """A gap (the line ``line`` of an answer, from 0) that its writer made a finding."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="raised")
    line = models.PositiveSmallIntegerField()
    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "line"], name="selfreview_gap_once")]
