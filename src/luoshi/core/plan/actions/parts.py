"""A person corrects what the sentences of a plan are, and says who sees to them. The words themselves never change."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from luoshi.core.journal.actions import record
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor, Hat
from luoshi.core.plan.actions.frame import keeper, locked
from luoshi.core.plan.models import Goal, Part, PlanText, Version
from luoshi.core.plan.reading import tree
from luoshi.core.plan.reading.marks import at_start
from luoshi.core.plan.reading.tree import Kind
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional


def flat(version: Version, parts: list[Part]) -> list[tree.Part]:
    """The rows as the parts out of which a tree grows."""
    found, done = [], 0
    for part in parts:
        before, raw = version.text[done : part.start], version.text[part.start : part.end]
        kind = Kind(part.kind)
        found.append(tree.Part(kind, part.number, part.text, part.start, part.text_start, part.end, before, raw))
        done = part.end
    return found


@transaction.atomic
def call_parts(version: Version, *, kinds: Mapping[int, str], by: Actor, at: datetime) -> int:
    """Says of sentences (by key) what they are; how many became something else.

    Calling a measure's beginning a sentence within a measure joins it to the measure before; calling a sentence a
    beginning divides a measure; so are chapters made, joined and closed. What then stands at no place of its kind is
    called what its place makes it. Refused: ``plan.kind``, ``plan.same``, ``plan.old_version``.
    """
    plan = PlanText.objects.select_for_update().get(pk=version.plan_id)
    hat = keeper(plan.town_id, by)
    if plan.versions.order_by("-number").values_list("pk", flat=True).first() != version.pk:
        raise Refused("plan.old_version", "这是旧版，不能再改。", "请到现行版里改。")
    parts = list(Part.objects.filter(version=version).order_by("place"))
    wanted = {pk: kind for pk, kind in kinds.items() if kind}
    if not set(wanted.values()) <= {kind.value for kind in Kind}:
        raise Refused("plan.kind", "没有这一类句子。", "请从列出的种类里选。", field="kind")
    said = {part.pk for part in parts if wanted.get(part.pk, part.kind) != part.kind}
    rows = [
        replace(row, kind=Kind(wanted.get(part.pk, part.kind)))
        for part, row in zip(parts, flat(version, parts), strict=True)
    ]
    changed = []
    for part, row in zip(parts, tree.settled(rows), strict=True):
        if part.kind != row.kind or part.pk in said:
            part.corrected = part.corrected or part.pk in said
            if part.kind != row.kind:
                changed.append(part)
            part.kind = row.kind
    if not changed:
        raise Refused("plan.same", "没有一句改变。", "请先选好要改的种类，再保存。")
    for part in changed:
        _numbered(part)
    Part.objects.bulk_update(changed, ["kind", "corrected", "number", "text", "text_start"], batch_size=200)
    record(
        stream=plan.stream,
        verb="plan.parts_called",
        by=by.signature(hat),
        at=at,
        data={"version": version.number, "which": [part.pk for part in changed], "kind": changed[0].kind},
    )
    return len(changed)


def _numbered(part: Part) -> None:
    """The beginning of a chapter or measure shows its number apart, where its words begin with one."""
    if part.kind not in (Kind.CHAPTER, Kind.MEASURE) or part.number:
        return
    mark = at_start(part.text)
    raw = part.version.text[part.start : part.end]
    if mark and mark.length < len(part.text) and raw.startswith(mark.text):
        said = part.text[mark.length :].lstrip()
        skipped = len(raw) - len(raw[mark.length :].lstrip())
        part.number, part.text, part.text_start = mark.text, said, part.start + skipped


@transaction.atomic
def cut_part(part: Part, *, words: str, by: Actor, at: datetime) -> Part:
    """Cuts a sentence in two: ``words`` are its words with a line end at the place. The second half.

    Refused: ``plan.cut`` where the words differ otherwise, or where there is no or more than one line end.
    """
    part = locked(part)
    hat = keeper(part.version.plan.town_id, by)
    pieces = ["".join(piece.split()) for piece in words.strip().splitlines() if piece.strip()]
    if len(pieces) != 2 or "".join(pieces) != "".join(part.words.split()):
        raise Refused(
            "plan.cut",
            "只能在一处断开，字句不能改。",
            "请在要断开的地方按一次回车，别的不动。改字句请传新的一版。",
            field="words",
        )
    text, place = part.version.text, part.start
    for char in pieces[0]:  # the source may hold signs between that are no words of it
        place = text.index(char, place) + 1
    first_end, place = place, text.index(pieces[1][0], place)
    if first_end <= part.text_start:
        raise Refused("plan.cut", "编号和它的话不能断开。", "请在编号后面的话里断开。", field="words")
    later = list(Part.objects.filter(version=part.version_id, place__gt=part.place).order_by("-place"))
    for row in later:
        row.place += 1
    Part.objects.bulk_update(later, ["place"], batch_size=500)
    first, rest = _split(part.text, len(pieces[0]) - len("".join(part.number.split())))
    second = Part.objects.create(
        version=part.version,
        place=part.place + 1,
        kind=_after(part.kind),
        text=rest,
        start=place,
        text_start=place,
        end=part.end,
        corrected=True,
    )
    part.end, part.corrected, part.text = first_end, True, first
    part.save(update_fields=["end", "corrected", "text"])
    _record(part, "plan.part_cut", by, at, hat, second=second.pk)
    return second


def _after(kind: str) -> str:
    """What the words behind a sentence of this kind are, until a person says otherwise."""
    return {Kind.CHAPTER.value: Kind.LEAD, Kind.MEASURE.value: Kind.REST, Kind.TITLE.value: Kind.PREAMBLE}.get(
        kind, kind
    )


def _split(text: str, length: int) -> tuple[str, str]:
    """The text cut behind so many characters, spaces not counted."""
    place = 0
    while length:
        length -= not text[place].isspace()
        place += 1
    return text[:place].rstrip(), text[place:].lstrip()


@transaction.atomic
def join_part(part: Part, *, by: Actor, at: datetime) -> Part:
    """Joins a sentence with the next one; links of both hang on it then. Refused: ``plan.last`` behind the last."""
    part = locked(part)
    hat = keeper(part.version.plan.town_id, by)
    following = Part.objects.filter(version=part.version_id, place__gt=part.place).order_by("place").first()
    if following is None:
        raise Refused("plan.last", "这是最后一句，后面没有可并的。", "请从前一句并起。")
    have = set(part.links.values_list("source", flat=True))
    for link in following.links.all():
        if link.source in have:
            link.delete()
        else:
            link.part = part
            link.save(update_fields=["part"])
    gone, end, words = following.pk, following.end, following.words
    following.delete()
    part.end, part.corrected = end, True
    part.text += words
    part.save(update_fields=["end", "corrected", "text"])
    _record(part, "plan.parts_joined", by, at, hat, second=gone)
    return part


@transaction.atomic
def name_part(part: Part, *, alias: str, is_plain: bool, by: Actor, at: datetime) -> Part:
    """A short name for a chapter or measure, and whether a sentence asks nobody to do anything."""
    part = locked(part)
    hat = keeper(part.version.plan.town_id, by)
    part.alias = optional(" ".join(alias.split()), label="短题", field="alias", longest=40)
    part.is_plain = is_plain
    part.save(update_fields=["alias", "is_plain"])
    _record(part, "plan.part_named", by, at, hat, plain=is_plain, words={"alias": part.alias})
    return part


@transaction.atomic
def set_duty(
    part: Part,
    *,
    unit: Unit | None,
    person: Person | None,
    due: date | None,
    goal: Goal | None,
    by: Actor,
    at: datetime,
) -> Part:
    """Who sees to a sentence, until when, and which goal it serves. Refused: ``plan.foreign`` for another town's."""
    part = locked(part)
    town_id = part.version.plan.town_id
    hat = keeper(town_id, by)
    if any(one is not None and one.town_id != town_id for one in (unit, person, goal)):
        raise Refused("plan.foreign", "单位、责任人和目标应是本镇的。", "请重新选择。")
    part.unit, part.person, part.due, part.goal = unit, person, due, goal
    part.save(update_fields=["unit", "person", "due", "goal"])
    _record(
        part,
        "plan.duty_set",
        by,
        at,
        hat,
        unit=unit.pk if unit else None,
        person=person.pk if person else None,
        due=due.isoformat() if due else None,
        goal=goal.pk if goal else None,
    )
    return part


def _record(
    part: Part,
    verb: str,
    by: Actor,
    at: datetime,
    hat: Hat | None,
    *,
    words: Mapping[str, str] | None = None,
    **data: str | int | bool | None,
) -> None:
    record(
        stream=part.version.plan.stream,
        verb=verb,
        by=by.signature(hat),
        at=at,
        data={"version": part.version.number, "part": part.pk, **data},
        words=words or {},
    )
