import re

from django.db import migrations

MARK = re.compile(r"\n（原编号：([^\n]{1,60})）\Z")
DOOR = '"door":"import:'


def take_out(apps, schema_editor):
    """Findings from a sheet had the number of the older list behind their words.

    It is taken out where the journal says that the finding came in by a sheet: whoever typed the same keeps it. The text
    that search keeps of a finding stays the same, sign for sign. Can be run again.
    """
    Finding = apps.get_model("review", "Finding")
    Event = apps.get_model("journal", "Event")
    rows = Finding.objects.filter(old_number="", words__endswith="）", words__contains="（原编号：").order_by("pk")
    for pk, words in rows.values_list("pk", "words").iterator():
        found = MARK.search(words)
        if found is None or not words[: found.start()].strip():
            continue
        taken = Event.objects.filter(stream=f"finding:{pk}", verb="finding.taken", data__contains=DOOR)
        if taken.exists():
            Finding.objects.filter(pk=pk).update(words=words[: found.start()], old_number=found[1])


class Migration(migrations.Migration):
    dependencies = [("review", "0004_old_number"), ("journal", "0002_lean_streams")]
    operations = [migrations.RunPython(take_out, migrations.RunPython.noop, elidable=True)]
