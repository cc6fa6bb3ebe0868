"""Who raised a matter, and what they say of its end."""

from django.db import models
from django.db.models import Q

from luoshi.core.matters.models.matter import Matter
from luoshi.core.matters.models.reports import Claim
from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class Raiser(Model):
    """Who raised it. Belongs to a matter once there is one; before, to its origin alone; merged findings bring theirs.

    ``name`` and ``contact`` serve to answer the raiser (legal duty) and are emptied by erasure; ``receipt_digest`` is
    the SHA-256 of the code that the raiser keeps.
    """

    class Kind(models.TextChoices):
        CITIZEN = "citizen", "群众"
        CADRE = "cadre", "党员干部"
        SERVED = "served", "服务对象"
        SUPERIOR = "superior", "上级"
        PEER = "peer", "同级"
        MEETING = "meeting", "会议"

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, related_name="raisers")
    origin_kind = models.CharField(max_length=32)
    origin_ref = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=60, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    receipt_digest = models.CharField(max_length=64, null=True, unique=True)
    source_hidden = models.BooleanField(default=True, help_text="only the office sees who it was")
    raised_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["town", "origin_kind", "origin_ref"], name="matters_raiser_origin"),
            models.Index(fields=["matter", "person"], condition=Q(person__isnull=False), name="matters_raiser_person"),
            models.Index(fields=["kind", "matter"], name="matters_raiser_kind"),
        ]

    @property
    def can_be_asked(self) -> bool:
        return bool(self.person_id or self.receipt_digest)


class Evaluation(Model):
    """One raiser asked about one claim: once, and reminded once. Silence is ``no_answer``, never satisfied."""

    class Answer(models.TextChoices):
        WAITING = "", "待评价"
        SATISFIED = "satisfied", "满意"
        FAIRLY = "fairly", "基本满意"
        UNSATISFIED = "unsatisfied", "不满意"
        NO_ANSWER = "no_answer", "未答复"
        NOT_ASKED = "not_asked", "未征询"
        MOOT = "moot", "申请已撤回，无需评价"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="evaluations")
    raiser = models.ForeignKey(Raiser, on_delete=models.PROTECT, related_name="evaluations")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="evaluations")
    asked_at = models.DateTimeField()
    answer_due = models.DateField()
    reminded_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=16, choices=Answer.choices, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    is_late = models.BooleanField(default=False)
    event_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["raiser", "claim"], name="matters_evaluation_once")]
        indexes = [
            models.Index(fields=["answer_due"], condition=Q(answer=""), name="matters_evaluation_waiting"),
            models.Index(fields=["answer", "matter"], name="matters_evaluation_said"),
            models.Index(fields=["matter"], condition=Q(is_late=True), name="matters_evaluation_late"),
            models.Index(fields=["-answered_at"], name="matters_evaluation_newest"),
        ]
