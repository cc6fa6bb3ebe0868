"""What left in a file, and what was asked for again: written down as it happens."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from luoshi.core.desk.models import Passage
from luoshi.core.desk.rules import packed
from luoshi.core.journal.actions import record
from luoshi.core.org.rules import Actor

SENTENCES = {"ledger.taken_out": "导出台账"}


@transaction.atomic
def taken_out(
    ledger: str,
    *,
    kind: str,
    how: str,
    conditions: Mapping[str, str],
    columns: Sequence[str],
    keys: Sequence[int],
    by: Actor,
    at: datetime,
) -> Passage:
    """Rows of a ledger left as a file or on paper. The journal says who took which ledger, by which conditions and how
    many rows; ``conditions`` are codes and dates, never words that somebody typed."""
    made = Passage.objects.create(
        town_id=by.town_id or 0,
        way=Passage.Way.OUT,
        kind=kind,
        slug=ledger,
        how=how,
        person_id=by.person_id,
        at=at,
        conditions=dict(conditions),
        columns=list(columns),
        rows=len(keys),
        all_rows=len(keys),
        first=min(keys, default=0),
        last=max(keys, default=0),
        things=packed((key,) for key in keys),
    )
    record(
        stream=made.stream,
        verb="ledger.taken_out",
        by=by.signature(),
        at=at,
        data={"ledger": ledger, "how": how, "conditions": dict(conditions), "rows": len(keys)},
        begins=True,
    )
    return made


@transaction.atomic
def asked_again(
    source: str,
    *,
    batch: int,
    rows: Sequence[tuple[str, int, Sequence[str]]],
    by: Actor,
    at: datetime,
) -> list[Passage]:
    """Rows of a sheet that said of things that are here what was known of them: each a thing's text id, the number of its
    row, and the keys of the cells. A sheet comes in by parts, one worker at a time: its first passage counts them all."""
    made = []
    for kind in sorted({thing.partition(":")[0] for thing, _, _ in rows}):
        here = [(int(thing.partition(":")[2]), n, keys) for thing, n, keys in rows if thing.startswith(f"{kind}:")]
        columns = sorted({key for _, _, keys in here for key in keys})
        bit = {key: 1 << place for place, key in enumerate(columns)}
        rows_here, facts = len(here), sum(len(keys) for _, _, keys in here)
        first = Passage.objects.filter(batch_id=batch, kind=kind, part_of__isnull=True).order_by("pk").first()
        made.append(
            Passage.objects.create(
                town_id=by.town_id or 0,
                way=Passage.Way.AGAIN,
                kind=kind,
                slug=source,
                how="import",
                person_id=by.person_id,
                at=at,
                batch_id=batch,
                columns=columns,
                rows=rows_here,
                facts=facts,
                part_of=first,
                all_rows=0 if first else rows_here,
                all_facts=0 if first else facts,
                first=min(key for key, _, _ in here),
                last=max(key for key, _, _ in here),
                things=packed((key, n, sum(bit[one] for one in keys)) for key, n, keys in here),
            )
        )
        if first is not None:
            Passage.objects.filter(pk=first.pk).update(
                all_rows=F("all_rows") + rows_here, all_facts=F("all_facts") + facts
            )
    return made
