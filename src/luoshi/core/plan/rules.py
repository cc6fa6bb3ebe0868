"""The tree of goals: who may stand above whom. Pure."""

from collections.abc import Collection, Mapping

LEVELS = ("province", "city", "county", "town")


def stands_above(upper: str, lower: str) -> bool:
    """Whether a goal of one level may have one of another below it: a higher level has, the same has not."""
    return LEVELS.index(upper) < LEVELS.index(lower)


def below(goal: int, parents: Mapping[int, int | None]) -> frozenset[int]:
    """A goal and all below it, by the parent of each; also where the tree were broken by a ring."""
    found = {goal}
    while more := {pk for pk, parent in parents.items() if parent in found} - found:
        found |= more
    return frozenset(found)


def free_code(level: str, taken: Collection[str]) -> str:
    """A code for a goal that a person adds: the level and the next number, which no goal has."""
    return next(code for n in range(1, len(taken) + 2) if (code := f"{level}-{n}") not in taken)
