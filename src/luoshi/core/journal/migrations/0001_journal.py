import django.db.models.deletion
from django.db import migrations, models


def make_sequence(apps, schema_editor):
    """Ids come from a sequence where several writers write at once, and from max(id) + 1 where only one can."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE SEQUENCE journal_event_id AS bigint")


def drop_sequence(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE journal_event_id")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("stream", models.CharField(max_length=64)),
                ("seq", models.PositiveIntegerField()),
                ("verb", models.CharField(max_length=64)),
                ("actor", models.CharField(max_length=64)),
                (
                    "principal",
                    models.CharField(help_text="for whom a deputy acted; empty when in one's own name", max_length=64),
                ),
                ("post", models.CharField(max_length=64)),
                ("unit", models.CharField(max_length=64)),
                ("happened_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("data", models.TextField(help_text="canonical JSON of codes, numbers and dates")),
                (
                    "words_digest",
                    models.CharField(help_text="salted SHA-256 of the words; empty when there are none", max_length=64),
                ),
                ("prev_hash", models.CharField(max_length=64)),
                ("leaf_hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "journal_event",
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("leaf_hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "journal_leaf",
            },
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("consumer", models.CharField(max_length=16)),
            ],
            options={
                "db_table": "journal_outbox",
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.CharField(max_length=64, unique=True)),
                (
                    "frontier",
                    models.TextField(
                        help_text="hashes of the perfect subtrees that make up the root, left to right, JSON"
                    ),
                ),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "journal_seal",
            },
        ),
        migrations.CreateModel(
            name="Stream",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("last_hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "journal_stream",
            },
        ),
        migrations.CreateModel(
            name="Words",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="journal.event",
                    ),
                ),
                ("salt", models.CharField(max_length=64)),
                ("body", models.TextField()),
                ("erased_by", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "journal_words",
            },
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(fields=("stream", "seq"), name="journal_event_stream_seq"),
        ),
        migrations.AddField(
            model_name="leaf",
            name="event",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="leaf", to="journal.event"
            ),
        ),
        migrations.AddField(
            model_name="outbox",
            name="event",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="journal.event"
            ),
        ),
        migrations.AddConstraint(
            model_name="outbox",
            constraint=models.UniqueConstraint(fields=("consumer", "event"), name="journal_outbox_consumer_event"),
        ),
        migrations.RunPython(make_sequence, drop_sequence),
    ]
