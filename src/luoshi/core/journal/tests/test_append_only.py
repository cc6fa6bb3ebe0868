from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from luoshi.core.journal import erasure, sealing
from luoshi.core.journal.actions import gathering
from luoshi.core.journal.models import Event, Outbox, Stream, Words
from luoshi.core.journal.tests.town import AT, BY, act, small_log
from luoshi.core.journal.verification import verify
from luoshi.kit.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.mark.row("N3")
def test_an_event_can_be_recorded_but_neither_changed_nor_deleted():
    event = act()
    stored = Event.objects.get()
    stored.verb = "matter.closed"
    for attempt in (
        stored.save,
        event.save,
        stored.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(verb="matter.closed"),
        lambda: Event.objects.bulk_update([stored], ["verb"]),
        lambda: Event.objects.bulk_create([stored], update_conflicts=True, update_fields=["verb"]),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "journal.append_only"
    again = Event(**{field.attname: getattr(stored, field.attname) for field in Event._meta.fields})
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    assert Event.objects.get().verb == "matter.reported"


def test_what_was_gathered_is_sealed_even_when_nobody_else_is_told():
    act("matter:1", 0)
    first = Event.objects.get().pk
    with gathering(consumers=[]):
        act("matter:1", 1, words={"reason": "话"})
        act("matter:3", 2)
    assert set(Outbox.objects.values_list("consumer", flat=True).filter(event_id__gt=first)) == {"seal"}
    assert dict(Stream.objects.values_list("name", "count")) == {"matter:1": 2, "matter:3": 1}
    assert sealing.seal_all(at=AT).size == 3
    assert verify().whole


def test_what_was_rolled_back_while_gathering_was_never_recorded():
    class Stop(Exception):
        pass

    def refused(*streams):
        with suppress(Stop), transaction.atomic():
            for stream in streams:
                act(stream, words={"reason": "不算"})
            raise Stop

    act("matter:1", 0)
    with gathering():
        refused("matter:1", "matter:2")
        act("matter:1", 1, words={"reason": "算"})
        refused("matter:1", "matter:1", "matter:3")
        with transaction.atomic():
            act("matter:3", 2)
            refused("matter:3")
        act("matter:3", 3)
        refused("matter:4", "matter:1")
    assert dict(Stream.objects.values_list("name", "count")) == {"matter:1": 2, "matter:3": 2}
    assert [words.body for words in Words.objects.all()] == ['{"reason":"算"}']
    act("matter:4", 4)
    report = verify()
    assert report.whole
    assert report.events == 5


def test_along_a_stream_numbers_rise_even_where_others_record_while_a_block_gathers():
    act("matter:1", 0)
    with gathering():
        own = [act("matter:9", 1, begins=True), act("matter:9", 2)]
        if connection.vendor == "postgresql":  # on SQLite nobody else can record while a block is open
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval('journal_event_id')")
                between = cursor.fetchone()[0]
        else:
            between = own[-1].pk
        later = act("matter:1", 3)
        own.append(act("matter:9", 4))
    assert later.pk > between, "what others recorded on this stream meanwhile has a lower number"
    assert [event.pk for event in own] == sorted({event.pk for event in own})
    assert sealing.seal_all(at=AT).size == 5
    assert verify().whole


def test_erasure_destroys_the_words_and_the_salt_and_leaves_the_journal_whole():
    small_log()
    spoken = Event.objects.get(stream="matter:2", seq=1)
    assert "路不平" in spoken.words.body
    erased = erasure.erase(event_id=spoken.id, by=BY, at=AT + timedelta(days=1), reason_code="request")
    spoken = Event.objects.get(pk=spoken.id)
    assert (spoken.words.body, spoken.words.salt, spoken.words.erased_by) == ("", "", erased.id)
    assert (erased.stream, erased.verb) == ("matter:2", "journal.erased")
    report = verify()
    assert report.whole
    assert report.erased == 2


@pytest.mark.parametrize(
    ("which", "reason", "code"),
    [
        (0, "request", "journal.no_words"),
        (None, "request", "journal.no_words"),
        (1, "request", "journal.already_erased"),
        (2, "", "journal.no_reason"),
    ],
)
def test_erasure_is_refused_where_there_is_nothing_to_erase_or_no_reason(which, reason, code):
    ids = small_log()
    with pytest.raises(Refused) as refused:
        erasure.erase(event_id=0 if which is None else ids[which], by=BY, at=AT, reason_code=reason)
    assert refused.value.code == code
    assert Event.objects.count() == len(ids)
    assert erasure.erase(event_id=ids[2], by=BY, at=AT, reason_code="request").verb == "journal.erased"
