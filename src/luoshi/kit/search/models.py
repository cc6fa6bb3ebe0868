"""What can be found by words."""

from django.db import models

from luoshi.kit.models import Model


class Entry(Model):
    """The words of one thing, as bigrams. The index beside it follows by itself, inside the database.

    ``id`` is the kind's slot and the thing's key in one number (``slots.py``), so that the things of one kind stand
    together in the index, in the order of their keys.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField("种类", max_length=80)
    key = models.BigIntegerField("编号")
    bigrams = models.TextField("双字词")

    class Meta:
        verbose_name = verbose_name_plural = "检索词"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="search_one_entry")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
