"""Pure decisions about papers: kinds, lengths, what stands in the way, who may sign what whom drafted."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from luoshi.core.papers.models import Kind
from luoshi.kit.documents import written
from luoshi.kit.documents.model import LIMITS, LengthLimit
from luoshi.kit.documents.text import characters_of

OFFICIAL: Mapping[Kind, str] = {
    Kind.NOTICE: "通知",
    Kind.CIRCULAR: "通报",
    Kind.SUPERVISION: "通知",
    Kind.SITUATION: "报告",
    Kind.MINUTES: "纪要",
    Kind.BRIEF: "报告",
    Kind.ANNUAL: "报告",
}
"""Which of the fifteen kinds of official documents a paper counts as."""

MINUTES_MARK = "纪要"
"""With this ends the mark of minutes (GB/T 9704-2012, 10.3: “×××××纪要”), and of nothing else."""


def takes(kind: Kind | str, mark: str) -> bool:
    """Whether a kind of paper may go out under a mark: that of minutes is for minutes alone."""
    return Kind(kind) == Kind.MINUTES or not mark.endswith(MINUTES_MARK)


def mark_of(kind: Kind | str, *, mark: str, signed_as: str) -> str:
    """What is printed red at the head. Minutes under the mark of other papers bear “…会议纪要” of the same office."""
    if Kind(kind) != Kind.MINUTES or mark.endswith(MINUTES_MARK):
        return mark
    return f"{signed_as}会议{MINUTES_MARK}"


_LIMITED = {
    Kind.NOTICE: "special",
    Kind.CIRCULAR: "special",
    Kind.SUPERVISION: "special",
    Kind.SITUATION: "special",
    Kind.BRIEF: "special",
    Kind.ANNUAL: "general",
}
"""For minutes no limit was found: only the count is shown."""

MOST_FIGURES = 200
TO_FILL = re.compile(r"（待填[^）]{0,60}）")
"""What a paper that wrote itself leaves to a person."""
SECRET = re.compile(r"(?:绝密|机密|秘密)\s*[★☆＊*]")
"""A grade of secrecy as it is marked on paper (GB/T 9704-2012, 7.2.2): such papers do not belong here."""


def limit(kind: Kind | str) -> LengthLimit | None:
    """The length that a paper of a kind should keep to, with who says so; ``None`` where none was found."""
    key = _LIMITED.get(Kind(kind))
    return LIMITS[key] if key else None


def length(body: str, values: Mapping[str, str]) -> int:
    """Characters of a body without spaces, its figures as they are printed."""
    return characters_of(written.FIELD.sub(lambda found: values.get(found[1].strip(), found[1]), body))


@dataclass(frozen=True)
class Told:
    """A figure of a draft as somebody sees it: what is printed, or why there is nothing."""

    name: str
    text: str
    trouble: str = ""
    typed: bool = False


def obstacles(*, title: str, body: str, figures: Iterable[Told]) -> list[str]:
    """What must be mended before a paper can go on: no text, figures without a meaning, figures that fail."""
    known = {one.name: one for one in figures}
    found = []
    if not title.strip():
        found.append("没有标题。")
    if not body.strip():
        found.append("没有正文。")
    if mark := SECRET.search(f"{title}\n{body}"):
        found.append(f"文中有密级标志“{mark[0]}”：涉密公文不在本系统办理，请删去并按保密规定处理。")
    if left := TO_FILL.findall(body):
        found.append(f"还有 {len(left)} 处待填，第一处是“{left[0]}”。")
    for name in written.names(body):
        one = known.get(name)
        if one is None:
            found.append(f"正文里的【{name}】没有对应的数字：请从“数字”里选一个，或者不用【】。")
        elif one.trouble and not one.typed:
            found.append(f"数字【{name}】取不到：{one.trouble}")
    return found


def named_people(body: str, people: Collection[str]) -> list[str]:
    """The people whose names stand in a text (names of one character are no names)."""
    return sorted(name for name in people if len(name) > 1 and name in body)


def missing_numbers(serials: Iterable[int], *, before: int, last: int) -> list[str]:
    """What is wrong with the numbers of a year: gaps, numbers beyond the run. Empty: all is well."""
    used = sorted(serials)
    wanted = range(before + 1, last + 1)
    gone = sorted(set(wanted) - set(used))
    beyond = sorted(set(used) - set(wanted))
    found = [f"缺第 {n} 号" for n in gone]
    found += [f"第 {n} 号不在已用的范围内" for n in beyond]
    return found
