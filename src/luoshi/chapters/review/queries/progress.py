"""What the holder of a receipt is told: plain words, units and dates, never the names of who works on it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from luoshi.chapters.review import rules
from luoshi.chapters.review.models import ORIGIN, Finding, State
from luoshi.chapters.review.queries.families import root
from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Claim, Evaluation, Handling, Matter, Raiser, Secrecy, Verdict
from luoshi.core.matters.models import State as MatterState
from luoshi.core.org.models import Person, Unit

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
    """For whoever showed the receipt. At most nine statements."""
    finding = None
    if raiser.origin_kind == ORIGIN and raiser.origin_ref.isdigit():
        finding = Finding.objects.select_related("merged_into").filter(pk=int(raiser.origin_ref)).first()
    shown = Progress(received_at=raiser.raised_at, now="已经收到，正在研究怎么办理。")
    shown.steps.append(Step(raiser.raised_at, "收到"))
    if finding is not None and finding.is_accusation:
        return _of_accusation(shown, finding, raiser)
    if finding is not None:
        shown.title = finding.title
    stays = root(finding) if finding is not None else None
    if finding is not None and finding.state == State.MERGED:
        shown.steps.append(Step(finding.last_at, "与另一件相同的问题一并办理"))
        shown.now = "与另一件相同的问题一并办理。"
    if stays is not None and stays.state == State.ANSWERED:
        shown.now = "已经答复。"
        shown.steps.append(Step(stays.answered_at or stays.last_at, "答复", stays.answer))
    if raiser.matter_id is not None:
        _of_matter(shown, Matter.objects.select_related("lead_unit").get(pk=raiser.matter_id), raiser)
    return shown


def _of_accusation(shown: Progress, finding: Finding, raiser: Raiser) -> Progress:
    """Of an accusation only that it arrived, who has it, and what they answered."""
    shown.now = "已转纪检监察机关按规定处理。"
    shown.unit = "纪检监察机关"
    if finding.answer:
        shown.now = "纪检监察机关已经答复。"
        shown.steps.append(Step(finding.answered_at or finding.last_at, "答复", finding.answer))
    if raiser.matter_id is not None:
        matter = Matter.objects.get(pk=raiser.matter_id)
        shown.now = "纪检监察机关正在办理。" if matter.is_open else "纪检监察机关已经办结。"
        _ask(shown, raiser)
    return shown


def _of_matter(shown: Progress, matter: Matter, raiser: Raiser) -> None:
    verbs = [*_PLAIN, *_TO_UNIT, "matter.decide_extension", "matter.ask_void", "matter.look_again"]
    events = list(Event.objects.filter(stream=matter.stream, verb__in=verbs).select_related("words").order_by("seq"))
    told = [(event, json.loads(event.data)) for event in events]
    units = dict(
        Unit.objects.filter(pk__in={d["lead_unit"] for _, d in told if d.get("lead_unit")}).values_list("pk", "name")
    )
    names = _names(matter)
    hide = _hider(names)
    shown.steps += _steps(told, units, hide)
    shown.unit = matter.lead_unit.name if matter.lead_unit else ""
    if matter.is_open:
        shown.due = matter.resolve_due
        moved = matter.date_moves.filter(which="resolve", round=matter.round).order_by("pk").first()
        shown.due_before = moved.old if moved and moved.old != matter.resolve_due else None
    shown.now = _now(matter, shown.unit)
    _ask(shown, raiser, hide=hide)
    if matter.secrecy != Secrecy.ACCUSATION and matter.state in (
        MatterState.CLAIMED,
        MatterState.VERIFIED,
        MatterState.CLOSED,
    ):
        claim = Claim.objects.filter(matter=matter).order_by("-number").first()
        shown.result = hide(matter.result if matter.state == MatterState.CLOSED else claim.result if claim else "")


def _names(matter: Matter) -> list[str]:
    """Everybody who leads, handled or judged it."""
    people = Person.objects.filter(
        pk__in=[
            matter.handler_id or 0,
            matter.leader_id or 0,
            *Handling.objects.filter(matter=matter).values_list("person_id", flat=True),
            *Verdict.objects.filter(matter=matter).values_list("judge_id", flat=True),
        ]
    )
    return list(people.values_list("name", flat=True))


def _hider(names: Iterable[str]) -> Any:
    known = list(names)
    return lambda text: rules.without_names(text, known)


def _steps(told: list[tuple[Event, dict[str, Any]]], units: dict[int, str], hide: Any) -> Iterable[Step]:
    asked_reason = ""
    for event, data in told:
        words = _words(event)
        if event.verb in _TO_UNIT and data.get("lead_unit"):
            yield Step(event.happened_at, f"交办给{units.get(data['lead_unit'], '办理单位')}")
        elif event.verb == "matter.decide_extension" and isinstance(data.get("resolve_due"), list):
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


def _words(event: Event) -> dict[str, str]:
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


def _ask(shown: Progress, raiser: Raiser, *, hide: Any = lambda text: text) -> None:
    """The question that waits, the last answer, and the reasons that a dissent was answered with."""
    asked = list(Evaluation.objects.filter(raiser=raiser).select_related("claim", "matter").order_by("claim__number"))
    last = next((e for e in reversed(asked) if e.answer != Evaluation.Answer.MOOT), None)
    if (
        last
        and last.answer in _ANSWERABLE
        and last.matter.state
        in (
            MatterState.CLAIMED,
            MatterState.VERIFIED,
            MatterState.CLOSED,
        )
    ):
        shown.question = last
    shown.said = next((e for e in reversed(asked) if e.answer in _SPOKEN), None)
    unsatisfied = [e.pk for e in asked if e.answer == Evaluation.Answer.UNSATISFIED]
    if not unsatisfied:
        return
    verdicts = list(Verdict.objects.filter(evaluation_id__in=unsatisfied, kind=Verdict.Kind.DISSENT).order_by("pk"))
    events = Event.objects.filter(pk__in=[v.event_id for v in verdicts]).select_related("words")
    words = {event.pk: _words(event) for event in events}
    for verdict in verdicts:
        said = "您不满意，复核后认为结果成立" if verdict.passed else "您不满意，复核后退回重新办理"
        shown.steps.append(Step(verdict.judged_at, said, hide(words.get(verdict.event_id, {}).get("reason", ""))))
    shown.steps.sort(key=lambda step: step.at)
