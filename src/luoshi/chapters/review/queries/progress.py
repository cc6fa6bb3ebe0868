"""What the holder of a receipt is told: plain words, units and dates, never the names of who works on it."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db.models import Q

from luoshi.chapters.review import rules
from luoshi.chapters.review.models import ORIGIN, Finding, State
from luoshi.chapters.review.queries.families import root
from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Claim, DateMove, Evaluation, Handling, Matter, Raiser, Verdict
from luoshi.core.matters.models import State as MatterState
from luoshi.core.org.models import Person, Unit
from luoshi.kit import together

_PLAIN = {
    "matter.register": "已立项办理",
    "matter.sign": "办理单位已签收，正在办理",
    "matter.report": "办理单位反馈了进展",
    "matter.suspend": "暂停办理，等待条件具备",
    "matter.resume": "恢复办理",
    "matter.send_up": "已上报上级，等待上级意见",
    "matter.answer_from_above": "上级已有意见，继续办理",
    "matter.approve_plan": "一时办不完的，已定出分步方案",
    "matter.claim": "办理单位认为已经解决，请您评价，并由别的单位核查",
    "matter.withdraw": "办理单位撤回了办结申请，继续办理",
    "matter.verify": "别的单位核查，确已解决",
    "matter.claim_refused": "别的单位核查，还没有解决，退回重办",
    "matter.close": "办结",
    "matter.reopen": "重新办理",
    "matter.void": "不再办理",
}
_TO_UNIT = {"matter.assign", "matter.transfer", "matter.rule"}
_ANSWERABLE = (Evaluation.Answer.WAITING, Evaluation.Answer.NO_ANSWER)
_SPOKEN = (Evaluation.Answer.SATISFIED, Evaluation.Answer.FAIRLY, Evaluation.Answer.UNSATISFIED)
_WITH_RESULT = (MatterState.CLAIMED, MatterState.VERIFIED, MatterState.CLOSED)
_DISSENT = "matter.answer_dissent"
_READ = [*_PLAIN, *_TO_UNIT, _DISSENT, "matter.decide_extension", "matter.ask_void", "matter.look_again"]
Hide: TypeAlias = Callable[[str], str]


@dataclass(frozen=True)
class Step:
    """One thing that happened, in a sentence; ``words`` is what the raiser is owed to read."""

    at: datetime
    sentence: str
    words: str = ""


@dataclass
class Progress:
    """``now`` says in one sentence how it stands. ``due`` is the last day in time, while it is being worked on.

    ``question`` is the evaluation that waits for this raiser (also a late one), ``said`` the answer given last.
    """

    received_at: datetime
    now: str
    title: str = ""
    unit: str = ""
    due: date | None = None
    due_before: date | None = None
    steps: list[Step] = field(default_factory=list)
    result: str = ""
    question: Evaluation | None = None
    said: Evaluation | None = None


def progress(raiser: Raiser) -> Progress:
    """For whoever showed the receipt. Three statements where the raiser came with its matter."""
    finding = None
    if raiser.origin_kind == ORIGIN and raiser.origin_ref.isdigit():
        rows = Finding.objects.select_related("merged_into__merged_into")
        finding = rows.filter(pk=int(raiser.origin_ref)).first()
    shown = Progress(received_at=raiser.raised_at, now="已经收到，正在研究怎么办理。")
    shown.steps.append(Step(raiser.raised_at, "收到"))
    if finding is not None and finding.is_accusation:
        return _of_accusation(shown, finding, raiser)
    if finding is not None:
        _of_finding(shown, finding)
    if raiser.matter is not None:
        _of_matter(shown, raiser.matter, raiser)
    return shown


def _of_finding(shown: Progress, finding: Finding) -> None:
    shown.title = finding.title
    if finding.state == State.MERGED:
        shown.steps.append(Step(finding.last_at, "与另一件相同的问题一并办理"))
        shown.now = "与另一件相同的问题一并办理。"
    stays = root(finding)
    if stays.answer:
        shown.steps.append(Step(stays.answered_at or stays.last_at, "答复", stays.answer))
    if stays.state == State.ANSWERED:
        shown.now = "已经答复。"


def _of_accusation(shown: Progress, finding: Finding, raiser: Raiser) -> Progress:
    """Of an accusation only that it arrived, who has it, and what they answered."""
    shown.now = "已转纪检监察机关按规定处理。"
    shown.unit = "纪检监察机关"
    if finding.answer:
        shown.now = "纪检监察机关已经答复。"
        shown.steps.append(Step(finding.answered_at or finding.last_at, "答复", finding.answer))
    if raiser.matter is not None:
        shown.now = "纪检监察机关正在办理。" if raiser.matter.is_open else "纪检监察机关已经办结。"
        asked = Evaluation.objects.filter(raiser=raiser).select_related("claim").order_by("claim__number")
        _ask(shown, raiser.matter, list(asked))
    return shown


def _of_matter(shown: Progress, matter: Matter, raiser: Raiser) -> None:
    events = list(Event.objects.filter(stream=matter.stream, verb__in=_READ).select_related("words").order_by("seq"))
    told = [(event, json.loads(event.data)) for event in events]
    at_work = Q(pk__in=[matter.handler_id or 0, matter.leader_id or 0])
    found = together.fetch(
        {
            "units": Unit.objects.filter(pk__in={data["lead_unit"] for _, data in told if data.get("lead_unit")}),
            "people": Person.objects.filter(
                at_work
                | Q(pk__in=Handling.objects.filter(matter=matter).values("person_id"))
                | Q(pk__in=Verdict.objects.filter(matter=matter).values("judge_id"))
            ),
            "evaluations": Evaluation.objects.filter(raiser=raiser),
            "claims": Claim.objects.filter(matter=matter),
            "verdicts": Verdict.objects.filter(matter=matter, kind=Verdict.Kind.DISSENT, evaluation__raiser=raiser),
            "moves": DateMove.objects.filter(matter=matter, which="resolve", round=matter.round),
        }
    )
    names = [person.name for person in found["people"]]

    def hide(text: str) -> str:
        return rules.without_names(text, names)

    shown.steps += _steps(told, {unit.pk: unit.name for unit in found["units"]}, hide)
    shown.unit = matter.lead_unit.name if matter.lead_unit else ""
    shown.now = _now(matter, shown.unit)
    if matter.is_open:
        shown.due = matter.resolve_due
        shown.due_before = next((m.old for m in found["moves"] if m.old != matter.resolve_due), None)
    if matter.state in _WITH_RESULT:
        last = found["claims"][-1].result if found["claims"] else ""
        shown.result = hide(matter.result if matter.state == MatterState.CLOSED else last)
    _ask(shown, matter, found["evaluations"])
    _dissents(shown, found["verdicts"], {event.pk: event for event in events}, hide)


def _steps(told: list[tuple[Event, dict[str, Any]]], units: dict[int, str], hide: Hide) -> Iterable[Step]:
    asked_reason = ""
    for event, data in told:
        words = _words(event)
        if event.verb in _TO_UNIT:
            if data.get("lead_unit"):
                yield Step(event.happened_at, f"交办给{units.get(data['lead_unit'], '办理单位')}")
        elif event.verb == "matter.decide_extension":
            if isinstance(data.get("resolve_due"), list):
                day = date.fromisoformat(data["resolve_due"][1])
                yield Step(event.happened_at, f"期限延到{day.month}月{day.day}日")
        elif event.verb == "matter.look_again":
            seen = "确已解决" if data.get("passed") else "没有真正解决，重新办理"
            yield Step(event.happened_at, f"办结后回头看：{seen}")
        elif event.verb == "matter.ask_void":
            asked_reason = words.get("reason", "")
        elif event.verb == "matter.void":
            yield Step(event.happened_at, _PLAIN[event.verb], hide(words.get("reason") or asked_reason))
        elif event.verb in _PLAIN:
            yield Step(event.happened_at, _PLAIN[event.verb])


def _words(event: Event | None) -> dict[str, str]:
    said = getattr(event, "words", None)
    return json.loads(said.body) if said and said.body else {}


def _now(matter: Matter, unit: str) -> str:
    return {
        MatterState.REGISTERED: "已经立项，正在确定由谁办理。",
        MatterState.ASSIGNED: f"已交办给{unit}。",
        MatterState.CONTESTED: "正在确定由哪个单位办理。",
        MatterState.WORKING: f"{unit}正在办理。",
        MatterState.PLANNED: f"{unit}正在按方案分步办理。",
        MatterState.WAITING: "暂停办理，等待条件具备。",
        MatterState.SENT_UP: "已上报上级，等待上级意见。",
        MatterState.CLAIMED: f"{unit}认为已经解决，正在核查。",
        MatterState.VERIFIED: "核查通过，等待销号。",
        MatterState.CLOSED: "已经办结。",
        MatterState.VOIDED: "这件不再办理，理由写在下面。",
    }[MatterState(matter.state)]


def _ask(shown: Progress, matter: Matter, asked: list[Evaluation]) -> None:
    """The question that waits, and the answer given last. ``asked`` is oldest first."""
    last = next((e for e in reversed(asked) if e.answer != Evaluation.Answer.MOOT), None)
    if last and last.answer in _ANSWERABLE and matter.state in _WITH_RESULT:
        shown.question = last
    shown.said = next((e for e in reversed(asked) if e.answer in _SPOKEN), None)


def _dissents(shown: Progress, verdicts: list[Verdict], events: dict[int, Event], hide: Hide) -> None:
    """The reasons that this raiser's dissent was answered with."""
    for verdict in verdicts:
        said = "您不满意，复核后认为结果成立" if verdict.passed else "您不满意，复核后退回重新办理"
        reason = _words(events.get(verdict.event_id)).get("reason", "")
        shown.steps.append(Step(verdict.judged_at, said, hide(reason)))
    shown.steps.sort(key=lambda step: step.at)
