"""What is known already of whom a sheet is about: facts from the ledger, no judgement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi.chapters.review.selfreview.models import Sheet
from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Claim, Evaluation, Matter, Report, Secrecy, State, Verdict
from luoshi.core.org.rules import Actor
from luoshi.kit.again import again
from luoshi.kit.days import midnight

DAYS, MOST = 365, 300


@dataclass
class Facts:
    """The year's matters (newest first, at most 300), and those of them with something to think about."""

    since: date
    matters: Sequence[Matter] = ()
    groups: list[tuple[str, Sequence[Matter]]] = field(default_factory=list)


def _newest_of(person: int | None, unit: int) -> QuerySet[Matter, Any]:
    """The newest keys of what the person handles and what they are in charge of, or what the unit leads, each read from
    the end of its own index; one list, since of two with OR between PostgreSQL walks all matters."""
    rows = Matter.objects.order_by("-pk").values("pk")
    if person is None:
        return rows.filter(lead_unit_id=unit)[:MOST]
    handled = rows.filter(handler_id=person)[:MOST]
    led = rows.filter(leader_id=person)[:MOST]
    kept = Matter.objects.order_by().values("pk")
    return kept.filter(pk__in=handled).union(kept.filter(pk__in=led))


def facts(actor: Actor, sheet: Sheet, *, today: date) -> Facts:
    """The past year's matters that the person handles or is in charge of, or that the unit leads, as far as the actor
    may see them. One statement.

    Accusations never stand here. A group is a fact: overdue now, ended late, a report returned, a claim that did not
    pass, a raiser not satisfied, not lasting when looked at again.
    """
    since = today - timedelta(days=DAYS)
    rows = _of_year(actor, sheet, since) if actor.is_person and actor.hats else []
    told = Facts(since, rows)
    lights = {matter.pk: str(matters.light(matter, today=today)) for matter in rows}
    for label, chosen in (
        ("现在逾期", [m for m in rows if lights[m.pk] == "red"]),
        ("逾期销号", [m for m in rows if lights[m.pk] == "late"]),
        ("反馈被退回过", [m for m in rows if m.was_returned]),
        ("核查曾不通过", [m for m in rows if m.was_refused]),
        ("提出人不满意", [m for m in rows if m.was_disliked]),
        ("回头看没有真正解决", [m for m in rows if m.was_not_lasting]),
    ):
        if chosen:
            told.groups.append((label, chosen))
    return told


def _of_year(actor: Actor, sheet: Sheet, since: date) -> list[Any]:
    """The matters with what is told of them, the newest first. Kept for units, and for the actor alone of all people, whose
    key then stands in the statement as the day does: one handles very many matters and another few, and a plan for both
    might walk the town's matters to find those few."""
    about = OuterRef("pk")

    def found(unit: int, town: int, person: int | None = None) -> QuerySet[Matter]:
        of_year = (
            matters.visible_to(actor)
            .filter(town_id=town, received_at__gte=midnight(since))
            .exclude(secrecy=Secrecy.ACCUSATION)
            .exclude(state=State.VOIDED)
        )
        reported = Q(reporter_id=person) if person else Q(unit_id=unit)
        return (
            Matter.objects.filter(matters.among(of_year, "pk"), pk__in=_newest_of(person, unit))
            .annotate(
                was_returned=Exists(Report.objects.filter(reported, matter=about, review=Report.Review.RETURNED)),
                was_refused=Exists(Claim.objects.filter(matter=about, outcome=Claim.Outcome.REFUSED)),
                was_disliked=Exists(Evaluation.objects.filter(matter=about, answer=Evaluation.Answer.UNSATISFIED)),
                was_not_lasting=Exists(Verdict.objects.filter(matter=about, kind=Verdict.Kind.LOOK, passed=False)),
            )
            .defer("problem", "cause", "measures", "progress", "standard", "result")
            .order_by("-pk")[:MOST]
        )

    town = sheet.unit.town_id or 0
    if sheet.person_id is None:
        return again(("selfreview.unit_facts", actor, since), found, unit=sheet.unit_id, town=town)
    if sheet.person_id == actor.person_id:
        name = ("selfreview.own_facts", actor, since, town)
        return again(name, lambda: found(sheet.unit_id, town, sheet.person_id))
    return list(found(sheet.unit_id, town, sheet.person_id))
