"""What happened to a matter on its way: who helps and handles, what moved, stood still or was pressed."""

from django.db import models
from django.db.models import F, Q

from luoshi.core.matters.models.matter import Matter
from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class CoUnit(Model):
    """A unit that helps the lead unit."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="co_units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["unit", "matter"], name="matters_counit_unit")]
        constraints = [models.UniqueConstraint(fields=["matter", "unit"], name="matters_counit_once")]


class DateMove(Model):
    """A due date that was moved: the old one is kept for ever and shown beside the new."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="date_moves")
    event_id = models.BigIntegerField()
    which = models.CharField(max_length=16, choices=[("assign", "交办"), ("report", "反馈"), ("resolve", "办结")])
    old = models.DateField()
    new = models.DateField()
    why = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField()


class Handling(Model):
    """Everybody who ever handled the matter, for which unit: none of them may judge it."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="handlings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "matter"], name="matters_handling_person")]


class Pause(Model):
    """An interval in which the clock stood still: a contest, waiting on somebody, or sent up."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=16, choices=[("contest", "异议"), ("wait", "中止"), ("sent_up", "上报")])
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(until__isnull=True), name="matters_one_pause"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="matters_pause_dates"
            ),
        ]


class Urging(Model):
    """A reminder or a coloured supervision slip; each counts as a burden on the unit that got it."""

    class Level(models.TextChoices):
        REMINDER = "reminder", "催办"
        BLUE = "blue", "蓝色督办单"
        ORANGE = "orange", "橙色督办单"
        RED = "red", "红色督办单"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="urgings")
    event_id = models.BigIntegerField()
    level = models.CharField(max_length=16, choices=Level.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    urged_at = models.DateTimeField()
