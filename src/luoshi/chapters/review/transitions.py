"""The table of what can be done with a finding: from where, to where, who. Pages, actions and tests read it."""

from dataclasses import dataclass

from luoshi.chapters.review.models import State
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused


@dataclass(frozen=True)
class Verb:
    """One verb. ``accusation``: whether it is for accusations, for ordinary findings, or (``None``) for both."""

    name: str
    label: str
    sources: frozenset[State]
    target: State
    sentence: str
    accusation: bool | None = None

    @property
    def event(self) -> str:
        return f"finding.{self.name}"

    def fits(self, *, state: str, is_accusation: bool) -> bool:
        return state in self.sources and self.accusation in (None, is_accusation)


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("opened", "立项", frozenset({State.NEW, State.ANSWERED}), State.OPENED, "立项"),
        Verb("answered", "答复", frozenset({State.NEW}), State.ANSWERED, "不立项，直接答复"),
        Verb("merged", "并入", frozenset({State.NEW}), State.MERGED, "并入相同问题", False),
        Verb("unmerged", "拆出", frozenset({State.MERGED}), State.NEW, "从并入的问题中拆出", False),
        Verb(
            "marked",
            "标为检举控告",
            frozenset({State.NEW, State.ANSWERED}),
            State.NEW,
            "标为检举控告，转纪检监察",
            False,
        ),
        Verb("unmarked", "退回督办室", frozenset({State.NEW}), State.NEW, "不属于检举控告，退回督办室", True),
    )
}
SENTENCES = {verb.event: verb.sentence for verb in VERBS.values()} | {
    "finding.taken": "收到问题",
    "finding.joined": "另一件相同的问题并入",
    "finding.parted": "并入的问题又拆出",
    "finding.kept_apart": "与另一件核对过，不是同一件事",
    "finding.reconsidered": "与另一件改回待核对",
    "finding.classified": "改定类别或涉及单位",
    "categories.loaded": "载入问题类别目录",
    "finding.numbers_shown": "查看原话里的号码",
    "evidence.attached": "附文件",
    "journal.erased": "依法删除文字",
}


READERS = (Duty.OFFICE, Duty.DISCIPLINE)
"""Who reads the complaints box."""


def unknown() -> Refused:
    return Refused("review.unknown", "没有这件问题，或您不在其知悉范围内。", "请核对编号。")


def office_of(is_accusation: bool) -> Duty:
    """Who acts as the office: for accusations discipline inspection."""
    return Duty.DISCIPLINE if is_accusation else Duty.OFFICE


def offers(actor: Actor, *, state: str, is_accusation: bool) -> list[Verb]:
    """The verbs that this person may do now, in the order of the table."""
    if not actor.has(office_of(is_accusation)):
        return []
    return [verb for verb in VERBS.values() if verb.fits(state=state, is_accusation=is_accusation)]
