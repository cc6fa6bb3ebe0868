from django.db import migrations


def drop_like_index(apps, schema_editor):
    """Streams are looked up by their whole names alone, and there are as many of them as matters."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
            " AND tablename = 'journal_stream' AND indexdef LIKE '%varchar_pattern_ops%'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_journal")]

    operations = [migrations.RunPython(drop_like_index, migrations.RunPython.noop)]
