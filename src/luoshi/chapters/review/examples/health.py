"""That what is held up is of this town and really shown by something."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from luoshi.chapters.review.examples.models import INSIDE, Example, Proof, State
from luoshi.core.evidence.models import Item
from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Secrecy
from luoshi.core.matters.models import State as MatterState
from luoshi.kit.health import Examination, Symptom, some

_BYPASSED = "有人绕过程序改过数据库，或程序有错：请原样保存数据库，并告诉维护人员。"


def proofs(examination: Examination) -> Iterator[Symptom]:
    """Persons, units and matters of the same town; for those of the town a proof; every decision in the journal."""
    foreign = Example.objects.filter(
        Q(person__isnull=False) & ~Q(person__town=F("town")) | Q(unit__isnull=False) & ~Q(unit__town=F("town"))
    ).exclude(unit=F("town"))
    if found := sorted(foreign.values_list("pk", flat=True)[:1000]):
        yield Symptom(f"有典型说的是外镇的人或单位（编号 {some(found)}）。", _BYPASSED)
    strange = Proof.objects.exclude(matter__town=F("example__town")) | Proof.objects.filter(
        matter__secrecy=Secrecy.ACCUSATION
    )
    if found := sorted(set(strange.values_list("example_id", flat=True)[:1000])):
        yield Symptom(f"有典型用不能公开的事项作凭据（编号 {some(found)}）。", "请书记或班子成员把这些典型撤下。")
    shown = Exists(Proof.objects.filter(example=OuterRef("pk")))
    filed = set(Item.objects.filter(stream__startswith="example:").values_list("stream", flat=True))
    bare = [one for one in Example.objects.filter(~shown, kind__in=INSIDE).order_by("pk") if one.stream not in filed]
    if bare:
        yield Symptom(
            f"有典型没有任何凭据（编号 {some(one.pk for one in bare)}）。", "请书记或班子成员核对，没有凭据的撤下。"
        )
    yield from _decided()
    reopened = Proof.objects.filter(example__state=State.APPROVED).exclude(matter__state=MatterState.CLOSED)
    if found := sorted(set(reopened.values_list("example_id", flat=True)[:1000])):
        yield Symptom(
            f"有典型的凭据后来重开了（编号 {some(found)}）。", "请选树的领导看看是不是还站得住。", is_wrong=False
        )


def _decided() -> Iterator[Symptom]:
    """The newest decision of the journal is what the row says."""
    verbs = {"example.approved": "approved", "example.declined": "declined", "example.withdrawn": "withdrawn"}
    told = Event.objects.filter(verb__in=verbs).order_by("pk").values_list("stream", "verb")
    newest = {stream: verbs[verb] for stream, verb in told.iterator()}
    rows = Example.objects.exclude(state=State.PROPOSED).order_by("pk").iterator()
    if wrong := [one.pk for one in rows if newest.get(one.stream) != one.state]:
        yield Symptom(f"有典型的状态和流水里的决定不一样（编号 {some(wrong)}）。", _BYPASSED)
