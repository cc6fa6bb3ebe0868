"""What the program noticed about findings: likenesses, a category, a unit, what is much spoken of. Never a decision."""

from django.db import models
from django.db.models import F, Q

from luoshi.chapters.review.models import Finding
from luoshi.core.matters.models import Category
from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class Suggestion(Model):
    """Two findings that may be one thing; ``one`` came first. ``reasons`` is a list of labels with their words, ``digest``
    that of both texts: a refusal holds as long as the texts are the same.

    ``waits``: undecided, and one of the two may still be merged into the other (``rules.waits``). Kept, because most pairs
    end by what becomes of their findings, and a page must not look through all of those. Every verb of a finding keeps it
    true (``actions.moved``); doctor recounts it.
    """

    class State(models.TextChoices):
        OPEN = "open", "待核对"
        ACCEPTED = "accepted", "已并入"
        REJECTED = "rejected", "不是同一件"

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    one = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    state = models.CharField("状态", max_length=16, choices=State.choices, default=State.OPEN)
    waits = models.BooleanField(default=True, db_default=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["town", "-id"], condition=Q(waits=True), name="likeness_waiting_newest"),
            models.Index(fields=["other", "state"], name="likeness_other"),
            models.Index(fields=["digest"], name="likeness_same_words"),
            models.Index(fields=["town", "-decided_at"], condition=~Q(state="open"), name="likeness_decided_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="likeness_pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="likeness_in_order"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="likeness_decided",
            ),
            models.CheckConstraint(condition=Q(waits=False) | Q(state="open"), name="likeness_waits_undecided"),
        ]


class Look(Model):
    """What the program proposes for one finding, with the words that speak for it; that it was looked at at all.

    ``learnt_category`` and ``learnt_unit`` are what a person decided and what has been counted since.
    """

    finding = models.OneToOneField(Finding, on_delete=models.CASCADE, primary_key=True, related_name="look")
    looked_at = models.DateTimeField()
    category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, related_name="+")
    category_why = models.JSONField(default=list)
    others = models.JSONField(default=list, help_text="ids of the next likely categories")
    unit = models.ForeignKey(Unit, on_delete=models.SET_NULL, null=True, related_name="+")
    unit_why = models.CharField(max_length=120, blank=True)
    learnt_category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, related_name="+")
    learnt_unit = models.ForeignKey(Unit, on_delete=models.SET_NULL, null=True, related_name="+")


class Vocabulary(Model):
    """In how many of a town's newest findings each gram stands. Remade by a job."""

    town = models.OneToOneField(Unit, on_delete=models.CASCADE, primary_key=True, related_name="+")
    texts = models.PositiveIntegerField()
    counts = models.JSONField()
    made_at = models.DateTimeField()


class WordCount(Model):
    """How many findings that a person gave to a category hold a word; the empty word counts them all. For a unit the word
    is ``#`` with the category's key."""

    class Kind(models.TextChoices):
        CATEGORY = "category", "类别"
        UNIT = "unit", "单位"

    town = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    target = models.BigIntegerField()
    word = models.CharField(max_length=24, blank=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "kind", "word", "target"], name="likeness_word_once"),
        ]


class Topic(Model):
    """Something that several findings of a month tell of. Remade by a job; ``place`` is its place on the page."""

    town = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    month = models.DateField(help_text="its first day")
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    words = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "month", "place"], name="likeness_topic_place")]


class TopicFinding(Model):
    """One finding of a topic."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="said")
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="topics")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "finding"], name="likeness_topic_once")]
