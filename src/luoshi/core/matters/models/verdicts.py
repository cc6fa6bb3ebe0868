"""Who judges a matter's end, and how."""

from django.db import models
from django.db.models import F, Q

from luoshi.core.matters.models.matter import Matter
from luoshi.core.matters.models.raisers import Evaluation
from luoshi.core.matters.models.reports import Claim
from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class NamedVerifier(Model):
    """Who was named to verify or look again; ``exceptional``: named by the secretary because no other unit was left."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="named_verifiers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    task = models.CharField(max_length=16, choices=[("verify", "核查"), ("look", "回头看")])
    exceptional = models.BooleanField(default=False)
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    named_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "matter"], condition=Q(done_at__isnull=True), name="matters_named_waiting")
        ]


class Verdict(Model):
    """Somebody of another unit judged: the claim, a raiser's dissent, or the closed matter looked at again.

    The row copies the handler and the lead unit that it judges, so that the row itself can refuse to be their own.
    """

    class Kind(models.TextChoices):
        VERIFY = "verify", "核查"
        DISSENT = "dissent", "复核"
        LOOK = "look", "回头看"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="verdicts")
    event_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    round = models.PositiveSmallIntegerField()
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="verdicts")
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, null=True, related_name="verdicts")
    judge = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    judge_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    lead_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    passed = models.BooleanField()
    exceptional = models.BooleanField(default=False)
    judged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(judge=F("handler")), name="matters_verdict_not_own"),
            models.CheckConstraint(condition=~Q(judge_unit=F("lead_unit")), name="matters_verdict_other_unit"),
        ]
