"""Where each fact of a thing came from, what draws on it, and how often it was asked for again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet

from luoshi.core.desk import rules, tracing
from luoshi.core.desk.models import Passage
from luoshi.core.desk.tracing import Fact, Traced, Use
from luoshi.core.journal import rules as journal
from luoshi.core.journal.models import Event
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor
from luoshi.core.papers import queries as papers
from luoshi.kit import together
from luoshi.kit.addresses import address
from luoshi.kit.again import again, kept, padded
from luoshi.kit.errors import Refused
from luoshi.kit.imports.models import Batch
from luoshi.kit.imports.places import row_words
from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.model import Ledger
from luoshi.kit.picking import picked

MOST_PASSAGES, MOST_PAPERS = 60, 20
"""Files looked through for one thing, and papers named, the newest first."""
DOORS = {"public": "群众反映页面", "raiser": "报告问题页面", "system": "程序"}


@dataclass(frozen=True)
class Entry:
    """Who said a fact, when, in which step, through which door. ``late``: entered more than a day afterwards."""

    who: str
    at: datetime
    recorded_at: datetime
    sentence: str
    door: str
    late: bool


@dataclass(frozen=True)
class File:
    """One file in which the thing went out or came in again."""

    at: datetime
    who: str
    what: str
    rows: int
    place: str = ""
    cells: tuple[str, ...] = ()


@dataclass
class Line:
    """One fact. ``changed``: how often it was said anew; ``uses``: (name, address) of what draws on it."""

    label: str
    value: str
    entry: Entry | None
    changed: int
    uses: list[tuple[str, str]] = field(default_factory=list)
    files: int = 0
    again: int = 0


@dataclass(frozen=True)
class Whence:
    """The answer for one thing. ``origin`` is (label, address) of what it was made from, for who may see that; ``papers``
    are likewise the official documents that were drawn from it."""

    lines: tuple[Line, ...]
    origin: tuple[str, str] | None
    papers: tuple[tuple[str, str], ...]
    out: tuple[File, ...]
    again: tuple[File, ...]

    @property
    def entered(self) -> int:
        return sum(1 + line.changed for line in self.lines if line.entry and line.value)

    @property
    def asked_again(self) -> int:
        return sum(line.again for line in self.lines)


def whence(traced: Traced[Any], thing: Any, *, actor: Actor) -> Whence:
    """Five statements and what the kind itself asks, however much there is: events, passages, names, ledgers, papers."""
    events: list[Event] = again("desk.events", _events, stream=traced.stream(thing))
    passages = list(
        Passage.objects.filter(
            kind=traced.kind, town_id=actor.town_id, first__lte=thing.pk, last__gte=thing.pk
        ).order_by("-pk")[:MOST_PASSAGES]
    )
    batches = {one.batch_id for one in passages} | {_batch(event) for event in events}
    files, names = _names([pk for pk in batches if pk], sorted(_people(events, passages)))
    said = [(event, *_said(event)) for event in events]
    said = [one for one in said if traced.tells(thing, one[0].verb, one[1])]
    stands = [_stands(ledger, actor) for ledger in _ledgers(traced, thing, actor)]
    uses = [(use, use.read_of(actor, thing)) for use in tracing.uses(traced)]
    facts = [*traced.facts, *traced.more(thing, actor)]
    lines = [_line(traced, fact, thing, said, names, files, stands, uses, actor) for fact in facts]
    out, back = _files(traced, thing, passages, names, files, facts, lines)
    return Whence(tuple(lines), _origin(traced, thing, actor), _papers(traced, thing, actor), tuple(out), tuple(back))


def _events(stream: str) -> QuerySet[Event]:
    return Event.objects.filter(stream=stream).select_related("words").order_by("seq")


def _names(batches: Sequence[int], people: Sequence[int]) -> tuple[dict[int, str], dict[int, str]]:
    """What files and people are called, by their keys. One statement."""
    files, persons = list(padded(batches).values()), list(padded(people).values())
    keys = {f"file{n}": pk for n, pk in enumerate(files)} | {f"person{n}": pk for n, pk in enumerate(persons)}

    def build(**keys: int) -> dict[str, QuerySet[Any, Any]]:
        of_files = [pk for name, pk in keys.items() if name.startswith("file")]
        of_people = [pk for name, pk in keys.items() if name.startswith("person")]
        return {
            "files": Batch.objects.filter(pk__in=of_files).values_list("id", "name"),
            "people": Person.objects.filter(pk__in=of_people).values_list("id", "name"),
        }

    told = together.tuples_again(("desk.names", len(files), len(persons)), build, **keys)
    return dict(told["files"]), dict(told["people"])


def _papers(traced: Traced[Any], thing: Any, actor: Actor) -> tuple[tuple[str, str], ...]:
    """The papers that were drawn from the thing, for who may see them, newest first."""
    drawn = papers.visible_to(actor).filter(town_id=actor.town_id, origin=traced.stream(thing))
    rows = drawn.select_related("series").order_by("-pk")[:MOST_PAPERS]
    return tuple((f"{one.number}{one.title}（{one.get_state_display()}）", address("paper", one.pk)) for one in rows)


def _said(event: Event) -> tuple[dict[str, Any], dict[str, Any]]:
    spoken = getattr(event, "words", None)
    return json.loads(event.data), json.loads(spoken.body) if spoken and spoken.body else {}


def _batch(event: Event) -> int:
    kind, _, rest = str(json.loads(event.data).get("door", "")).partition(":")
    return int(rest.partition(":")[0]) if kind == "import" else 0


def _people(events: Sequence[Event], passages: Sequence[Passage]) -> set[int]:
    people = {int(text[7:]) for e in events for text in (e.actor, e.principal) if text.startswith("person:")}
    return people | {one.person_id for one in passages if one.person_id}


def _who(event: Event, names: dict[int, str]) -> str:
    kind, _, rest = event.actor.partition(":")
    if kind != "person":
        return {"public": "群众", "raiser": "提出人"}.get(kind, "程序")
    name = names.get(int(rest), "")
    return f"{name}（代{names.get(int(event.principal[7:]), '')}）" if event.principal else name


def _door(event: Event, data: dict[str, Any], files: dict[int, str]) -> str:
    kind, _, rest = str(data.get("door", "")).partition(":")
    if kind == "import":
        batch, _, row = rest.partition(":")
        name = files.get(int(batch))
        return f"表格“{name}”第 {row} 行" if name else f"表格导入，第 {row} 行（文件已过保存期）"
    actor, _, rest = event.actor.partition(":")
    if actor == "system" and rest == "replay":
        return "回放"
    return DOORS.get(actor, "网页")


def _entry(event: Event, data: dict[str, Any], names: dict[int, str], files: dict[int, str]) -> Entry:
    return Entry(
        who=_who(event, names),
        at=event.happened_at,
        recorded_at=event.recorded_at,
        sentence=tracing.sentence(event.verb),
        door=_door(event, data, files),
        late=journal.late_entry(event.happened_at, event.recorded_at),
    )


_Drawn: TypeAlias = tuple[str, str, list[tuple[str, set[tuple[str, str]]]]]
"""A ledger: its name, its address, and by column what that reads."""


def _stands(ledger: Ledger[Any], actor: Actor) -> _Drawn:
    def read() -> list[tuple[str, set[tuple[str, str]]]]:
        model = ledger.rows(actor).model
        return [(one.label, tracing.reads(model, [*(one.reads or ()), *one.html_reads])) for one in ledger.columns]

    return ledger.label, address("ledger", ledger.slug), kept(("desk.read_by", ledger.slug), read)


def _line(
    traced: Traced[Any],
    fact: Fact[Any],
    thing: Any,
    said: Sequence[tuple[Event, dict[str, Any], dict[str, Any]]],
    names: dict[int, str],
    files: dict[int, str],
    ledgers: Sequence[_Drawn],
    drawn: Sequence[tuple[Use, set[str]]],
    actor: Actor,
) -> Line:
    """A fact that no event names was said when the thing was made."""
    value = fact.value(thing)
    told, before = [], None
    for event, data, words in said:
        if not fact.tells(data, words):
            continue
        now = [data[key] for key in fact.codes if data.get(key) is not None] + [
            words[key] for key in fact.words if words.get(key)
        ]
        if now and now != before:
            told.append((event, data))
            before = now
    told = told or [(event, data) for event, data, _ in said[:1]]
    stands = {(traced.model._meta.label, name) for name in fact.fields}
    uses = []
    for name, url, read in ledgers:
        columns = [label for label, read_by in read if stands & read_by]
        if columns:
            uses.append((f"{name}：{'、'.join(columns)}", url))
    uses += [(use.label, use.url()) for use, fields in drawn if fields & set(fact.fields)]
    return Line(
        label=fact.label,
        value=value,
        entry=_entry(told[-1][0], told[-1][1], names, files) if told and value else None,
        changed=max(0, len(told) - 1) if value else 0,
        uses=uses if value else [],
    )


def _ledgers(traced: Traced[Any], thing: Any, actor: Actor) -> list[Ledger[Any]]:
    """The ledgers that this actor may open and in which the thing stands, itself or beside another. One statement."""
    ledgers = registry.for_actor(actor)
    slugs = tuple(ledger.slug for ledger in ledgers)
    known = kept(("desk.may_stand", traced.kind, slugs), lambda: bool(_where(traced, ledgers, actor, thing.pk)))
    if not known or not actor.hats:
        return []
    counts = together.counts_again(
        ("desk.ledgers", traced.kind, actor, slugs), lambda key: _where(traced, ledgers, actor, key), key=thing.pk
    )
    return [ledgers[int(name[1:])] for name, count in counts.items() if count]


def _where(traced: Traced[Any], ledgers: Sequence[Ledger[Any]], actor: Actor, key: int) -> dict[str, QuerySet[Any]]:
    """The rows of each of these ledgers in which the thing stands; nothing of a ledger of what never stands beside it."""
    wanted: dict[str, QuerySet[Any]] = {}
    for place, ledger in enumerate(ledgers):
        rows = ledger.rows(actor)
        if rows.model is traced.model:
            wanted[f"l{place}"] = rows.filter(pk=key)
            continue
        beside = [f.name for f in rows.model._meta.concrete_fields if f.related_model is traced.model]
        of = Q()
        for name in beside:
            of |= Q(**{f"{name}_id": key})
        if beside:
            wanted[f"l{place}"] = picked(rows, rows.model._default_manager.filter(of).values("pk"))
    return wanted


def _files(
    traced: Traced[Any],
    thing: Any,
    passages: Sequence[Passage],
    names: dict[int, str],
    files: dict[int, str],
    facts: Sequence[Fact[Any]],
    lines: Sequence[Line],
) -> tuple[list[File], list[File]]:
    out, again = [], []
    stood: dict[tuple[str, ...], set[tuple[str, str]]] = {}
    by_cell = {cell: line for fact, line in zip(facts, lines, strict=True) for cell in fact.cells}
    for one in passages:
        row = rules.found(bytes(one.things), thing.pk)
        if row is None:
            continue
        who = names.get(one.person_id or 0, "")
        if one.way == Passage.Way.OUT:
            ledger = registry.get(one.slug)
            key = (one.slug, *one.columns)
            if key not in stood:
                columns = [c for c in ledger.columns if c.key in one.columns] if ledger else []
                stood[key] = tracing.reads(traced.model, [path for column in columns for path in column.reads or ()])
            for fact, line in zip(facts, lines, strict=True):
                if line.value and {(traced.model._meta.label, name) for name in fact.fields} & stood[key]:
                    line.files += 1
            how = {"xlsx": "导出 Excel", "print": "打印"}.get(one.how, one.how)
            out.append(File(one.at, who, f"{how}：{ledger.label if ledger else one.slug}", one.rows))
        else:
            _, number, mask = row
            cells = [key for place, key in enumerate(one.columns) if mask >> place & 1]
            for key in cells:
                if key in by_cell:
                    by_cell[key].again += 1
            name = files.get(one.batch_id or 0)
            what = f"表格“{name}”" if name else "表格导入（文件已过保存期）"
            asked = [by_cell[key] for key in cells if key in by_cell]  # a cell counts for one fact alone
            labels = tuple(fact.label for fact, line in zip(facts, lines, strict=True) if any(line is a for a in asked))
            again.append(File(one.at, who, what, one.rows, row_words(number), labels))
    return out, again


def _origin(traced: Traced[Any], thing: Any, actor: Actor) -> tuple[str, str] | None:
    made = tracing.made_from(traced, thing)
    kind = tracing.get(made[0]) if made else None
    if made is None or kind is None:
        return None
    try:
        origin = kind.get(actor, made[1])
    except Refused:
        return None
    return f"{kind.label} {kind.name(origin)}", kind.url(origin)
