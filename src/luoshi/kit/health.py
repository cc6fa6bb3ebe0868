"""Whether this installation is well. Every app registers in ``ready()`` what it can tell of itself; doctor asks them all.

A check reads and writes nothing. What it recounts it takes from the rows, never from what was counted before.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Examination:
    """``at`` is now; ``full``: take the time to look at everything."""

    at: datetime
    full: bool = False


@dataclass(frozen=True)
class Symptom:
    """One thing that is not as it should be, and what to do. ``is_wrong`` false: worth knowing, and no fault."""

    sentence: str
    fix: str = ""
    is_wrong: bool = True

    def __str__(self) -> str:
        return f"{self.sentence}{self.fix}"


Check = Callable[[Examination], Iterable[Symptom]]


@dataclass(frozen=True)
class Result:
    """What one check found; nothing: well."""

    label: str
    symptoms: tuple[Symptom, ...]

    @property
    def is_well(self) -> bool:
        return not any(symptom.is_wrong for symptom in self.symptoms)


_checks: dict[str, tuple[int, str, Check]] = {}


def register(name: str, label: str, check: Check, *, order: int = 100) -> None:
    """``name`` is ``app.what``; ``label`` stands before the colon; ``order`` sorts, low first. ValueError: name taken."""
    known = _checks.get(name)
    if known is not None and known[2] is not check:
        raise ValueError(f"health check {name!r} is registered twice")
    _checks[name] = (order, label, check)


def examine(examination: Examination, names: Iterable[str] | None = None) -> Iterator[Result]:
    """Ask every check, or those named, one after the other. A check that cannot go through is a symptom itself."""
    wanted = _checks if names is None else {name: _checks[name] for name in names}
    for _, label, check in sorted(wanted.values(), key=lambda one: (one[0], one[1])):
        try:
            symptoms = tuple(check(examination))
        except Exception as error:  # one check that falls over must not hide what the others find
            said = f"{type(error).__name__}：{str(error).strip()[:200]}"
            symptoms = (Symptom(f"这一项没有查成（{said}）。", "请把这句话告诉维护人员。"),)
        yield Result(label, symptoms)


def some(things: Iterable[object], *, most: int = 5) -> str:
    """The first few of many, in words: ``1、2、3 等 12 个``."""
    every = [str(thing) for thing in things]
    return "、".join(every[:most]) + (f" 等 {len(every)} 个" if len(every) > most else "")
