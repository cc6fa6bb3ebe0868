"""Goals: a tree of four levels, from data. (The plan's own text joins them here later.)"""

from django.db import models

from luoshi.core.org.models import Unit


class GoalLevel(models.TextChoices):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县（市）"
    TOWN = "town", "乡镇"


class Goal(models.Model):
    """One goal; findings, measures and matters hang on it."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="goals")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    code = models.CharField("代码", max_length=40)
    level = models.CharField("层级", max_length=16, choices=GoalLevel.choices)
    name = models.CharField("目标", max_length=120)
    source = models.CharField("出处", max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "code"], name="plan_goal_code")]
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name
