"""What apps offer the plan: mechanisms that sentences may be carried out by, and the figures of the campaign's flow.

Filled by each app's ``ready()``; the plan names none of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

STEPS = {"found": "找到问题", "learnt": "学到本领", "done": "办成事情", "earned": "见到成效"}
"""The four chapters of a campaign as one flow."""


@dataclass(frozen=True)
class Mechanism:
    """A kind of record that carries sentences out: where one of ``words`` stands in a sentence, ``source`` (a figure's
    source as text) is suggested for it under ``label``. A person decides."""

    label: str
    source: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class FlowFigure:
    """One figure of the campaign's flow: its step (a key of ``STEPS``), its words and the source that counts it;
    ``order`` within the step, low first. The first that is a number is drawn."""

    step: str
    label: str
    source: str
    order: int = 100


@dataclass(frozen=True)
class GoalFigure:
    """What moved a goal, beside the matters: ``source`` counts it, with ``{goal}`` for the goal's key."""

    label: str
    source: str


_goal_figures: list[GoalFigure] = []
_mechanisms: list[Mechanism] = []
_figures: list[FlowFigure] = []


def offer(*mechanisms: Mechanism) -> None:
    """Offer mechanisms; offering one twice changes nothing."""
    _mechanisms.extend(one for one in mechanisms if one not in _mechanisms)


def show(*figures: FlowFigure) -> None:
    """Offer figures of the flow, in the order in which they stand there."""
    for figure in figures:
        if figure.step not in STEPS:
            raise ValueError(f"{figure.step!r} is no step of a campaign")
        if figure not in _figures:
            _figures.append(figure)


def serve(*figures: GoalFigure) -> None:
    """Offer figures of what moves a goal."""
    _goal_figures.extend(figure for figure in figures if figure not in _goal_figures)


def goal_figures() -> list[GoalFigure]:
    return list(_goal_figures)


def mechanisms() -> list[Mechanism]:
    return list(_mechanisms)


def flow() -> list[FlowFigure]:
    return sorted(_figures, key=lambda figure: figure.order)


def suggested(text: str, *, but: Sequence[str] = ()) -> list[Mechanism]:
    """The mechanisms whose words stand in a sentence, those with most of them first; ``but``: sources it has."""
    found = [(sum(word in text for word in one.words), one) for one in _mechanisms if one.source not in but]
    return [one for count, one in sorted(found, key=lambda pair: -pair[0]) if count]
