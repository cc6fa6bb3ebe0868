"""Ids of 56 bits in place of 62, and SQLite's index in one piece.

FTS5 keeps how far one id is from the next as a varint. Up to SQLite 3.41 its list of pages is walked backwards wrongly over a
varint of nine bytes, which a step of 2^56 or more takes: whoever asked for the newest first lost rows once a word filled several
pages in two kinds. Sixteen bits of the kind's digest above forty of the key make every step smaller. The kinds that
exist have old slots far above the new ones, so that no old id meets a new one on the way.
"""

from hashlib import sha256

from django.db import migrations

KEY_BITS = 40
TRIGGERS = ("search_entry_in", "search_entry_out", "search_entry_new")


def old(kind):
    return (int.from_bytes(sha256(kind.encode()).digest()[:3], "big") >> 2) << KEY_BITS


def new(kind):
    return int.from_bytes(sha256(kind.encode()).digest()[:2], "big") << KEY_BITS


def _move(apps, schema_editor, base):
    connection = schema_editor.connection
    Entry = apps.get_model("search", "Entry")
    kinds = sorted(Entry.objects.order_by().values_list("kind", flat=True).distinct())
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if sqlite:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN (%s, %s, %s)", TRIGGERS
            )
            beside = cursor.fetchall()
            for name, _ in beside:
                cursor.execute(f"DROP TRIGGER {name}")
        for kind in kinds:
            cursor.execute("UPDATE search_entry SET id = %s + key WHERE kind = %s", [base(kind), kind])
        if sqlite:
            for command in ("rebuild", "optimize"):
                cursor.execute("INSERT INTO search_index(search_index) VALUES (%s)", [command])
            for _, statement in beside:
                cursor.execute(statement)


def forwards(apps, schema_editor):
    _move(apps, schema_editor, new)


def backwards(apps, schema_editor):
    _move(apps, schema_editor, old)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_index")]
    operations = [migrations.RunPython(forwards, backwards)]
