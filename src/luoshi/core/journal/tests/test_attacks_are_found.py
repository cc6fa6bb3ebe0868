import json

import pytest
from django.db import connection

from luoshi.core.journal import erasure, rules
from luoshi.core.journal.models import Event
from luoshi.core.journal.reading import Unreadable
from luoshi.core.journal.tests.tampering import put_back, sql, without_constraints
from luoshi.core.journal.tests.town import AT, BY, small_log
from luoshi.core.journal.verification import verify
from luoshi.kit.sealing import Frontier

pytestmark = [pytest.mark.django_db, pytest.mark.row("N3")]


def columns(event_id):
    return {name: getattr(Event.objects.get(pk=event_id), name) for name in rules.COLUMNS}


def rewrite_everything():
    """What only an outside root can show: one act changed, and every hash, chain, head, place and seal after it."""
    last = {}
    for event in Event.objects.order_by("id"):
        entry = {name: getattr(event, name) for name in rules.COLUMNS}
        entry["prev_hash"] = last.get(event.stream, rules.NO_HASH)
        if event.seq == 1:
            entry["verb"] = "matter.closed"
        last[event.stream] = leaf = rules.leaf_hash(rules.canonical(entry))
        sql(
            "UPDATE journal_event SET verb = %s, prev_hash = %s, leaf_hash = %s WHERE id = %s",
            entry["verb"], entry["prev_hash"], leaf, event.id,
        )  # fmt: skip
        sql("UPDATE journal_stream SET last_hash = %s WHERE name = %s", leaf, event.stream)
        sql("UPDATE journal_leaf SET leaf_hash = %s WHERE event_id = %s", leaf, event.id)
    frontier = Frontier()
    for position, leaf in sql("SELECT position, leaf_hash FROM journal_leaf ORDER BY position"):
        frontier.append(bytes.fromhex(leaf))
        sql(
            "UPDATE journal_seal SET root = %s, frontier = %s WHERE size = %s",
            frontier.root().hex(), frontier.to_json(), position + 1,
        )  # fmt: skip


def test_every_root_that_was_ever_printed_is_known_again_and_no_other():
    small_log()
    roots = [root for (root,) in sql("SELECT root FROM journal_seal ORDER BY size")]
    report = verify()
    assert (report.whole, report.events, report.sealed, report.waiting, report.erased) == (True, 9, 7, 2, 1)
    assert report.root == roots[-1]
    assert report.root_found is None
    assert all(verify(root).whole and verify(root.upper()).whole for root in roots)
    other = verify("0" * 64)
    assert (other.whole, other.root_found, other.broken) == (False, False, None)


def test_a_past_rewritten_throughout_is_seen_from_outside_alone():
    small_log()
    roots = [root for (root,) in sql("SELECT root FROM journal_seal ORDER BY size")]
    with without_constraints():
        rewrite_everything()
        assert verify().whole
        assert not any(verify(root).whole for root in roots)
    assert all(verify(root).whole for root in roots)


@pytest.mark.parametrize("which", range(9))
def test_a_deleted_event_is_found_and_named(which):
    event_id = small_log()[which]
    event = columns(event_id)
    sealed = which < 7
    with without_constraints():
        sql("DELETE FROM journal_event WHERE id = %s", event_id)
        broken = verify().broken
        assert (broken.stream, broken.seq) == (event["stream"], event["seq"])
        assert "不见了" in broken.sentence
        assert broken.event_id == (event_id if sealed else None)


def test_a_stream_that_vanished_is_found_even_with_its_head_words_and_places():
    ids = small_log()
    with without_constraints():
        sql("DELETE FROM journal_event WHERE stream = 'matter:2'")
        assert verify().broken.stream == "matter:2"
        sql("DELETE FROM journal_stream WHERE name = 'matter:2'")
        assert verify().broken is not None
        for table in ("journal_words", "journal_leaf", "journal_outbox"):
            sql(f"DELETE FROM {table} WHERE event_id IN (%s, %s, %s)", ids[2], ids[4], ids[7])
        assert "封存位置断了" in verify().broken.sentence


def test_an_event_that_was_slipped_in_is_found():
    ids = small_log()
    for changes in ({}, {"id": 10**6}, {"id": 10**6, "seq": 4}, {"id": 10**6, "stream": "matter:3", "seq": 1}):
        with without_constraints():
            event = {**columns(ids[-1]), **changes}
            if event["seq"] == 1:
                event["prev_hash"] = rules.NO_HASH
            row = {**event, "leaf_hash": rules.leaf_hash(rules.canonical(event))}
            moments = {name: row[name] for name in rules.MOMENTS}
            row.update({name: connection.ops.adapt_datetimefield_value(value) for name, value in moments.items()})
            sql(
                f"INSERT INTO journal_event ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
                *row.values(),
            )
            assert verify().broken is not None
            if changes:
                sql("INSERT INTO journal_outbox (id, consumer, event_id) VALUES (999, 'seal', %s)", event["id"])
                broken = verify().broken
                assert broken.event_id in (10**6, ids[-1], ids[5], ids[6])


def test_two_events_that_changed_places_are_found():
    ids = small_log()
    for one, other in ((ids[0], ids[1]), (ids[0], ids[2]), (ids[3], ids[8]), (ids[7], ids[8])):
        with without_constraints():
            sql("UPDATE journal_event SET id = -1 WHERE id = %s", one)
            sql("UPDATE journal_event SET id = %s WHERE id = %s", one, other)
            sql("UPDATE journal_event SET id = %s WHERE id = -1", other)
            assert verify().broken.event_id == one


def test_places_in_the_log_that_were_swapped_are_found():
    small_log()
    with without_constraints():
        sql("UPDATE journal_leaf SET position = -1 WHERE position = 0")
        sql("UPDATE journal_leaf SET position = 0 WHERE position = 2")
        sql("UPDATE journal_leaf SET position = 2 WHERE position = -1")
        assert verify().broken is not None


@pytest.mark.parametrize(
    "attack",
    [
        "DELETE FROM journal_seal WHERE size = 7",
        "DELETE FROM journal_seal",
        "UPDATE journal_seal SET size = 6 WHERE size = 7",
        "DELETE FROM journal_outbox WHERE consumer = 'seal'",
        "DELETE FROM journal_leaf WHERE position = 6",
        "DELETE FROM journal_leaf",
        "DELETE FROM journal_words WHERE erased_by IS NULL",
        "DELETE FROM journal_words WHERE erased_by IS NOT NULL",
        "UPDATE journal_words SET salt = '', body = '', erased_by = 7",
        "DELETE FROM journal_stream WHERE name = 'matter:2'",
        "INSERT INTO journal_stream (name, count, last_hash) VALUES ('matter:5', 1, 'x')",
        "INSERT INTO journal_stream SELECT * FROM journal_stream",
        "INSERT INTO journal_leaf (position, event_id, leaf_hash)"
        " SELECT position + 7, event_id, leaf_hash FROM journal_leaf",
        "INSERT INTO journal_leaf SELECT * FROM journal_leaf",
        "INSERT INTO journal_outbox (id, consumer, event_id) SELECT position + 100, 'seal', event_id FROM journal_leaf",
        "INSERT INTO journal_words SELECT id, '', '', NULL FROM journal_event WHERE words_digest = ''",
        "INSERT INTO journal_event SELECT * FROM journal_event",
    ],
)
def test_rows_around_the_events_can_be_neither_removed_nor_doubled(attack):
    small_log()
    with without_constraints():
        assert verify().whole
        sql(attack)
        assert verify().broken is not None


def test_words_that_were_erased_cannot_come_back():
    ids = small_log()
    spoken = Event.objects.get(pk=ids[2])
    salt, body = spoken.words.salt, spoken.words.body
    with put_back():
        erased = erasure.erase(event_id=ids[2], by=BY, at=AT, reason_code="request")
        assert json.loads(erased.data) == {"event": ids[2], "reason": "request"}
        assert verify().whole
        sql("UPDATE journal_words SET salt=%s, body=%s, erased_by=NULL WHERE event_id=%s", salt, body, ids[2])
        assert verify().broken.event_id == erased.id


def test_a_database_without_the_journal_is_unreadable_and_gets_no_tables():
    with put_back():
        sql("SELECT 1")
        assert verify().whole
        sql("ALTER TABLE journal_seal RENAME TO elsewhere")
        with pytest.raises(Unreadable, match="journal_seal"):
            verify()
