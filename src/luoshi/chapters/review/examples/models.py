"""Examples that are held up (典型、榜样、模范、标杆): who or what, why, and on what evidence."""

from django.db import models
from django.db.models import F, Q

from luoshi.core.matters.models import Matter
from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class Kind(models.TextChoices):
    PERSON = "person", "先进个人"
    UNIT = "unit", "先进单位"
    PRACTICE = "practice", "好做法"
    BENCHMARK = "benchmark", "行业标杆"


INSIDE = (Kind.PERSON, Kind.UNIT)


class State(models.TextChoices):
    PROPOSED = "proposed", "待审定"
    APPROVED = "approved", "已选树"
    DECLINED = "declined", "未选树"
    WITHDRAWN = "withdrawn", "已撤下"


class Example(Model):
    """One example. ``person`` or ``unit`` for those of the town, ``name`` for what it is called in every case."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField("名称", max_length=80)
    why = models.TextField("为什么")
    learn = models.CharField("学什么", max_length=120)
    source = models.CharField("出处", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField("理由", blank=True)
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["town", "state", "-id"], name="examples_town_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="person", person__isnull=False, unit__isnull=True)
                | Q(kind="unit", person__isnull=True, unit__isnull=False)
                | Q(kind__in=["practice", "benchmark"], person__isnull=True, unit__isnull=True),
                name="examples_of_one",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")), name="examples_other_decider"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(person__isnull=True) | ~Q(decided_by=F("person")),
                name="examples_not_oneself",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True)
                | (~Q(state="proposed") & Q(decided_at__isnull=False)),
                name="examples_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "withdrawn"]) | ~Q(reason=""), name="examples_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return f"example:{self.pk}"


class Proof(Model):
    """A closed matter that shows it."""

    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="proofs")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["example", "matter"], name="examples_proof_once")]
