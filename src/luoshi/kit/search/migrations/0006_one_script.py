"""What can be found in traditional characters is found in simplified ones too: the words that stand there are written anew."""

from django.db import migrations

CHUNK = 2000


def _simple():
    from opencc import OpenCC

    characters = [chr(code) for code in range(0x3400, 0xA000)]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(one): other for one, other in zip(characters, converted, strict=True) if one != other and len(other) == 1}


def forwards(apps, schema_editor):
    Entry, table, last = apps.get_model("search", "Entry"), _simple(), 0
    while True:
        rows = list(Entry.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "bigrams")[:CHUNK])
        if not rows:
            return
        last = rows[-1][0]
        for pk, bigrams in rows:
            if (other := bigrams.translate(table)) != bigrams:
                Entry.objects.filter(pk=pk).update(bigrams=other)


class Migration(migrations.Migration):
    dependencies = [("search", "0005_places_apart")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
