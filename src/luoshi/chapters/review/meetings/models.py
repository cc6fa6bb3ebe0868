"""Meetings: agenda, who is there, what was agreed, and minutes in versions (会议议)."""

from django.db import models
from django.db.models import Q

from luoshi.chapters.review.models import Finding
from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class Meeting(Model):
    """One meeting. Meetings of one ``name`` are a series: what a former one agreed comes back to the next."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("会议名称", max_length=60)
    held_at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=60, blank=True)
    chair = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorder = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(default=0, help_text="of the minutes; 0: not issued")
    made_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["town", "name", "-held_at"], name="meetings_series")]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return f"meeting:{self.pk}"

    @property
    def is_issued(self) -> bool:
        return self.version > 0


class AgendaItem(Model):
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    title = models.CharField("议题", max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="meetings_agenda_order")]


class Attendee(Model):
    """Somebody present: a person of the town, or a guest by name."""

    class Role(models.TextChoices):
        PRESENT = "present", "出席"
        SITTING_IN = "sitting_in", "列席"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendees")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    guest = models.CharField("来宾", max_length=60, blank=True)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.PRESENT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="meetings_present_once"),
            models.UniqueConstraint(fields=["meeting", "guest"], condition=~Q(guest=""), name="meetings_guest_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, guest="") | (Q(person__isnull=True) & ~Q(guest="")),
                name="meetings_one_or_guest",
            ),
        ]


class Resolution(Model):
    """What was agreed on an item. A finding or a task becomes a ``finding`` when the minutes are issued; a decision is
    kept as it is. ``since``, ``until``: the versions of the minutes in which it stands (``until`` empty: still)."""

    class Kind(models.TextChoices):
        FINDING = "finding", "问题"
        TASK = "task", "任务"
        DECISION = "decision", "决定"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="resolutions")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="resolutions")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    text = models.TextField("内容")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    due = models.DateField("完成时限", null=True)
    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.PositiveSmallIntegerField(default=1)
    until = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="decision") | Q(finding__isnull=True), name="meetings_decision_is_no_finding"
            ),
            models.CheckConstraint(condition=Q(due__isnull=True) | Q(kind="task"), name="meetings_due_of_tasks"),
        ]


class Minutes(Model):
    """Minutes as they were issued. ``body`` holds names and words, so that an old version reads as it did then."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="minutes")
    version = models.PositiveSmallIntegerField()
    body = models.JSONField()
    reason = models.CharField("改动的理由", max_length=200, blank=True)
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "version"], name="meetings_minutes_version"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="meetings_minutes_reason"),
        ]
