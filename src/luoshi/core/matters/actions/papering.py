"""A paper that is about a matter has gone out, or was revoked: it stands in the story of the matter."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from django.db import connection

from luoshi.core.journal.actions import record
from luoshi.core.matters.models import Matter
from luoshi.core.org.rules import Actor, Hat


def told_on_paper(
    keys: Collection[int],
    *,
    act: Literal["issued", "revoked"],
    paper: str,
    name: str,
    by: Actor,
    hat: Hat | None,
    at: datetime,
) -> None:
    """Inside the act of issuing or revoking ``paper`` (a text id), called ``name``: one event in each matter's stream.

    It moves nothing, so a matter that has ended takes it too. Which matters a paper may be about is the paper's to say.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a paper is told in the transaction in which it goes out")
    for matter in Matter.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
        when = max(at, matter.last_at)
        Matter.objects.filter(pk=matter.pk).update(last_at=when)
        record(
            stream=matter.stream,
            verb=f"matter.paper_{act}",
            by=by.signature(hat),
            at=at,
            data={"state": str(matter.state), "paper": paper},
            words={"paper": name},
        )
