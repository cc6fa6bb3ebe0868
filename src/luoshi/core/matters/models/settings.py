"""What a town has set for its matters: categories and the clock."""

from django.db import models

from luoshi.core.org.models import Unit
from luoshi.core.plan.models import Goal
from luoshi.kit.models import Model


class Category(Model):
    """A kind of problem, with the goal that it serves unless said otherwise."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    code = models.CharField(max_length=40)
    name = models.CharField("类别", max_length=60)
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "code"], name="matters_category_code")]

    def __str__(self) -> str:
        return self.name


class ClockRule(Model):
    """The clock as a town has set it, in versions with their source; ``figures`` overrides ``rules.STANDARD``."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    figures = models.JSONField(default=dict)
    in_force_from = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "version"], name="matters_clockrule_version")]
