"""Passages that were written down before: of each sheet the first stands for all of its parts."""

from django.db import migrations
from django.db.models import F


def gather(apps, schema_editor):
    Passage = apps.get_model("desk", "Passage")
    Passage.objects.update(all_rows=F("rows"), all_facts=F("facts"))
    firsts, sums = {}, {}
    parts = Passage.objects.filter(way="again", batch_id__isnull=False).order_by("pk")
    for pk, batch, kind, rows, facts in parts.values_list("pk", "batch_id", "kind", "rows", "facts").iterator():
        first = firsts.setdefault((batch, kind), pk)
        before = sums.get(first, (0, 0))
        sums[first] = (before[0] + rows, before[1] + facts)
        if first != pk:
            Passage.objects.filter(pk=pk).update(part_of=first, all_rows=0, all_facts=0)
    for first, (rows, facts) in sums.items():
        Passage.objects.filter(pk=first).update(all_rows=rows, all_facts=facts)


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0003_sheets_in_one_line'),
    ]

    operations = [
        migrations.RunPython(gather, migrations.RunPython.noop),
    ]
