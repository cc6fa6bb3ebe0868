"""Whether the journal is whole: every event, every stream, every word, every place in the log, every seal.

Reads only, in one snapshot, with the same few rows in memory however long the journal is. What it can't see from
inside is a past rewritten throughout, seals and all; for that it compares with a root that was kept elsewhere.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from luoshi.core.journal import rules
from luoshi.core.journal.reading import Damaged, Raw, snapshot
from luoshi.kit import sealing

KINDS = [int if name in ("id", "seq") else str for name in rules.COLUMNS]
HASH = re.compile(r"[0-9a-f]{64}")
SQLITE_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.(?!000000)([0-9]{6}))?")
POSTGRES_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6}))?")


@dataclass(frozen=True)
class Broken:
    """The first thing that is not as it was recorded. What can't be known of the event is ``None`` or empty."""

    event_id: int | None
    stream: str
    seq: int | None
    sentence: str

    def __str__(self) -> str:
        names = [
            f"编号 {self.event_id}" if self.event_id is not None else "",
            f"所属 {self.stream}" if self.stream else "",
            f"第 {self.seq} 条" if self.seq is not None else "",
        ]
        where = "，".join(name for name in names if name)
        return f"{where}：{self.sentence}" if where else self.sentence


@dataclass(frozen=True)
class Report:
    """What was found. Counts are of the rows read; after ``broken`` nothing more was looked at.

    ``root`` is the newest sealed root (empty when nothing is sealed), computed from the events. ``root_found`` answers
    the question for a root from elsewhere: whether the log had it at one of its seals (``None``: not asked).
    """

    events: int = 0
    sealed: int = 0
    waiting: int = 0
    erased: int = 0
    root: str = ""
    broken: Broken | None = None
    root_found: bool | None = None

    @property
    def whole(self) -> bool:
        """Nothing is broken, and the root from elsewhere, if one was given, belongs to this log."""
        return self.broken is None and self.root_found is not False


class _Found(Exception):
    def __init__(self, sentence: str, event_id: object = None, stream: object = "", seq: object = None) -> None:
        super().__init__(sentence)
        self.broken = Broken(
            event_id if type(event_id) is int else None,
            legible(stream) if type(stream) is str else "",
            seq if type(seq) is int else None,
            sentence,
        )


def verify(root: str | None = None) -> Report:
    """Check the configured database. Raises ``reading.Unreadable`` where there is no journal, writes nothing.

    ``root`` is 64 hex digits of a root kept elsewhere, in any case.
    """
    with snapshot() as raw:
        return check(raw, root)


def heads() -> Report:
    """What can be told without hashing anything: every stream's end and count, and that each event is sealed or waits."""
    with snapshot() as raw:
        checker = _Checker(raw, None)
        count = "SELECT count(*) FROM journal_"
        checker.events = next(iter(raw.rows(f"{count}event")))[0]
        checker.sealed = next(iter(raw.rows(f"{count}leaf")))[0]
        checker.waiting = next(iter(raw.rows(f"{count}outbox WHERE consumer = 'seal'")))[0]
        broken: Broken | None = None
        try:
            checker.heads_pass()
            if checker.sealed + checker.waiting != checker.events:
                raise _Found(
                    f"流水 {checker.events} 条，封存的 {checker.sealed} 条与待封的 {checker.waiting} 条加起来对不上。"
                )
            last = next(iter(raw.rows("SELECT size, root FROM journal_seal ORDER BY size DESC LIMIT 1")), (0, ""))
            if last[0] != checker.sealed:
                raise _Found(f"印记说封存了 {legible(last[0])} 条，实有 {checker.sealed} 条。")
            checker.root = str(last[1])
        except _Found as found:
            broken = found.broken
        except Damaged as damaged:
            broken = Broken(None, "", None, str(damaged))
    return Report(checker.events, checker.sealed, checker.waiting, root=checker.root, broken=broken)


def check(raw: Raw, root: str | None = None) -> Report:
    """``verify`` within a snapshot that the caller goes on to read from."""
    checker = _Checker(raw, root.lower() if root is not None else None)
    broken: Broken | None = None
    try:
        checker.events_pass()
        checker.erasures_pass()
        checker.heads_pass()
        checker.expect_rows("journal_words", checker.with_words, "留有文字")
        checker.expect_rows("journal_leaf", checker.sealed, "封存过")
        checker.expect_rows("journal_outbox", checker.waiting, "待封")
        checker.log_pass()
    except _Found as found:
        broken = found.broken
    except Damaged as damaged:
        broken = Broken(None, "", None, str(damaged))
    return Report(
        events=checker.events,
        sealed=checker.sealed,
        waiting=checker.waiting,
        erased=checker.erased,
        root=checker.root,
        broken=broken,
        root_found=None if root is None else checker.root_found,
    )


def event_columns(raw: Raw, alias: str = "e") -> str:
    """The select list of an event's raw columns, in the order of ``rules.COLUMNS`` and then ``leaf_hash``."""
    columns = (*rules.COLUMNS, "leaf_hash")
    return ", ".join(raw.moment(f"{alias}.{name}") if name in rules.MOMENTS else f"{alias}.{name}" for name in columns)


def moment_text(raw: Raw, value: object) -> str | None:
    """A raw moment in canonical form; ``None`` for anything but the one text that the database writes for it."""
    pattern = SQLITE_MOMENT if raw.vendor == "sqlite" else POSTGRES_MOMENT
    match = pattern.fullmatch(value) if type(value) is str else None
    if match is None:
        return None
    day, time, fraction = match.groups("")
    return f"{day}T{time}.{fraction:0<6}Z"


def canonical_entry(raw: Raw, values: tuple[Any, ...]) -> bytes:
    """The canonical bytes of an event from its raw columns. Raises ``ValueError`` naming a column of the wrong kind."""
    if [type(value) for value in values[: len(KINDS)]] != KINDS:
        kinds = zip(rules.COLUMNS, values, KINDS, strict=False)
        raise ValueError(next(name for name, value, kind in kinds if type(value) is not kind))
    columns = dict(zip(rules.COLUMNS, values, strict=False))
    for name in rules.MOMENTS:
        columns[name] = moment_text(raw, columns[name])
        if columns[name] is None:
            raise ValueError(name)
    try:
        return rules.canonical(columns)
    except UnicodeEncodeError:
        raise ValueError("data") from None


def legible(value: object) -> str:
    """A raw value fit to be printed."""
    return str(value).encode("utf-8", "backslashreplace").decode()[:200]


class _Checker:
    def __init__(self, raw: Raw, root: str | None) -> None:
        self.raw = raw
        self.wanted = root
        self.root_found = False
        self.events = self.sealed = self.waiting = self.erased = self.with_words = 0
        self.root = ""

    # every event by itself, with its predecessor, its place and its words

    def events_pass(self) -> None:
        previous_id: int | None = None
        sql = f"""
            SELECT {event_columns(self.raw)},
                   p.id, p.leaf_hash, l.position, l.leaf_hash, pl.position, o.event_id,
                   w.event_id, w.salt, w.body, w.erased_by
              FROM journal_event e
              LEFT JOIN journal_event p ON p.stream = e.stream AND p.seq = CAST(e.seq AS bigint) - 1
              LEFT JOIN journal_leaf l ON l.event_id = e.id
              LEFT JOIN journal_leaf pl ON pl.event_id = p.id
              LEFT JOIN journal_outbox o ON o.consumer = 'seal' AND o.event_id = e.id
              LEFT JOIN journal_words w ON w.event_id = e.id
             ORDER BY e.id"""  # noqa: S608 - own names only
        for row in self.raw.rows(sql):
            event = row[:14]
            prior_id, prior_hash, position, placed_hash, prior_position, waits = row[14:20]
            event_id, stream, seq, leaf_hash = event[0], event[1], event[2], event[13]
            self.events += 1
            self._check_itself(event)
            if seq < 1:
                raise _Found("序号小于一。", event_id, stream, seq)
            if event_id == previous_id:
                raise self._between("编号、序号、封存位置或待封记录有重复。", event_id, stream, seq)
            previous_id = event_id
            prev_hash = event[12]
            if seq == 1:
                if prev_hash != rules.NO_HASH:
                    raise _Found("它是第一条，却说前面还有。", event_id, stream, seq)
            elif prior_id is None:
                raise _Found("这一条不见了，后一条还在。", self._whose(prev_hash), stream, seq - 1)
            elif prior_hash != prev_hash:
                raise self._between("与前一条接不上，前一条或这一条被换过。", event_id, stream, seq)
            elif type(prior_id) is not int or prior_id >= event_id:
                raise self._between("编号的先后与序号的先后不一致。", event_id, stream, seq)
            if position is None and waits is None:
                raise _Found("既没有封存，也不在待封之列。", event_id, stream, seq)
            if position is not None and waits is not None:
                raise _Found("已经封存，又列为待封。", event_id, stream, seq)
            if position is not None:
                self.sealed += 1
                if placed_hash != leaf_hash:
                    raise _Found("与封存的指纹不符。", event_id, stream, seq)
                if seq > 1 and (type(prior_position) is not int or type(position) is not int):
                    raise self._between("已经封存，同一事项的前一条却没有。", event_id, stream, seq)
                if seq > 1 and prior_position >= position:
                    raise self._between("封存位置的先后与序号的先后不一致。", event_id, stream, seq)
            else:
                self.waiting += 1
            self.with_words += self._check_words(event, row[20:])

    def _check_itself(self, event: tuple[Any, ...]) -> None:
        try:
            entry = canonical_entry(self.raw, event)
        except ValueError as error:
            raise _Found(f"“{error}”一栏不是记录时写下的样子。", *event[:3]) from None
        if rules.leaf_hash(entry) != event[13]:
            raise _Found("内容与记录时留下的指纹不符，有一栏被改动。", *event[:3])

    def _between(self, sentence: str, event_id: int, stream: str, seq: int) -> _Found:
        """What is wrong between an event and the one before it; raised for whichever of the two was itself changed."""
        sql = f"SELECT {event_columns(self.raw)} FROM journal_event e WHERE e.stream = %s AND e.seq IN (%s, %s)"  # noqa: S608 - own names only
        for event in self.raw.rows(sql, [stream, seq - 1, seq]):
            self._check_itself(event)
        return _Found(sentence, event_id, stream, seq)

    def _check_words(self, event: tuple[Any, ...], words: tuple[Any, ...]) -> int:
        where = event[:3]
        digest = event[11]
        of, salt, body, erased_by = words
        if not digest:
            if of is not None:
                raise _Found("记录时没有文字，现在却有。", *where)
            return 0
        if of is None:
            raise _Found("它的文字不见了，又没有销毁的记录。", *where)
        if type(salt) is not str or type(body) is not str:
            raise _Found("它的文字不是记录时写下的样子。", *where)
        if erased_by is None:
            try:
                same = rules.words_digest(salt, body) == digest
            except UnicodeEncodeError:
                same = False
            if not same:
                raise _Found("它的文字被改动。", *where)
            return 1
        if salt or body:
            raise _Found("它的文字列为已销毁，却还在。", *where)
        self.erased += 1
        return 1

    # every erasure names what it destroyed, and what was destroyed names its erasure

    def erasures_pass(self) -> None:
        sql = """
            SELECT w.erased_by, x.stream, x.verb, x.data, e.id, e.stream, e.seq
              FROM journal_words w
              JOIN journal_event e ON e.id = w.event_id
              LEFT JOIN journal_event x ON x.id = w.erased_by
             WHERE w.erased_by IS NOT NULL ORDER BY e.id"""
        for _, stream, verb, data, *event in self.raw.rows(sql):
            if (stream, verb, _erased_event(data)) != (event[1], rules.ERASED, event[0]):
                raise _Found("它的文字没有了，指明的销毁记录却对不上。", *event)
        sql = "SELECT id, stream, seq, data FROM journal_event WHERE verb = %s ORDER BY id"
        for event_id, stream, seq, data in self.raw.rows(sql, [rules.ERASED]):
            of = _erased_event(data)
            if list(self.raw.rows("SELECT erased_by FROM journal_words WHERE event_id = %s", [of])) != [(event_id,)]:
                raise _Found("它销毁的文字又出现了，或对不上。", event_id, stream, seq)

    def expect_rows(self, table: str, expected: int, said: str) -> None:
        """That there are no rows beside those that were met with the events."""
        consumer = " AND t.consumer = 'seal'" if table == "journal_outbox" else ""
        sql = f"SELECT count(*) FROM {table} t WHERE 1 = 1{consumer}"  # noqa: S608 - own names only
        if next(iter(self.raw.rows(sql)))[0] == expected:
            return
        sql = (
            f"SELECT min(t.event_id) FROM {table} t"  # noqa: S608 - own names only
            f" WHERE NOT EXISTS (SELECT 1 FROM journal_event e WHERE e.id = t.event_id){consumer}"
        )
        raise _Found(f"{said}的一条流水不见了，或多出一条。", next(iter(self.raw.rows(sql)))[0])

    def _whose(self, leaf_hash: object) -> object:
        """The id under which a missing event was sealed, if it was."""
        if not isinstance(leaf_hash, str) or not HASH.fullmatch(leaf_hash):
            return None
        found = list(self.raw.rows("SELECT event_id FROM journal_leaf WHERE leaf_hash = %s", [leaf_hash]))
        return found[0][0] if len(found) == 1 else None

    # the end of every stream

    def heads_pass(self) -> None:
        total = 0
        sql = """
            SELECT h.name, h.count, h.last_hash, t.leaf_hash, t.id
              FROM journal_stream h
              LEFT JOIN journal_event t ON t.stream = h.name AND t.seq = h.count"""
        for name, count, last_hash, tail, tail_id in self.raw.rows(sql):
            if type(name) is not str or type(count) is not int or count < 1:
                raise _Found("这一事项的条数不是记录时写下的样子。", None, name)
            if tail is None:
                raise _Found("这一事项的最后一条不见了。", self._whose(last_hash), name, count)
            if tail != last_hash:
                raise _Found("与事项末尾的指纹不符。", tail_id, name, count)
            total += count
        if total != self.events:
            sql = """
                SELECT e.id, e.stream, e.seq FROM journal_event e LEFT JOIN journal_stream h ON h.name = e.stream
                 WHERE h.name IS NULL OR e.seq > h.count ORDER BY e.id LIMIT 1"""
            where = next(iter(self.raw.rows(sql)), (None, "", None))
            raise _Found("它不在事项的条数之内，是多出来的。", *where)

    # the log and its seals

    def log_pass(self) -> None:
        frontier = sealing.Frontier()
        sql = """
            SELECT l.position, l.event_id, l.leaf_hash, e.leaf_hash
              FROM journal_leaf l LEFT JOIN journal_event e ON e.id = l.event_id ORDER BY l.position"""
        seals = self._seals()
        seal = next(seals, None)
        for position, event_id, placed_hash, leaf_hash in self.raw.rows(sql):
            if type(position) is not int or position != frontier.size:
                raise _Found(f"封存位置断了，应为 {frontier.size}，实为 {legible(position)}。", event_id)
            if leaf_hash is None or placed_hash != leaf_hash:
                raise _Found("封存过的这一条不见了，或与封存的指纹不符。", event_id)
            frontier.append(bytes.fromhex(leaf_hash))
            if seal is None:
                raise _Found("列为已封存，却没有印记管到它。", event_id)
            if seal[0] == frontier.size:
                self._check_seal(seal, frontier)
                seal = next(seals, None)
        if seal is not None:
            raise _Found(f"印记说封存了 {seal[0]} 条，实有 {frontier.size} 条。")

    def _seals(self) -> Iterator[tuple[int, object, object]]:
        size = 0
        sql = f"SELECT size, root, frontier, {self.raw.moment('sealed_at')} FROM journal_seal ORDER BY size"  # noqa: S608 - own names only
        for row in self.raw.rows(sql):
            if type(row[0]) is not int or row[0] <= size or moment_text(self.raw, row[3]) is None:
                raise _Found(f"第 {size} 条之后的印记不是封存时写下的样子。")
            size = row[0]
            yield row[:3]

    def _check_seal(self, seal: tuple[int, object, object], frontier: sealing.Frontier) -> None:
        root = frontier.root().hex()
        if seal[1] != root or seal[2] != frontier.to_json():
            raise _Found(f"封存到第 {seal[0]} 条的印记与流水算出的不符：印记或流水被整批改写。")
        self.root = root
        if root == self.wanted:
            self.root_found = True


def _erased_event(data: object) -> int | None:
    """The id that an erasure names, ``None`` when it names none."""
    try:
        said = json.loads(data) if isinstance(data, str) else None
    except (ValueError, RecursionError):
        return None
    named = said.get("event") if isinstance(said, dict) else None
    return named if type(named) is int and 0 < named < 2**63 else None
