"""Goals: a tree of four levels, from data; the town's plan, sentence by sentence, with what carries each out; the
phases of the campaign."""

from django.db import models
from django.db.models import F, Q

from luoshi.core.org.models import Person, Unit
from luoshi.core.plan.reading.tree import Kind
from luoshi.kit.models import Model


class GoalLevel(models.TextChoices):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县（市）"
    TOWN = "town", "乡镇"


class Goal(Model):
    """One goal; findings, measures and matters hang on it."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="goals")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    code = models.CharField("代码", max_length=40)
    level = models.CharField("层级", max_length=16, choices=GoalLevel.choices)
    name = models.CharField("目标", max_length=120)
    source = models.CharField("出处", max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "code"], name="plan_goal_code")]
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class PlanText(Model):
    """A plan of the town, whatever its wording is by now."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("方案", max_length=120)
    source = models.CharField("出处", max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return f"plan:{self.pk}"


class Version(Model):
    """One wording of a plan. ``text`` is the decoded source and never changes; ``notes`` say how it was read."""

    plan = models.ForeignKey(PlanText, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版次")
    text = models.TextField("原文")
    file_name = models.CharField("文件", max_length=200, blank=True)
    notes = models.JSONField(default=list)
    enumerations = models.JSONField(default=list)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once")]


class Part(Model):
    """One sentence in its place (``start`` to ``end`` in the version's text), and who sees to it.

    ``place`` orders the parts of a version. ``number`` and ``text`` are its words without line ends. ``corrected``: a
    person said what it is. ``is_plain``: it asks nobody to do anything. ``due_words`` are the words of the text from
    which ``due`` was read.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="parts")
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.label) for kind in Kind])
    number = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    start = models.PositiveIntegerField()
    text_start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    corrected = models.BooleanField(default=False)
    is_plain = models.BooleanField("只是说明", default=False)
    alias = models.CharField("短题", max_length=40, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="责任单位")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="责任人")
    due = models.DateField("时限", null=True)
    due_words = models.CharField(max_length=60, blank=True)
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, null=True, related_name="measures", verbose_name="目标")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "start"], name="plan_part_place_in_text"),
            models.CheckConstraint(
                condition=Q(start__lte=F("text_start")) & Q(text_start__lt=F("end")), name="plan_part_has_words"
            ),
        ]
        indexes = [models.Index(fields=["version", "place"], name="plan_part_order")]
        ordering = ["place"]

    @property
    def words(self) -> str:
        return f"{self.number}{self.text}"


class Link(Model):
    """What carries a sentence out: a figure's source (see ``kit.ledgers.figures``). ``whole``: the whole measure."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="links")
    source = models.CharField("台账和条件", max_length=300)
    label = models.CharField("叫法", max_length=60)
    whole = models.BooleanField("管整条措施", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "source"], name="plan_link_once")]


class CampaignPhase(Model):
    """A phase of the campaign, both days included."""

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("阶段", max_length=40)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    what = models.CharField("做什么", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="plan_phase_days"),
            models.UniqueConstraint(fields=["town", "name"], name="plan_phase_name"),
        ]
        ordering = ["starts_on", "pk"]
