"""The campaign as one flow: the figures that apps offer, by step, counted at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from luoshi.core.org.rules import Actor
from luoshi.core.plan import registry
from luoshi.core.plan.registry import STEPS
from luoshi.kit.ledgers.figures import Reading, parse, read_many


@dataclass(frozen=True)
class Step:
    """One step with the figures that are there for it; none: nothing that is installed has any yet.

    ``chapter`` is the plan's own title for it, empty without a plan.
    """

    label: str
    chapter: str
    figures: tuple[tuple[str, Reading], ...]

    @property
    def main(self) -> int | None:
        """The first figure that is a number."""
        return next((reading.count for _, reading in self.figures if reading.count is not None), None)


def flow(actor: Actor, chapters: Sequence[str] = ()) -> list[Step]:
    """The four steps in order. One statement, and one for each filter with choices that a figure uses."""
    wanted = [(figure, parse(figure.source)) for figure in registry.flow()]
    told = read_many([source for _, source in wanted], actor)
    return [
        Step(
            label,
            chapters[i] if i < len(chapters) else "",
            tuple((figure.label, told[source]) for figure, source in wanted if figure.step == key),
        )
        for i, (key, label) in enumerate(STEPS.items())
    ]
