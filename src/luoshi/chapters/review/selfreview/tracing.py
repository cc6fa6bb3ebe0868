"""The facts of a sheet: who said them, and what draws on them; which findings a sheet made; who points at an example."""

from collections.abc import Collection, Sequence

from django.urls import reverse

from luoshi.chapters.review.models import Channel, Finding
from luoshi.chapters.review.selfreview import queries, rules
from luoshi.chapters.review.selfreview.models import Raised, Sheet
from luoshi.chapters.review.selfreview.transitions import SENTENCES
from luoshi.core.desk.tracing import Fact, Traced, Use, add_origin, add_use, everybody, page, register
from luoshi.core.org.rules import Actor
from luoshi.kit import references

KIND = "selfreview-sheet"


def _answer(benchmark: rules.Benchmark, said: str) -> Fact[Sheet]:
    code = benchmark.code
    return Fact(f"对照{benchmark.short}", lambda s: said, (f"answer.{code}",), words=(code,))


def _answers(sheet: Sheet, actor: Actor) -> Sequence[Fact[Sheet]]:
    """What the sheet says to each benchmark, told when it is handed in; the example that it points at."""
    said = dict(sheet.answers.values_list("benchmark", "text"))
    facts = [_answer(one, said.get(one.code, "")) for one in rules.form_of(sheet.round.form).benchmarks]
    compared = references.described(actor, [sheet.compared_with]).get(sheet.compared_with)
    if compared:
        facts.append(Fact("对照的典型", lambda s: compared.label, ("compared_with",)))
    return facts


def _became_findings(actor: Actor, sheet: Sheet) -> Collection[str]:
    rows = Raised.objects.filter(answer__sheet=sheet)
    return {f"answer.{code}" for code in rows.values_list("answer__benchmark", flat=True)}


def _gap(finding: Finding) -> tuple[str, int] | None:
    """The sheet of which a finding was a gap."""
    rows = Raised.objects.filter(finding_id=finding.pk) if finding.channel == Channel.CADRE else Raised.objects.none()
    found = rows.values_list("answer__sheet_id", flat=True).first()
    return (KIND, found) if found else None


def _points_at(actor: Actor, example: object) -> Collection[str]:
    """An example is drawn on where a sheet that the actor may read points at it."""
    ref = getattr(example, "stream", "")
    return ("name", "learn") if queries.visible_to(actor).filter(compared_with=ref).exists() else ()


SHEET: Traced[Sheet] = Traced(
    kind=KIND,
    label="自查表",
    model=Sheet,
    get=queries.get,
    name=str,
    url=page("selfreview-sheet"),
    facts=(),
    more=_answers,
    uses=(Use("查摆问题", lambda: reverse("findings"), (), may=everybody, draws=_became_findings),),
    place="",
)

register(SHEET, SENTENCES)
add_origin("finding", _gap)
add_use(
    "example",
    Use("自查表：对照的典型", lambda: reverse("selfreview"), ("name", "learn"), everybody, draws=_points_at),
)
