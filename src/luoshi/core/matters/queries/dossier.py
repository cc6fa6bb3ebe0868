"""Everything that hangs on one matter, in one statement, for its page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from luoshi.core.evidence.models import Item
from luoshi.core.matters.models import (
    Claim,
    CoUnit,
    DateMove,
    Evaluation,
    Handling,
    Matter,
    NamedVerifier,
    Pause,
    Raiser,
    Report,
    Request,
    Urging,
    Verdict,
)
from luoshi.core.matters.permissions import Standing
from luoshi.core.org.models import Unit
from luoshi.kit import together


@dataclass(frozen=True)
class Dossier:
    """A matter's rows, oldest first, and its ``standing`` filled from them."""

    standing: Standing
    raisers: list[Raiser]
    claims: list[Claim]
    evaluations: list[Evaluation]
    requests: list[Request]
    reports: list[Report]
    verdicts: list[Verdict]
    moves: list[DateMove]
    pauses: list[Pause]
    urgings: list[Urging]
    files: list[Item]


def _rows(pk: int, stream: str) -> dict[str, QuerySet[Any]]:
    return {
        "co_units": Unit.objects.filter(pk__in=CoUnit.objects.filter(matter_id=pk).values("unit_id")),
        "raisers": Raiser.objects.filter(matter_id=pk),
        "claims": Claim.objects.filter(matter_id=pk),
        "evaluations": Evaluation.objects.filter(matter_id=pk),
        "requests": Request.objects.filter(matter_id=pk),
        "request_units": Unit.objects.filter(
            pk__in=Request.objects.filter(matter_id=pk, granted__isnull=True).values("unit_id")
        ),
        "reports": Report.objects.filter(matter_id=pk),
        "report_units": Unit.objects.filter(pk__in=Report.objects.filter(matter_id=pk).values("unit_id")),
        "verdicts": Verdict.objects.filter(matter_id=pk),
        "handlings": Handling.objects.filter(matter_id=pk),
        "named": NamedVerifier.objects.filter(matter_id=pk, done_at__isnull=True),
        "moves": DateMove.objects.filter(matter_id=pk),
        "pauses": Pause.objects.filter(matter_id=pk),
        "urgings": Urging.objects.filter(matter_id=pk),
        "files": Item.objects.filter(stream=stream),
    }


def dossier(matter: Matter, *, day: date) -> Dossier:
    """One statement for all rows of a matter; ``standing`` then asks the database no more for them."""
    found = together.fetch_again("matters.dossier", _rows, pk=matter.pk, stream=matter.stream)
    units = {unit.pk: unit for unit in (*found["request_units"], *found["report_units"])}
    raisers = {raiser.pk: raiser for raiser in found["raisers"]}
    for row in (*found["requests"], *found["reports"]):
        if row.unit_id in units:
            row.unit = units[row.unit_id]
    for evaluation in found["evaluations"]:
        if evaluation.raiser_id in raisers:
            evaluation.raiser = raisers[evaluation.raiser_id]
    standing = Standing(matter, day=day)
    present = [c for c in found["claims"] if c.round == matter.round]
    claim = present[-1] if present else None
    vars(standing).update(
        co_units=found["co_units"],
        handlers=frozenset(h.person_id for h in found["handlings"]),
        named_rows=found["named"],
        raiser_people=frozenset(r.person_id for r in found["raisers"] if r.person_id),
        pending={r.kind: r for r in found["requests"] if r.granted is None},
        claim=claim,
        evaluations=[e for e in found["evaluations"] if claim and e.claim_id == claim.pk],
        answered_dissents=frozenset(
            v.evaluation_id
            for v in found["verdicts"]
            if v.kind == Verdict.Kind.DISSENT and v.passed and v.evaluation_id
        ),
        judges=frozenset((v.judge_id, v.judge_unit_id) for v in found["verdicts"] if v.round == matter.round),
        contesting_units=frozenset(p.unit_id for p in found["pauses"] if p.kind == "contest" and p.unit_id),
        extensions=sum(
            1 for r in found["requests"] if r.kind == Request.Kind.EXTEND and r.granted and r.round == matter.round
        ),
        unread=[r for r in found["reports"] if r.review == ""],
    )
    return Dossier(
        standing=standing,
        **{name: found[name] for name in Dossier.__dataclass_fields__ if name != "standing"},
    )
