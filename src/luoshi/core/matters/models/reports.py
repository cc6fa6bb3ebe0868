"""What those who work on a matter say of it: reports, requests, claims."""

from django.db import models
from django.db.models import F, Q

from luoshi.core.matters.models.matter import Matter
from luoshi.core.matters.models.states import Grade
from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class Report(Model):
    """A feedback of the lead unit or of a co-unit, and how the office read it."""

    class Review(models.TextChoices):
        UNREAD = "", "待阅评"
        EXCELLENT = "excellent", "优秀"
        GOOD = "good", "良好"
        PASS = "pass", "合格"
        RETURNED = "returned", "退回"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="reports")
    event_id = models.BigIntegerField()
    round = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reporter = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    is_lead = models.BooleanField()
    due = models.DateField(null=True)
    reported_at = models.DateTimeField()
    review = models.CharField(max_length=16, choices=Review.choices, blank=True, default="")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(review=""), name="matters_report_unread")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | Q(reporter__isnull=True) | ~Q(reviewer=F("reporter")),
                name="matters_report_other_reviewer",
            )
        ]


class Request(Model):
    """Something asked by one and decided by another: extension, change of grade, voiding, a ruling, a plan."""

    class Kind(models.TextChoices):
        EXTEND = "extend", "延期"
        REGRADE = "regrade", "改级"
        VOID = "void", "撤销"
        RULE = "rule", "裁定"
        PLAN = "plan", "方案"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="requests")
    event_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(help_text="how many of its kind in this round, from 1")
    round = models.PositiveSmallIntegerField()
    asker = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    new_due = models.DateField(null=True)
    grade = models.CharField(max_length=16, choices=Grade.choices, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    steps = models.JSONField(default=list, help_text='a plan: [{"on": "2026-11-25", "what": "…"}]')
    decider = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "kind"], condition=Q(granted__isnull=True), name="matters_request_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(decider__isnull=True) | Q(asker__isnull=True) | ~Q(decider=F("asker")),
                name="matters_request_other_decider",
            ),
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_at__isnull=True)
                | Q(granted__isnull=False, decided_at__isnull=False),
                name="matters_request_decided",
            ),
        ]


class Claim(Model):
    """That the matter is solved, said by its handler, with the result against the standard of done."""

    class Outcome(models.TextChoices):
        PENDING = "pending", "待核查"
        VERIFIED = "verified", "核查通过"
        REFUSED = "refused", "核查不通过"
        WITHDRAWN = "withdrawn", "已撤回"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="claims")
    event_id = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    handler = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    lead_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    result = models.TextField()
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.PENDING)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "number"], name="matters_claim_number"),
            models.UniqueConstraint(
                fields=["matter"], condition=Q(outcome="pending"), name="matters_claim_one_pending"
            ),
        ]
