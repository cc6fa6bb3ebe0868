"""Reads of batches. A batch is seen by whoever may do its import, within the same realm."""

from typing import Any

from luoshi.kit.errors import Refused
from luoshi.kit.imports import registry
from luoshi.kit.imports.models import Batch, Mapping, RowResult


def visible(actor: Any, pk: int) -> tuple[Batch, registry.Import]:
    """A batch with its declaration. Refused: ``imports.unknown``, also for what one may not see."""
    batch = Batch.objects.filter(pk=pk).first()
    declared = registry.get(batch.slug) if batch else None
    if batch is None or declared is None or not declared.may(actor) or declared.realm(actor) != batch.realm:
        raise Refused("imports.unknown", "没有这次导入，或您无权查看。", "请从“表格导入”进入。")
    return batch, declared


def recent(actor: Any, *, most: int = 20) -> list[Batch]:
    """What was brought in lately by anybody, newest first."""
    declared = registry.for_actor(actor)
    if not declared:
        return []
    slugs = [one.slug for one in declared]
    return list(Batch.objects.filter(realm=declared[0].realm(actor), slug__in=slugs).order_by("-id")[:most])


def learnt(declared: registry.Import, *, realm: str, fingerprint: str) -> dict[str, int] | None:
    """The mapping that was confirmed for the same headers before, as far as its columns still exist."""
    found = Mapping.objects.filter(realm=realm, slug=declared.slug, fingerprint=fingerprint).first()
    if found is None:
        return None
    return {key: int(place) for key, place in found.mapping.items() if declared.column(key)}


def earlier(batch: Batch) -> Batch | None:
    """The last time that the same file was brought in for the same import."""
    return (
        Batch.objects.filter(realm=batch.realm, slug=batch.slug, sha256=batch.sha256, state=Batch.State.DONE)
        .exclude(pk=batch.pk)
        .order_by("-id")
        .first()
    )


def results(batch: Batch, outcome: str, *, after: int = 0, most: int = 50) -> list[RowResult]:
    """Rows of one outcome behind row ``after``, in the sheet's order."""
    return list(batch.results.filter(outcome=outcome, number__gt=after).order_by("number")[:most])
