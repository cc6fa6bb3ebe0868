"""The question to the raisers that comes with every claim, and its withdrawal."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from luoshi.core.journal.actions import remembered
from luoshi.core.matters.models import Claim, Evaluation, Matter, Raiser
from luoshi.core.org.models import TownProfile
from luoshi.kit import rows


def ask(matter: Matter, claim: Claim, *, raisers: Sequence[Raiser], at: datetime) -> list[Evaluation]:
    """Put the claim to its raisers, once each, inside the verb that claims. Returns the questions.

    ``not asked`` is recorded where the end was known before the matter was entered; who can't be reached, or handled it
    themselves, has no row: nobody to ask.
    """
    handled = set(matter.handlings.values_list("person_id", flat=True)) if any(r.person_id for r in raisers) else set()
    asked = [r for r in raisers if matter.known_end or (r.can_be_asked and r.person_id not in handled)]
    if not asked:
        return []
    days = remembered(("evaluation days", matter.town_id), lambda: _days(matter.town_id), of=frozenset({"unit"}))
    due = timezone.localdate(at) + timedelta(days=days)
    return [
        rows.insert(
            Evaluation(
                matter=matter,
                raiser=raiser,
                claim=claim,
                asked_at=at,
                answer_due=due,
                answer=Evaluation.Answer.NOT_ASKED if matter.known_end else Evaluation.Answer.WAITING,
            )
        )
        for raiser in asked
    ]


def _days(town_id: int) -> int:
    return TownProfile.objects.filter(unit_id=town_id).values_list("evaluation_days", flat=True).first() or 7


def moot(claim: Claim) -> None:
    """Questions about a claim that did not hold need no answer any more."""
    claim.evaluations.filter(answer=Evaluation.Answer.WAITING).update(answer=Evaluation.Answer.MOOT)
