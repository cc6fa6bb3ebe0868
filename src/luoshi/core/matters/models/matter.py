"""The matter itself."""

from django.db import models
from django.db.models import Q

from luoshi.core.matters.models.settings import Category
from luoshi.core.matters.models.states import ENDED, Grade, Secrecy, State
from luoshi.core.org.models import Person, Unit
from luoshi.core.plan.models import Goal
from luoshi.kit.days import day_of
from luoshi.kit.models import Model


class Matter(Model):
    """Whatever the town has to see through: a clock, evidence and an end."""

    CARRIED = "carried"
    """``origin_kind`` of what an older ledger brought in: what was done to it before, nobody here saw."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("事项", max_length=120)
    problem = models.TextField("问题表现", blank=True)
    cause = models.TextField("根源", blank=True)
    measures = models.TextField("整改措施", blank=True)
    progress = models.TextField("进展", blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+")
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, null=True, related_name="matters")
    goal_is_default = models.BooleanField(default=False)
    grade = models.CharField("等级", max_length=16, choices=Grade.choices)
    secrecy = models.CharField("知悉范围", max_length=16, choices=Secrecy.choices, default=Secrecy.OPEN)
    origin_kind = models.CharField(max_length=32)
    origin_ref = models.CharField(max_length=64, blank=True)
    known_end = models.BooleanField(
        default=False,
        help_text="the end was known before the matter was entered (replay, carried in): outside all rates",
    )

    state = models.CharField("状态", max_length=16, choices=State.choices)
    left_state = models.CharField(max_length=16, choices=State.choices, blank=True)
    lead_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    leader = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    handler = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    standard = models.TextField("办结标准", blank=True)
    round = models.PositiveSmallIntegerField(default=1)

    received_at = models.DateTimeField("收到时间")
    clock_from = models.DateField(help_text="the day the present round's clock began")
    explicit_due = models.DateField(null=True)
    assign_due = models.DateField("交办期限")
    report_due = models.DateField("反馈期限")
    resolve_due = models.DateField("办结期限")
    due_is_provisional = models.BooleanField(default=False)
    calendar_version = models.CharField(max_length=80)
    clock_version = models.PositiveIntegerField(default=0)

    assigned_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True, help_text="the claim that was then verified")
    ended_at = models.DateTimeField(null=True)
    paused_on = models.DateField(null=True)
    last_at = models.DateTimeField(help_text="when its last event happened: no later act may be dated before it")
    result = models.TextField("结果", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["town", "-id"], name="matters_town_newest"),
            models.Index(fields=["town", "-id"], name="matters_reopened", condition=Q(round__gt=1)),
            models.Index(
                fields=["town", "place", "lead_unit", "received_at", "secrecy", "leader", "handler"],
                name="matters_open_places",
                condition=~Q(state__in=ENDED),
            ),
            models.Index(
                fields=[
                    *("town", "resolve_due", "state", "secrecy", "claimed_at", "paused_on"),
                    *("lead_unit", "leader", "handler"),
                ],
                name="matters_open_figures",
                condition=~Q(state__in=ENDED),
            ),
            models.Index(
                fields=[
                    *("lead_unit", "received_at", "state", "secrecy", "known_end", "resolved_at", "resolve_due"),
                    *("town", "leader", "handler"),
                ],
                name="matters_unit_year",
            ),
            models.Index(
                fields=[
                    *("town", "lead_unit", "resolve_due", "id", "state", "secrecy", "claimed_at", "paused_on"),
                    *("leader", "handler"),
                ],
                name="matters_open_of_unit",
                condition=~Q(state__in=ENDED),
            ),
            models.Index(
                fields=["town", "handler", "resolve_due", "id", "state"],
                name="matters_open_of_handler",
                condition=~Q(state__in=ENDED),
            ),
            models.Index(fields=["town", "report_due"], name="matters_open_report", condition=~Q(state__in=ENDED)),
            models.Index(fields=["town", "resolve_due", "id"], name="matters_town_due"),
            models.Index(fields=["town", "resolve_due", "id"], name="matters_open_due", condition=~Q(state__in=ENDED)),
            models.Index(
                fields=["town", "resolve_due", "id", "state", "secrecy", "leader", "handler"],
                name="matters_open_office",
                condition=Q(state__in=["registered", "contested", "claimed", "verified"]),
            ),
            models.Index(
                fields=[
                    *("town", "goal", "resolve_due", "state", "secrecy", "claimed_at", "paused_on"),
                    *("lead_unit", "leader", "handler"),
                ],
                name="matters_open_goal_due",
                condition=~Q(state__in=ENDED),
            ),
            models.Index(
                fields=["town", "goal", "state", "secrecy", "lead_unit", "leader", "handler"],
                name="matters_closed_goal",
                condition=Q(state="closed"),
            ),
            models.Index(fields=["lead_unit", "-id"], name="matters_unit_newest"),
            models.Index(fields=["town", "state", "-id"], name="matters_town_state"),
            models.Index(fields=["town", "received_at", "secrecy", "leader", "handler"], name="matters_town_received"),
            models.Index(fields=["town", "ended_at"], name="matters_town_ended", condition=Q(ended_at__isnull=False)),
            models.Index(fields=["town", "received_at"], name="matters_open_received", condition=~Q(state__in=ENDED)),
            models.Index(fields=["town", "-id"], name="matters_no_goal", condition=Q(goal__isnull=True)),
            models.Index(fields=["lead_unit", "resolve_due", "id"], name="matters_unit_due"),
            models.Index(fields=["origin_kind", "origin_ref"], name="matters_origin"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["registered", "voided"]) | Q(lead_unit__isnull=False), name="matters_led"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["working", "planned", "claimed", "verified", "closed"])
                | Q(handler__isnull=False),
                name="matters_handled",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | (~Q(result="") & Q(resolved_at__isnull=False) & Q(ended_at__isnull=False)),
                name="matters_closed_with_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        return f"{day_of(self.received_at).year}-{self.pk:06d}"

    @property
    def stream(self) -> str:
        return f"matter:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED
