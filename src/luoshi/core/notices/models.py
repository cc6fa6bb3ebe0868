"""What somebody has been told, in the program and by e-mail."""

from django.db import models
from django.db.models import Q

from luoshi.core.matters.models import Matter
from luoshi.core.org.models import Person
from luoshi.kit.models import Model

DATES = "dates"
"""The kind of the one notice of a day that says how many matters' dates were moved."""


class Notice(Model):
    """One person told of one event of a matter, once. The sentence is made when it is read, from verb and matter.

    In place of ``matter`` another thing may stand by its text id (``kind`` and ``key``, see ``registry``), or ``DATES``
    with the town: then ``count`` says how many matters it is about.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40, blank=True, default="", db_default="")
    key = models.BigIntegerField(null=True)
    count = models.PositiveIntegerField(default=1, db_default=1)
    event_id = models.BigIntegerField(null=True)
    what = models.CharField(max_length=40)
    on = models.DateField(help_text="the day it is about; with person, matter and what it makes a reminder unique")
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    @property
    def ref(self) -> str:
        """The text id of what it is about, where that is no matter."""
        return f"{self.kind}:{self.key}" if self.kind else ""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "event_id"], condition=Q(event_id__isnull=False), name="notices_once_an_event"
            ),
            models.UniqueConstraint(
                fields=["person", "matter", "what", "on"], condition=Q(event_id__isnull=True), name="notices_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "key", "what", "on"],
                condition=Q(event_id__isnull=True, matter__isnull=True),
                name="notices_once_a_day_of_others",
            ),
            models.CheckConstraint(
                condition=Q(matter__isnull=False, kind="", key__isnull=True)
                | Q(matter__isnull=True, key__isnull=False) & ~Q(kind=""),
                name="notices_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notices_person_newest"),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notices_unread"),
            models.Index(
                fields=["person"], condition=Q(read_at__isnull=True, mailed_at__isnull=True), name="notices_unmailed"
            ),
        ]


class Digest(Model):
    """The e-mail that went to a person on a day: at most one, retried until it went."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    notices = models.PositiveIntegerField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "on"], name="notices_one_digest_a_day")]


class Sweep(Model):
    """Up to which day a town's due dates have been read, so that only what fell due since is read again."""

    town_id = models.BigIntegerField(primary_key=True)
    told_until = models.DateField()
