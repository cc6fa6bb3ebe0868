"""Official documents from the first draft to the archive: papers, their figures, their numbers, who gets them.

What was said about a paper in an act lives in the journal's words; its own text lives here, every version of it.
"""

from django.db import models
from django.db.models import F, Q

from luoshi.core.matters.models import Matter
from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class Kind(models.TextChoices):
    NOTICE = "notice", "通知"
    CIRCULAR = "circular", "通报"
    SUPERVISION = "supervision", "督办单"
    SITUATION = "situation", "情况报告"
    MINUTES = "minutes", "会议纪要"
    BRIEF = "brief", "月度简报"
    ANNUAL = "annual", "年度报告"


class State(models.TextChoices):
    DRAFT = "draft", "拟稿"
    SUBMITTED = "submitted", "待核稿"
    REVIEWED = "reviewed", "待签发"
    ISSUED = "issued", "已签发"
    ARCHIVED = "archived", "已归档"
    WITHDRAWN = "withdrawn", "已撤回"


UNISSUED = (State.DRAFT, State.SUBMITTED, State.REVIEWED)
OUT = (State.ISSUED, State.ARCHIVED)


class Reach(models.TextChoices):
    TOWN = "town", "镇内公开"
    NAMED = "named", "限主送、抄送单位"


class Series(Model):
    """One run of numbers: 发文机关代字 with the 发文机关标志, 署名 and 印发机关 that go with it.

    ``printed_by`` stands in 版记 (7.4.3: the office that has the paper printed); empty: whoever signs.
    """

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    code = models.CharField("代字", max_length=20)
    mark = models.CharField("发文机关标志", max_length=80)
    signed_as = models.CharField("署名", max_length=80)
    printed_by = models.CharField("印发机关", max_length=80, blank=True, default="")
    closed_on = models.DateField("停用日期", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["town", "code"], name="papers_series_code", violation_error_message="已有这个发文代字。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}（{self.mark}）"


class KindSeries(Model):
    """Whose mark and number a kind of paper bears unless its writer chooses another: the town's own rule, a row a kind."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("文种", max_length=16, choices=Kind.choices)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="kinds")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "kind"], name="papers_kind_series")]


class YearRun(Model):
    """The numbers of a series in a year. Whoever issues locks this row: numbers come one after the other.

    ``before`` is the last number used on paper before the program numbered; ``last`` the last one used at all.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField()
    before = models.PositiveIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="papers_one_run_a_year"),
            models.CheckConstraint(condition=Q(last__gte=F("before")), name="papers_run_goes_on"),
        ]


class Template(Model):
    """A town's own template, one row a version; the file is evidence of its stream. A version is never changed."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("模板名称", max_length=60)
    kind = models.CharField("文种", max_length=16, choices=Kind.choices)
    version = models.PositiveSmallIntegerField()
    fields = models.JSONField(default=list)
    item_id = models.BigIntegerField(help_text="the piece of evidence that is the file")
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "name", "version"], name="papers_template_version")]

    def __str__(self) -> str:
        return f"{self.name}（第 {self.version} 版）"

    @property
    def stream(self) -> str:
        return f"papertemplate:{self.pk}"


class Paper(Model):
    """One document. ``serial`` is given in the act of issuing and never again to another; ``issued_on`` is 成文日期.

    ``alone``: the secretary signed what the secretary also drafted or checked, and it shows. ``origin`` says from what it
    was drawn (``matter:12``, ``month:2026-10``), ``about`` is that matter. ``version`` counts the texts that were kept.
    """

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("文种", max_length=16, choices=Kind.choices)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    reach = models.CharField("知悉范围", max_length=8, choices=Reach.choices, default=Reach.TOWN)
    title = models.CharField("标题", max_length=200)
    recipients = models.CharField("主送", max_length=500, blank=True)
    copies_to = models.CharField("抄送", max_length=500, blank=True)
    note = models.CharField("附注", max_length=200, blank=True)
    body = models.TextField("正文", blank=True)
    version = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=64, blank=True)
    about = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, related_name="+")
    template = models.ForeignKey(Template, on_delete=models.PROTECT, null=True, related_name="papers")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="papers")
    year = models.PositiveSmallIntegerField(null=True)
    serial = models.PositiveIntegerField(null=True)
    drafter = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    signer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    alone = models.BooleanField(default=False)
    drafted_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    issued_on = models.DateField(null=True)
    archived_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year", "serial"], condition=Q(serial__isnull=False), name="papers_number_once"
            ),
            models.CheckConstraint(
                condition=Q(serial__isnull=True, year__isnull=True, issued_at__isnull=True, issued_on__isnull=True)
                | Q(serial__gte=1, year__isnull=False, issued_at__isnull=False, issued_on__isnull=False),
                name="papers_number_with_issue",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN)
                | Q(state__in=[State.ISSUED, State.ARCHIVED], serial__isnull=False)
                | Q(state__in=[State.DRAFT, State.SUBMITTED, State.REVIEWED], serial__isnull=True),
                name="papers_issued_is_numbered",
            ),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True) | Q(reviewer__isnull=False, signer__isnull=False),
                name="papers_issued_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | Q(alone=True) | ~Q(reviewer=F("drafter")),
                name="papers_reviewer_other",
            ),
            models.CheckConstraint(
                condition=Q(signer__isnull=True) | Q(alone=True) | (~Q(signer=F("drafter")) & ~Q(signer=F("reviewer"))),
                name="papers_signer_other",
            ),
        ]
        indexes = [
            models.Index(fields=["town", "state", "-id"], name="papers_by_state"),
            models.Index(fields=["town", "origin"], name="papers_by_origin"),
            models.Index(fields=["drafter"], name="papers_own_drafts", condition=Q(state="draft")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        return f"paper:{self.pk}"

    @property
    def number(self) -> str:
        """云督〔2026〕3号; empty until it is issued. Needs ``series``."""
        return f"{self.series.code}〔{self.year}〕{self.serial}号" if self.serial else ""


class Version(Model):
    """One text of a paper as it was kept, by whom."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "number"], name="papers_version_once")]


class PaperFigure(Model):
    """A number in the text, by the ``name`` that the text calls it: it keeps its question (``source``).

    ``reviewed`` is what the reviewer saw. On issue ``value`` is frozen with ``taken_at``, as counted with the rights of
    the signer, and ``sentence`` says what was counted. ``typed`` stands in its place where somebody wrote over it, with the
    reason.
    """

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="figures")
    name = models.CharField("名称", max_length=40)
    source = models.CharField("出处", max_length=500)
    reviewed = models.BigIntegerField(null=True)
    value = models.BigIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    sentence = models.CharField(max_length=300, blank=True)
    typed = models.CharField("手填", max_length=40, blank=True)
    reason = models.CharField("手填的理由", max_length=200, blank=True)
    typed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "name"], name="papers_figure_name"),
            models.CheckConstraint(condition=Q(typed="") | ~Q(reason=""), name="papers_typed_has_reason"),
        ]

    @property
    def tag(self) -> str:
        """What it is called in a file of Word."""
        return f"paper-{self.paper_id}-{self.pk}"


class Delivery(Model):
    """A unit that gets the paper, and who signed for it there. Nobody measures how long it was read."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="deliveries")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "unit"], name="papers_delivery_once")]
        indexes = [
            models.Index(fields=["unit"], condition=Q(received_at__isnull=True), name="papers_not_received"),
        ]
