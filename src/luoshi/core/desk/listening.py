"""At the edge: what ledgers and imports tell is written down with the present moment."""

from django.utils import timezone

from luoshi.core.desk import actions
from luoshi.core.org.rules import Actor
from luoshi.kit.imports.registry import Written
from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.registry import Taken


def on_taken(taken: Taken) -> None:
    """A file or print of one of the town's ledgers, for a person."""
    actor, ledger = taken.actor, taken.ledger
    if not isinstance(actor, Actor) or not actor.is_person or registry.get(ledger.slug) is not ledger:
        return
    spoken = {"q", *(one.key for one in ledger.filters if one.kind == "text")}
    conditions = {key: "…" if key in spoken else said for key, said in taken.params.items() if key != "cols"}
    actions.taken_out(
        ledger.slug,
        kind=ledger.rows(actor).model._meta.model_name or "",
        how=taken.how,
        conditions=conditions,
        columns=[key for key in taken.columns if key != "ledger_number"],
        keys=taken.keys,
        by=actor,
        at=timezone.now(),
    )


def on_written(written: Written) -> None:
    """Rows of a sheet that said again what was known."""
    rows = [(done.thing, number, done.again) for number, done in written.rows if done.thing and done.again]
    if rows and isinstance(written.by, Actor):
        actions.asked_again(written.slug, batch=written.batch, rows=rows, by=written.by, at=written.at)
