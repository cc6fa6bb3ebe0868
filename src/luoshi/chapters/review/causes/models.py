"""Root causes as chains of whys, what has them, and what a town sets for its pain points and its map."""

from django.db import models
from django.db.models import F, Q

from luoshi.chapters.review.models import Finding
from luoshi.core.matters.models import Matter
from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class CauseKind(Model):
    """A kind of cause. While a town has none of its own, ``kinds.toml`` holds."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    name = models.CharField("类别", max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "code"], name="causes_kind_code")]


class Cause(Model):
    """A root cause. ``whys`` are one to five answers to 为什么, each to the one before; the last is the root.

    ``under``: the deeper cause from which this one comes; never round in a circle.
    """

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=40)
    whys = models.JSONField("为什么")
    under = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="above")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["town", "-id"], name="causes_town_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(under__isnull=True) | ~Q(under=F("id")), name="causes_not_under_itself")
        ]

    def __str__(self) -> str:
        return self.root

    @property
    def root(self) -> str:
        return str(self.whys[-1])

    @property
    def stream(self) -> str:
        return f"cause:{self.pk}"


class CauseLink(Model):
    """A matter, or a finding that is no matter yet, with its one root cause."""

    cause = models.ForeignKey(Cause, on_delete=models.PROTECT, related_name="links")
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, null=True, related_name="+")
    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(matter__isnull=False, finding__isnull=True) | Q(matter__isnull=True, finding__isnull=False),
                name="causes_link_of_one",
            )
        ]


class PainRule(Model):
    """How heavy a pain point is, as the town has set it, in versions with the reason."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    people = models.PositiveSmallIntegerField("每个提的人")
    weeks = models.PositiveSmallIntegerField("每拖一周")
    places = models.PositiveSmallIntegerField("每个村或单位")
    reason = models.CharField("理由", max_length=200)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "version"], name="causes_rule_version")]


class VillageSpot(Model):
    """Where a village is drawn: 0 to 100 from the west, 0 to 100 from the north. A sketch, no coordinates."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, primary_key=True, related_name="+")
    x = models.PositiveSmallIntegerField()
    y = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(x__lte=100, y__lte=100), name="causes_spot_on_the_sheet")]
