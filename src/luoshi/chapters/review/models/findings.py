"""Findings from the six channels (三提两点一议)."""

from django.db import models
from django.db.models import F, Q

from luoshi.core.matters.models import Category, Matter, Raiser
from luoshi.core.org.models import Person, Unit
from luoshi.kit.days import day_of
from luoshi.kit.models import Model

ORIGIN = "review.finding"


class Channel(models.TextChoices):
    """三提 (citizens, cadres, those served), 两点 (from above, from peers), 一议 (a meeting)."""

    CITIZEN = Raiser.Kind.CITIZEN.value, "基层群众提"
    CADRE = Raiser.Kind.CADRE.value, "党员干部提"
    SERVED = Raiser.Kind.SERVED.value, "服务对象提"
    SUPERIOR = Raiser.Kind.SUPERIOR.value, "上级点"
    PEER = Raiser.Kind.PEER.value, "同级点"
    MEETING = Raiser.Kind.MEETING.value, "会议议"


POINTED = (Channel.SUPERIOR, Channel.PEER)
FROM_PUBLIC = (Channel.CITIZEN, Channel.SERVED)


class Mode(models.TextChoices):
    """How the two kinds of pointing were done."""

    IN_PERSON = "in_person", "当面点"
    WRITTEN = "written", "书面点"


class Via(models.TextChoices):
    """How somebody else's words came to who entered them; empty: entered by the one who raised it."""

    PHONE = "phone", "电话"
    COUNTER = "counter", "窗口"


class State(models.TextChoices):
    NEW = "new", "待处理"
    OPENED = "opened", "已立项"
    MERGED = "merged", "已并入"
    ANSWERED = "answered", "已答复"


class Finding(Model):
    """A problem as somebody said it. ``received_at`` is when the town received the words: there the clock starts.

    ``old_number`` is what an older list called it, from which it was carried in.
    """

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField("渠道", max_length=16, choices=Channel.choices)
    mode = models.CharField("方式", max_length=16, choices=Mode.choices, blank=True)
    via = models.CharField("代录方式", max_length=16, choices=Via.choices, blank=True)
    title = models.CharField("问题", max_length=120)
    words = models.TextField("原话")
    place = models.CharField("地点", max_length=120, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+")
    old_number = models.CharField("原编号", max_length=60, blank=True, default="", db_default="")
    document = models.CharField("文件名称和文号", max_length=120, blank=True)
    heard_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    meeting_name = models.CharField("会议名称", max_length=120, blank=True)
    meeting_on = models.DateField("会议日期", null=True)
    meeting_people = models.TextField("参会人员", blank=True)
    received_at = models.DateTimeField("收到时间")
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField("录入时间")
    is_accusation = models.BooleanField("检举控告", default=False)
    source_hidden = models.BooleanField("提出人保密", default=True)

    state = models.CharField("状态", max_length=16, choices=State.choices, default=State.NEW)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, related_name="+")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    answer = models.TextField("答复", blank=True)
    answered_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(help_text="when its last event happened: no later act may be dated before it")

    class Meta:
        indexes = [
            models.Index(fields=["town", "is_accusation", "-id"], name="review_town_newest"),
            models.Index(
                fields=["town", "-id", "is_accusation", "entered_by", "heard_by"],
                name="review_new",
                condition=Q(state="new"),
            ),
            models.Index(fields=["town", "received_at"], name="review_town_received"),
            models.Index(fields=["town", "received_at"], name="review_new_received", condition=Q(state="new")),
            models.Index(
                # the flag too: SQLite looks into each row for a column that its statement names, said twice or not
                fields=["town", "received_at", "category", "is_accusation", "entered_by", "heard_by"],
                name="review_month_counts",
                condition=Q(is_accusation=False),
            ),
            models.Index(fields=["town", "state", "-id"], name="review_by_state", condition=Q(is_accusation=False)),
            models.Index(fields=["town", "channel", "-id"], name="review_by_channel", condition=Q(is_accusation=False)),
            models.Index(fields=["town", "unit", "-id"], name="review_by_unit", condition=Q(is_accusation=False)),
            models.Index(
                fields=["town", "category", "-id"], name="review_by_category", condition=Q(is_accusation=False)
            ),
            models.Index(fields=["unit", "received_at"], name="review_unit_received"),
            models.Index(fields=["entered_by", "-id"], name="review_entered"),
            models.Index(fields=["town", "old_number"], condition=~Q(old_number=""), name="review_old_number"),
            models.Index(fields=["heard_by", "-id"], name="review_heard", condition=Q(heard_by__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(channel__in=POINTED) & ~Q(mode="")) | (~Q(channel__in=POINTED) & Q(mode="")),
                name="review_mode_of_pointing",
            ),
            models.CheckConstraint(condition=~Q(mode="written") | ~Q(document=""), name="review_written_document"),
            models.CheckConstraint(
                condition=~Q(mode="in_person") | Q(heard_by__isnull=False), name="review_in_person_heard"
            ),
            models.CheckConstraint(
                condition=~Q(channel="meeting")
                | (~Q(meeting_name="") & Q(meeting_on__isnull=False) & ~Q(meeting_people="")),
                name="review_meeting_told",
            ),
            models.CheckConstraint(
                condition=Q(via="") | Q(entered_by__isnull=False), name="review_on_behalf_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(state="new", matter__isnull=True, merged_into__isnull=True)
                | Q(state="opened", matter__isnull=False, merged_into__isnull=True)
                | Q(state="merged", matter__isnull=False, merged_into__isnull=True)
                | Q(state="merged", matter__isnull=True, merged_into__isnull=False)
                | (Q(state="answered", matter__isnull=True, merged_into__isnull=True) & ~Q(answer="")),
                name="review_became",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="review_not_into_itself"
            ),
            models.CheckConstraint(condition=~Q(is_accusation=True, state="merged"), name="review_accusation_alone"),
            models.CheckConstraint(
                condition=Q(received_at__lte=F("entered_at")), name="review_received_before_entered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        return f"问{day_of(self.received_at).year}-{self.pk:06d}"

    @property
    def stream(self) -> str:
        return f"finding:{self.pk}"

    @property
    def channel_label(self) -> str:
        """The channel with its mode: 上级点（书面点）."""
        mode = f"（{self.get_mode_display()}）" if self.mode else ""
        return f"{self.get_channel_display()}{mode}"
