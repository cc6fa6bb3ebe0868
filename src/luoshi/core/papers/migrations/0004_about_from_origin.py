from django.db import migrations

BATCH = 500


def fill(apps, schema_editor):
    """A paper drawn from a matter is about it. Can be run again."""
    Paper = apps.get_model("papers", "Paper")
    Matter = apps.get_model("matters", "Matter")
    rows = Paper.objects.filter(origin__startswith="matter:", about__isnull=True).order_by("pk")
    wanted = {}
    for pk, origin in rows.values_list("pk", "origin").iterator():
        key = origin.partition(":")[2]
        if key.isdigit():
            wanted[pk] = int(key)
    known = set()
    keys = sorted(set(wanted.values()))
    for at in range(0, len(keys), BATCH):
        known |= set(Matter.objects.filter(pk__in=keys[at : at + BATCH]).values_list("pk", flat=True))
    for pk, key in wanted.items():
        if key in known:
            Paper.objects.filter(pk=pk).update(about_id=key)


class Migration(migrations.Migration):
    dependencies = [("papers", "0003_paper_about"), ("matters", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
