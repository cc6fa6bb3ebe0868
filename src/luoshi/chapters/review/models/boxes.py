"""The complaints box, and what one address did today."""

from django.db import models
from django.db.models import Q

from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class Complaint(Model):
    """What somebody says about the program itself or about the burden that it is. Seen by office and discipline."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    text = models.TextField("投诉建议")
    contact = models.CharField("联系方式", max_length=120, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()
    outcome = models.TextField("处理情况", blank=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["town", "-id"], name="review_complaint_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, outcome="") | (Q(settled_at__isnull=False) & ~Q(outcome="")),
                name="review_complaint_settled",
            )
        ]

    @property
    def stream(self) -> str:
        return f"complaint:{self.pk}"


class Tally(Model):
    """How often one address did one thing since a moment. ``who`` is a hash with a key of the day; rows live a day."""

    kind = models.CharField(max_length=16)
    who = models.CharField(max_length=64)
    since = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "who"], name="review_tally_once")]
