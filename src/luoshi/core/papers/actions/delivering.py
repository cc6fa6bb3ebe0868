"""签收: a unit has the paper. Who signed and when is kept; whether and how long anybody read is nobody's business."""

from datetime import datetime

from django.db import transaction

from luoshi.core.journal.actions import record
from luoshi.core.org.rules import Actor
from luoshi.core.papers import queries
from luoshi.core.papers.actions.frame import locked, person
from luoshi.core.papers.models import OUT, Delivery, Paper, State
from luoshi.kit.errors import Refused


@transaction.atomic
def receive(paper: Paper, *, by: Actor, at: datetime) -> list[Delivery]:
    """Sign for every unit of the actor that has not signed yet."""
    found = locked(paper.pk)
    if not queries.visible_to(by).filter(pk=found.pk).exists():
        raise queries.unknown()
    if State(found.state) not in OUT:
        raise Refused("papers.not_out", "这份公文还没有发出，或已撤回。", "请刷新后再看。")
    waiting = list(found.deliveries.select_for_update().filter(unit_id__in=by.unit_ids, received_at__isnull=True))
    if not waiting:
        raise Refused("papers.nothing_to_receive", "没有等您的单位签收的。", "可能同事刚才已经签收。")
    for delivery in waiting:
        delivery.received_at, delivery.received_by = at, person(by)
        delivery.save(update_fields=["received_at", "received_by"])
        record(
            stream=found.stream,
            verb="paper.received",
            by=by.signature(by.hat(unit_ids=[delivery.unit_id])),
            at=at,
            data={"unit": delivery.unit_id},
        )
    return waiting
