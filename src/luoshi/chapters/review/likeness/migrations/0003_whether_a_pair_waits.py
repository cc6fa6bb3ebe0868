"""Whether a pair still asks for somebody, kept beside it; counted here for the pairs that are there."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q


def count(apps, schema_editor):
    Suggestion = apps.get_model("likeness", "Suggestion")
    Finding = apps.get_model("review", "Finding")
    of_pair = Finding.objects.filter(Q(pk=OuterRef("one_id")) | Q(pk=OuterRef("other_id")))
    asks = Exists(of_pair.filter(state="new"))
    ended = Exists(of_pair.filter(Q(state="merged") | Q(is_accusation=True)))
    Suggestion.objects.exclude(Q(asks) & ~Q(ended), state="open").update(waits=False)


class Migration(migrations.Migration):
    dependencies = [
        ("likeness", "0002_decided_and_same"),
        ("review", "0005_old_number_out_of_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="suggestion",
            name="waits",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="suggestion", name="likeness_open_newest"),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(
                condition=models.Q(("waits", True)), fields=["town", "-id"], name="likeness_waiting_newest"
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("waits", False), ("state", "open"), _connector="OR"),
                name="likeness_waits_undecided",
            ),
        ),
    ]
