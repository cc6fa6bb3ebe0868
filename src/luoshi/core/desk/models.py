"""What a person keeps on the desk: views of ledgers, columns chosen, which view opens first."""

from django.db import models

from luoshi.core.org.models import Person, Unit
from luoshi.kit.models import Model


class View(Model):
    """A ledger as somebody wants to see it again. It says what to ask for, never what is found: whoever opens it sees
    what they may see. With ``unit`` the colleagues of that unit have it too."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    ledger = models.CharField(max_length=40)
    name = models.CharField("名称", max_length=20)
    params = models.JSONField(default=dict, help_text="the parameters of the ledger's page")
    said = models.JSONField(default=dict, help_text="what each condition said when it was kept, by parameter")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "ledger", "name"], name="desk_view_name")]
        indexes = [
            models.Index(fields=["unit", "ledger"], name="desk_view_shared", condition=models.Q(unit__isnull=False))
        ]

    def __str__(self) -> str:
        return self.name


class Habit(Model):
    """How one ledger stands on one desk: the keys of its columns (empty: the ledger's own) and the view it opens with."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    ledger = models.CharField(max_length=40)
    columns = models.JSONField(default=list)
    opens = models.ForeignKey(View, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "ledger"], name="desk_habit_once")]


class Passage(Model):
    """Rows that left in a file of a ledger, or came in again in a sheet that said of them what was known already.

    ``things`` are the keys of the rows (see ``rules.packed``), so that of each thing it can be said truly in which files
    it went out and how often it was asked for again. No words of anybody stand here.

    A sheet that came in by parts is as many passages; the first of them stands for it: ``part_of`` of the others is the
    first, and ``all_rows`` and ``all_facts`` of the first are those of all.
    """

    class Way(models.TextChoices):
        OUT = "out", "导出"
        AGAIN = "again", "重复报送"

    town = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    way = models.CharField(max_length=8, choices=Way.choices)
    kind = models.CharField(max_length=40, help_text="what the keys are keys of, as in a text id")
    slug = models.CharField(max_length=40, help_text="the ledger, or the import")
    how = models.CharField(max_length=8)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    batch_id = models.BigIntegerField(null=True)
    conditions = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    rows = models.PositiveIntegerField()
    facts = models.PositiveIntegerField(default=0, help_text="cells that said once more what was known")
    part_of = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    all_rows = models.PositiveIntegerField(default=0)
    all_facts = models.PositiveIntegerField(default=0)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    things = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["town", "-id"], name="desk_passage_firsts", condition=models.Q(part_of__isnull=True)),
            models.Index(
                fields=["batch_id", "kind"],
                name="desk_passage_sheet",
                condition=models.Q(part_of__isnull=True, batch_id__isnull=False),
            ),
            models.Index(fields=["kind", "way", "-id"], name="desk_passage_kind"),
        ]

    @property
    def stream(self) -> str:
        return f"passage:{self.pk}"
