"""Tables of the journal: events, their words, the heads of their streams, and who has yet to be told.

The journal is the lowest of core and names people, posts and things as text ids (``person:12``, ``matter:40``); it has
no foreign key up.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models

from luoshi.kit.errors import Refused
from luoshi.kit.models import Model


def _refuse() -> Refused:
    return Refused("journal.append_only", "流水只增不改：已记下的事不能改动，也不能删除。", "请另记一条更正。")


class UnchangingRows(models.QuerySet[Any]):
    """Rows that can be added and read, nothing else. Everything else raises ``journal.append_only``."""

    def update(self, **kwargs: Any) -> int:
        raise _refuse()

    def delete(self) -> tuple[int, dict[str, int]]:
        raise _refuse()

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        raise _refuse()

    def bulk_create(self, objs: Iterable[Any], *args: Any, update_conflicts: bool = False, **kwargs: Any) -> list[Any]:
        if update_conflicts:
            raise _refuse()
        return super().bulk_create(objs, *args, **kwargs)


class Unchanging(Model):
    """A row written once. Who goes around this with SQL is found by ``verification``."""

    objects = models.Manager.from_queryset(UnchangingRows)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding or args or kwargs.get("force_update") or kwargs.get("update_fields"):
            raise _refuse()
        super().save(**{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise _refuse()


class Event(Unchanging):
    """One act, for ever. No free text and no personal data stands here, so erasure leaves the journal whole.

    ``leaf_hash`` is the RFC 6962 leaf hash over every other column in canonical form (see ``rules.canonical``);
    ``prev_hash`` is the leaf hash of the event before it in the same stream (64 zeros for the first).
    """

    id = models.BigIntegerField(primary_key=True)
    stream = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    principal = models.CharField(max_length=64, help_text="for whom a deputy acted; empty when in one's own name")
    post = models.CharField(max_length=64)
    unit = models.CharField(max_length=64)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    data = models.TextField(help_text="canonical JSON of codes, numbers and dates")
    words_digest = models.CharField(max_length=64, help_text="salted SHA-256 of the words; empty when there are none")
    prev_hash = models.CharField(max_length=64)
    leaf_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "journal_event"
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="journal_event_stream_seq")]


class Words(Model):
    """What was said in an act: the only home of its free text, destroyed with its salt when erased.

    ``body`` is canonical JSON of named texts (``{"reason": …}``). An erased row keeps neither body nor salt and names
    the event that erased it.
    """

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="words")
    salt = models.CharField(max_length=64)
    body = models.TextField()
    erased_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "journal_words"


class Stream(Model):
    """The head of one stream: a cut tail shows here even before sealing. Writers of one thing queue on its own row."""

    name = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    last_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "journal_stream"


class Outbox(Model):
    """An event that a consumer (``seal``, ``notices``) has not yet dealt with; written with the event itself.

    It lets a consumer read just what is new, in an order that never skips an event whose transaction ended late.
    """

    id = models.BigAutoField(primary_key=True)
    consumer = models.CharField(max_length=16)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "journal_outbox"
        constraints = [models.UniqueConstraint(fields=["consumer", "event"], name="journal_outbox_consumer_event")]


class Leaf(Unchanging):
    """The place of a sealed event in the Merkle log."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="leaf")
    leaf_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "journal_leaf"


class Seal(Unchanging):
    """A signed-off size of the log: the root over the first ``size`` leaves (RFC 6962, lowercase hex)."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64, unique=True)
    frontier = models.TextField(help_text="hashes of the perfect subtrees that make up the root, left to right, JSON")
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "journal_seal"
