"""Which sheets somebody writes and may read, and one sheet with what it says."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from luoshi.chapters.review.models import Finding
from luoshi.chapters.review.selfreview import rules
from luoshi.chapters.review.selfreview.models import Answer, Raised, Round, Sheet
from luoshi.chapters.review.selfreview.transitions import unknown
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.again import again
from luoshi.kit.literal import Literally


def _written_by(actor: Actor) -> Q:
    """``rules.may_write`` in SQL; a test holds the two together."""
    headed = [hat.unit_id for hat in actor.hats if Duty.HEAD in hat.duties]
    return (
        Q(kind=Sheet.Kind.PERSON, person_id=actor.person_id)
        | Q(kind=Sheet.Kind.UNIT, unit_id__in=headed)
        | Q(kind=Sheet.Kind.UNIT, headless=True, unit_id__in=list(actor.unit_ids))
    )


def visible_to(actor: Actor) -> QuerySet[Sheet]:
    """The sheets that somebody may read: ``rules.may_read`` in SQL. Everything else does not exist for them."""
    if not actor.is_person or not actor.hats:
        return Sheet.objects.none()
    seen = _written_by(actor)
    if actor.has(*rules.ORGANISERS):
        seen |= Q(state=Sheet.State.HANDED_IN)
    elif actor.has(*rules.READS_UNITS):
        seen |= Q(state=Sheet.State.HANDED_IN, kind=Sheet.Kind.UNIT)
    return Sheet.objects.filter(seen, round__town_id=actor.town_id)


def get(actor: Actor, pk: int) -> Sheet:
    """One sheet with its round, unit and person; ``selfreview.unknown`` where there is none for this actor."""

    def one(pk: int) -> QuerySet[Sheet]:
        return visible_to(actor).select_related("round", "unit", "person").filter(pk=pk)

    found: list[Sheet] = again(("selfreview.get", actor), one, pk=pk) if actor.is_person and actor.hats else []
    if not found:
        raise unknown()
    return found[0]


def own(actor: Actor, found: Round) -> list[Sheet]:
    """The sheets of a round that this person writes: their own first."""
    if not actor.is_person or not actor.hats:
        return []
    rows = found.sheets.filter(_written_by(actor), round__town_id=actor.town_id)
    return list(rows.select_related("round", "unit", "person").order_by("kind", "unit__path"))


def waiting(actor: Actor) -> QuerySet[Sheet]:
    """What this person has still to hand in, in the round that goes on."""
    if not actor.is_person or not actor.hats:
        return Sheet.objects.none()
    return Sheet.objects.filter(
        _written_by(actor),
        Literally("state", "{} = 'draft'"),
        round__town_id=actor.town_id,
        round__closed_at__isnull=True,
    )


def rounds(actor: Actor) -> list[Round]:
    """The rounds of the actor's town, the newest first, at most thirty."""
    if not actor.is_person or not actor.hats:
        return []
    return list(Round.objects.filter(town_id=actor.town_id).order_by("-pk")[:30])


def current(found: list[Round]) -> Round | None:
    """The one of them that goes on."""
    return next((one for one in found if one.is_open), None)


def get_round(actor: Actor, pk: int) -> Round:
    """One round of the actor's town."""
    found = Round.objects.filter(pk=pk, town_id=actor.town_id).first() if actor.town_id and actor.hats else None
    if found is None:
        raise unknown()
    return found


def without_sheet(actor: Actor, sheets: list[Sheet]) -> bool:
    """Whether this person, of these who write here, has no sheet of their own yet."""
    return not any(sheet.kind == Sheet.Kind.PERSON for sheet in sheets)


@dataclass
class Gap:
    """One line, and the finding that it has become."""

    line: int
    text: str
    finding: Finding | None = None


@dataclass
class Section:
    """One benchmark with what the sheet says to it; no gaps is 没有."""

    benchmark: rules.Benchmark
    text: str = ""
    criteria: list[str] = field(default_factory=list)
    facets: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def words(self, codes: list[str], known: tuple[tuple[str, str], ...]) -> str:
        return "、".join(word for code, word in known if code in codes)


def answers(sheet: Sheet) -> list[Answer]:
    """What it says so far. One statement."""

    def of_sheet(sheet: int) -> QuerySet[Answer]:
        return Answer.objects.filter(sheet_id=sheet)

    return again("selfreview.answers", of_sheet, sheet=sheet.pk)


def sections(sheet: Sheet) -> list[Section]:
    """The sheet by benchmark, in the order of its form. Two statements."""

    def raised_by(sheet: int) -> QuerySet[Raised]:
        return Raised.objects.filter(answer__sheet_id=sheet).select_related("finding")

    said = {one.benchmark: one for one in answers(sheet)}
    became: list[Raised] = again("selfreview.raised", raised_by, sheet=sheet.pk)
    raised = {(one.answer_id, one.line): one.finding for one in became}
    found = []
    for benchmark in rules.form_of(sheet.round.form).benchmarks:
        section = Section(benchmark)
        answer = said.get(benchmark.code)
        if answer is not None:
            section.text, section.criteria, section.facets = answer.text, answer.criteria, answer.facets
            section.gaps = [Gap(line, text, raised.get((answer.pk, line))) for line, text in enumerate(answer.lines)]
        found.append(section)
    return found
