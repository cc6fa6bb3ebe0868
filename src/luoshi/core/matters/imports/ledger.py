"""The import itself."""

from datetime import datetime
from functools import partial

from django.urls import reverse

from luoshi.core.journal.actions import gathering, through
from luoshi.core.matters.actions.carrying import CARRIERS
from luoshi.core.matters.imports.carrying import carry
from luoshi.core.matters.imports.columns import COLUMNS
from luoshi.core.matters.imports.comparing import compare
from luoshi.core.matters.imports.finding import Known, find, prepare
from luoshi.core.matters.imports.sheets import check, understood
from luoshi.core.matters.imports.words import identify
from luoshi.core.org.imports import actor_again, may, realm, ref
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.imports import registry
from luoshi.kit.imports.registry import Applied, Import, SheetRow

_FIELDS = {
    "explicit_due": "due",
    "lead_unit": "unit",
    "received_at": "received",
    "co_units": "unit",
    "result": "progress",
}


def apply(row: SheetRow, *, by: Actor, at: datetime, known: Known) -> Applied:
    """One row of the ledger. Refusals name the sheet's column."""
    try:
        sheet = understood(row, by, at)
        found = find(sheet, known)
        return carry(sheet) if found is None else compare(found, sheet)
    except Refused as said:
        key = _FIELDS.get(said.field, said.field)
        raise Refused(said.code, said.sentence, said.fix, field=key) from said


MATTERS = Import(
    slug="matters",
    label="问题台账",
    hint="编号、问题、表现、根源、整改措施、责任领导、责任单位、责任人、时限、进展、销号",
    columns=COLUMNS,
    identify=identify,
    apply=apply,
    prepare=prepare,
    check=check,
    may=may(*CARRIERS),
    realm=realm,
    ref=ref,
    actor_of=actor_again,
    writing=gathering,
    through=partial(through, "import"),
    result_url=lambda: reverse("ledger", args=["matters"]),
)


registry.register(MATTERS)
