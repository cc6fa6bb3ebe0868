"""Every column of every table of the journal × several rows × several corrupt values: verify finds each of them."""

import pytest
from django.db import connection

from luoshi.core.journal.models import Event
from luoshi.core.journal.tests.tampering import put_back, sql, without_constraints
from luoshi.core.journal.tests.town import small_log
from luoshi.core.journal.verification import verify

pytestmark = pytest.mark.django_db

NUMBERS = ["{c} + 1", "{c} - 1", "0", "-{c}", "2147483647", "NULL", "1"]
TEXTS = ["{c} || ' '", "upper({c})", "lower({c})", "''", "'x'", "replace({c}, '1', '2')", "NULL", "'{{\"n\": 1}}'"]
if connection.vendor == "sqlite":
    WILD = [
        "CAST({c} AS BLOB)",
        "CAST(x'ff' AS TEXT)",
        "{c} || x'00'",
        "1.5",
        "x''",
        "'é' || {c}",
        "-9223372036854775808",
    ]
    NUMBERS += [*WILD, "CAST({c} AS REAL) + 0.5", "'abc'", "9223372036854775807"]
    TEXTS += [*WILD, "{c} || char(10)"]
    MOMENTS = [
        "'2026-03-02 09:30:00'",
        "{c} || '0'",
        "{c} || '+00:00'",
        "replace({c}, ' ', 'T')",
        "replace({c}, '.000250', '.00025')",
        "datetime({c}, '+1 second')",
        "'not a moment'",
        "20260302",
        "NULL",
        *WILD,
    ]
else:
    MOMENTS = [
        "{c} + interval '1 microsecond'",
        "{c} - interval '1 day'",
        "'infinity'",
        "'-infinity'",
        "'0044-03-15 00:00:00+00 BC'",
        "'20260-03-02 00:00:00+00'",
        "NULL",
    ]
KINDS = {"id": NUMBERS, "seq": NUMBERS, "happened_at": MOMENTS, "recorded_at": MOMENTS}
OTHERS = {
    "journal_words": {"event_id": NUMBERS, "salt": TEXTS, "body": TEXTS, "erased_by": NUMBERS},
    "journal_stream": {"name": TEXTS, "count": NUMBERS, "last_hash": TEXTS},
    "journal_outbox": {"event_id": NUMBERS, "consumer": TEXTS},
    "journal_leaf": {"position": NUMBERS, "event_id": NUMBERS, "leaf_hash": TEXTS},
    "journal_seal": {"size": NUMBERS, "root": TEXTS, "frontier": TEXTS, "sealed_at": ["NULL", "'infinity'"]},
}


def corrupt(table, key, row, column, values):
    """Put each value into the row; fail when verify overlooks one that made a difference. Yields what verify said."""
    shown = f"typeof({column}) || hex({column})" if connection.vendor == "sqlite" else f"{column}::text"
    for value in values:
        with put_back():
            before = sql(f"SELECT {shown} FROM {table}")
            sql(f"UPDATE {table} SET {column} = {value.format(c=column)} WHERE {key} = %s", row)
            if sorted(map(str, before)) == sorted(map(str, sql(f"SELECT {shown} FROM {table}"))):
                continue
            broken = verify().broken
            assert broken is not None, f"{table}.{column} at {row}: {value}"
            yield broken


@pytest.mark.row("N3")
@pytest.mark.parametrize("column", [field.attname for field in Event._meta.fields])
def test_a_changed_column_of_any_event_is_found(column):
    ids = small_log()
    with without_constraints():
        assert verify().whole
        found = 0
        for event_id in (ids[0], ids[1], ids[4], ids[6], ids[8]):
            for broken in corrupt("journal_event", "id", event_id, column, KINDS.get(column, TEXTS)):
                assert column == "id" or broken.event_id == event_id
                found += 1
        assert found >= 20


@pytest.mark.parametrize(("table", "column"), [(table, column) for table in OTHERS for column in OTHERS[table]])
def test_a_changed_column_of_any_other_table_is_found(table, column):
    ids = small_log()
    rows = {
        "journal_words": ("event_id", [ids[1], ids[2], ids[7]]),
        "journal_stream": ("name", ["matter:1", "matter:2"]),
        "journal_outbox": ("event_id", [ids[7], ids[8]]),
        "journal_leaf": ("position", [0, 3, 6]),
        "journal_seal": ("size", [4, 7]),
    }
    key, values = rows[table]
    with without_constraints():
        assert verify().whole
        found = [broken for value in values for broken in corrupt(table, key, value, column, OTHERS[table][column])]
        assert len(found) >= 3


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps a moment as a number, not as a text")
def test_a_moment_written_otherwise_is_found_though_it_means_the_same():
    ids = small_log()
    with without_constraints():
        sql("UPDATE journal_event SET recorded_at = recorded_at WHERE id = %s", ids[0])
        assert verify().whole
        for text in ("2026-03-02 09:30:00.00025", "2026-03-02 09:30:00.000250+00:00", "2026-03-02 09:30:00.000250 "):
            with put_back():
                sql("UPDATE journal_event SET recorded_at = %s WHERE id = %s", text, ids[0])
                assert verify().broken.event_id == ids[0]
