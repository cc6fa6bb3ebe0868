"""The matter and everything that hangs on it. What was said lives in the journal's words; here stand codes and dates.

All ``*_due`` are the last day in time, in the town's time zone: a limit ends at 24:00 of that day.
"""

from django.db import models
from django.db.models import F, Q

from luoshi.core.org.models import Person, Unit
from luoshi.core.plan.models import Goal
from luoshi.kit.days import day_of


class State(models.TextChoices):
    REGISTERED = "registered", "已立项"
    ASSIGNED = "assigned", "已交办"
    CONTESTED = "contested", "有异议"
    WORKING = "working", "办理中"
    PLANNED = "planned", "按方案办理"
    WAITING = "waiting", "中止"
    SENT_UP = "sent_up", "已上报"
    CLAIMED = "claimed", "待核查"
    VERIFIED = "verified", "待销号"
    CLOSED = "closed", "已销号"
    VOIDED = "voided", "已撤销"


ENDED = (State.CLOSED, State.VOIDED)
OPEN = tuple(state for state in State if state not in ENDED)


class Grade(models.TextChoices):
    ORDINARY = "ordinary", "一般"
    MAJOR = "major", "重大复杂"


class Secrecy(models.TextChoices):
    OPEN = "open", "镇内公开"
    INTERNAL = "internal", "办理单位可见"
    RESTRICTED = "restricted", "指定人员可见"
    ACCUSATION = "accusation", "检举控告"


class Category(models.Model):
    """A kind of problem, with the goal that it serves unless said otherwise."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    code = models.CharField(max_length=40)
    name = models.CharField("类别", max_length=60)
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "code"], name="matters_category_code")]

    def __str__(self) -> str:
        return self.name


class ClockRule(models.Model):
    """The clock as a town has set it, in versions with their source; ``figures`` overrides ``rules.STANDARD``."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    figures = models.JSONField(default=dict)
    in_force_from = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "version"], name="matters_clockrule_version")]


class Matter(models.Model):
    """Whatever the town has to see through: a clock, evidence and an end."""

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
                fields=["town", "resolve_due", "id"],
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


class CoUnit(models.Model):
    """A unit that helps the lead unit."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="co_units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["unit", "matter"], name="matters_counit_unit")]
        constraints = [models.UniqueConstraint(fields=["matter", "unit"], name="matters_counit_once")]


class DateMove(models.Model):
    """A due date that was moved: the old one is kept for ever and shown beside the new."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="date_moves")
    event_id = models.BigIntegerField()
    which = models.CharField(max_length=16, choices=[("assign", "交办"), ("report", "反馈"), ("resolve", "办结")])
    old = models.DateField()
    new = models.DateField()
    why = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField()


class Handling(models.Model):
    """Everybody who ever handled the matter, for which unit: none of them may judge it."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="handlings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "matter"], name="matters_handling_person")]


class Pause(models.Model):
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


class Report(models.Model):
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


class Request(models.Model):
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


class Claim(models.Model):
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


class NamedVerifier(models.Model):
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


class Raiser(models.Model):
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
        ]

    @property
    def can_be_asked(self) -> bool:
        return bool(self.person_id or self.receipt_digest)


class Evaluation(models.Model):
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


class Verdict(models.Model):
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


class Urging(models.Model):
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
