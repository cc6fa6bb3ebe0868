"""Files, content-addressed outside the database, and where each was put in evidence."""

from django.db import models

from luoshi.core.org.models import Person
from luoshi.kit.models import Model


class StoredFile(Model):
    """One content, kept once under its SHA-256; ``media_type`` is what the content is, whatever its name said."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)


class Item(Model):
    """A file put beside an event of a stream (``matter:12``). An erased item keeps its place and loses its file."""

    stream = models.CharField(max_length=64)
    event_id = models.BigIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="items")
    name = models.CharField(max_length=120)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["stream", "event_id"], name="evidence_item_place")]
