"""The rows of the benchmark: matters as a busy township would have them after years, with a journal that verifies.

Two of a hundred matters are open, most of them young. Nine of a thousand are due tomorrow, one of a thousand is overdue,
a fifth of those since yesterday, and for one of a thousand the feedback is due today: one of a hundred has newly fallen
due for the sweep. One unit has fallen behind besides: ``BEHIND`` matters of its are overdue, however many the town has had
over the years. One of a thousand holds ``PHRASE``. The same number gives the same rows on every machine.

Each matter but an accusation was a finding first; one of ten had a second that was merged into it, one of 25 findings was
answered at once, one of a thousand still waits. Findings have no events of their own here and no entries for searching.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, TypeAlias

from luoshi.commands.benching.town import AT, VILLAGES, Town
from luoshi.core.journal import rules as journal
from luoshi.kit import sealing
from luoshi.kit.search.slots import entry_id
from luoshi.kit.search.tokens import tokens

PHRASE = "路灯不亮"
BEHIND = 60
"""A page of the ledger and some more: what is overdue in one unit depends on the unit, not on how old the archive is."""
SEALED_AT_ONCE = 5000
TODAY = AT.date()
YESTERDAY = TODAY - timedelta(days=1)
YEARS = 6
_NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 1, 30)  # noqa: DTZ001 - UTC as databases write it
_DAY = timedelta(days=1)

Value: TypeAlias = str | int | float | bytes | None
Told: TypeAlias = tuple[str, dict[str, Any], dict[str, str], tuple[str, str, str], datetime]
"""Verb, data, words, who (person, post, unit), when."""
Rows: TypeAlias = dict[str, list[dict[str, Value]]]

PLACES = [f"{village}{n}组" for village in VILLAGES for n in range(1, 9)]
PROBLEMS = (
    "通村道路坑洼积水",
    "路灯损坏多日无人修",
    "自来水压力不足",
    "垃圾清运不及时",
    "排水沟堵塞污水外溢",
    "低保申请进度不明",
    "耕地地力补贴迟迟未到账",
    "宅基地界址有争议",
    "机井配电线路老化",
    "秸秆堆放占用村道",
    "公厕无人打扫",
    "危房改造手续不清",
    "高龄津贴漏发",
    "施工扬尘扰民",
    "集体收入公示不全",
    "办事窗口要求重复提交材料",
    "广场健身器材松动",
    "河道有生活垃圾",
)
DETAILS = (
    "群众反映已持续半月，影响老人和学生出行。",
    "多次口头反映，未见处理结果，希望明确时限。",
    "现场查看属实，涉及十余户，需要协调经费。",
    "去年处理过一次，入汛后又出现，应查清原因。",
    "牵涉两个小组，界线不清，双方都要求镇里出面。",
    "材料已交两次，仍要求再补，群众意见较大。",
)
STANDARDS = (
    "现场修复到位，群众代表确认。",
    "逐户核实并兑付到账，公示七日无异议。",
    "书面答复提出人，明确责任人和长效办法。",
)
RESULTS = (
    "已修复并通过验收，提出人到场确认。",
    "款项已全部到账，名单已公示。",
    "双方签订协议，界线已现场标明。",
    "已清理并安排专人每周巡查。",
)
KINDS = ("citizen", "citizen", "citizen", "citizen", "served", "cadre", "meeting", "superior")


def stored(moment: datetime) -> str:
    return str(moment.replace(microsecond=0))


def _canonical(stored: str) -> str:
    return f"{stored[:10]}T{stored[11:]}.000000Z"


class Maker:
    """Makes the rows of ``count`` matters, a few thousand at a time; ``first_event`` is the next id of the journal."""

    def __init__(self, town: Town, count: int, *, first_event: int, frontier: sealing.Frontier) -> None:
        self.town, self.count, self.frontier = town, count, frontier
        self.random = Random(count)  # noqa: S311 - made-up rows
        self.event = first_event - 1
        self.ids = dict.fromkeys(("raiser", "handling", "report", "claim", "date_move", "pause", "co_unit"), 0)
        self.units = list(town.handlers)
        shares = {"tomorrow": 0.009, "overdue": 0.0008, "yesterday": 0.0002, "reporting": 0.0008, "later": 0.0092}
        kinds = [kind for kind, share in shares.items() for _ in range(max(1, round(count * share)))]
        kinds += ["behind"] * min(BEHIND, count // 100)
        self.random.shuffle(kinds)
        recent = range(max(1, count - 2 * len(kinds) + 1), count + 1)
        self.open = dict(zip(self.random.sample(recent, min(len(kinds), len(recent))), kinds, strict=False))
        self.marked = set(self.random.sample(range(1, count + 1), max(1, count // 1000)))

    def batches(self, size: int = 2000) -> Iterator[Rows]:
        for start in range(1, self.count + 1, size):
            rows: Rows = {}
            for key in range(start, min(start + size, self.count + 1)):
                self._matter(rows, key)
            yield rows

    def last_seal(self) -> Rows:
        """The seal over whatever no whole seal has covered."""
        rows: Rows = {}
        if self.frontier.size % SEALED_AT_ONCE:
            self._seal(rows)
        return rows

    def _number(self, what: str) -> int:
        self.ids[what] += 1
        return self.ids[what]

    def received(self, key: int) -> datetime:
        """When the words of a matter arrived, the oldest six years ago."""
        age = (self.count - key) / self.count * YEARS * 365
        moment = _NOON - timedelta(days=age, hours=2 + key % 5, minutes=key * 7 % 60)
        return max(moment, _NOON - timedelta(days=40, minutes=key % 600)) if key in self.open else moment

    def is_accusation(self, key: int) -> bool:
        return key not in self.open and key % 400 == 7

    def _matter(self, rows: Rows, key: int) -> None:
        pick = self.random.choice
        kind = self.open.get(key, "")
        received = self.received(key)
        unit = self.units[0] if kind == "behind" else pick(self.units)
        handler, post = pick(self.town.handlers[unit])
        leader = pick(self.town.leaders)
        drawn = self.random.random()
        secrecy = "open" if drawn > 0.05 else "internal" if drawn > 0.01 else "restricted"
        if self.is_accusation(key):
            secrecy, unit, handler, post = "accusation", self.town.discipline[2], *self.town.discipline[:2]
        state = self._state(kind)
        local = (received + timedelta(hours=8)).date()
        assigned, signed = received + timedelta(hours=1), received + timedelta(hours=3)
        due, report_due = local + 7 * _DAY, local + 3 * _DAY
        ended = received + timedelta(days=4 + key % 4, hours=key % 7)
        if kind:
            due, report_due, ended = *self._dues(kind, local), received
        place, problem = pick(PLACES), PHRASE + pick(PROBLEMS) if key in self.marked else pick(PROBLEMS)
        title, said = f"{place}{problem}", f"{problem}，{pick(DETAILS)}"
        has_unit = state != "registered"
        is_signed = state not in ("registered", "assigned")
        closed = state == "closed"
        claimed = closed or state in ("claimed", "verified")
        reported = is_signed and kind != "reporting"
        claim_at = stored(ended if closed else _NOON - _DAY) if claimed else None
        last = ended if closed else max(signed, received) if kind else signed
        result = pick(RESULTS) if claimed else ""
        standard = pick(STANDARDS) if has_unit else ""
        category = key % len(self.town.categories)
        rows.setdefault("matters_matter", []).append({
            "id": key, "town_id": self.town.town, "title": title, "problem": said, "place": place,
            "category_id": self.town.categories[category], "goal_id": self.town.goals[category], "goal_is_default": 1,
            "grade": "major" if key % 9 == 0 else "ordinary", "secrecy": secrecy, "origin_kind": "office",
            "state": state, "left_state": "working" if state == "waiting" else "",
            "lead_unit_id": unit if has_unit else None, "leader_id": leader if has_unit else None,
            "handler_id": handler if is_signed else None, "standard": standard, "round": 1,
            "measures": "已列入近期计划，逐项落实。" if is_signed else "", "received_at": stored(received),
            "clock_from": str(local), "assign_due": str(local), "report_due": str(report_due), "resolve_due": str(due),
            "calendar_version": "bench", "assigned_at": stored(assigned) if has_unit else None,
            "signed_at": stored(signed) if is_signed else None,
            "reported_at": stored(signed + timedelta(hours=20)) if reported else None, "claimed_at": claim_at,
            "resolved_at": claim_at if closed else None, "ended_at": stored(ended) if closed else None,
            "paused_on": str(TODAY - 3 * _DAY) if state == "waiting" else None, "last_at": stored(last),
            "result": result if closed else "",
        })  # fmt: skip
        self._beside(rows, key, local, received, signed, unit, handler, state, claim_at, result, reported, due)
        if secrecy != "accusation":
            text = "\n".join((title, said, place))
            rows.setdefault("search_entry", []).append(
                {"id": entry_id("matter", key), "kind": "matter", "key": key, "bigrams": " ".join(tokens(text))}
            )
        office, office_post, office_unit = self.town.discipline if secrecy == "accusation" else self.town.office
        as_office = (f"person:{office}", f"post:{office_post}", f"unit:{office_unit}")
        as_handler = (f"person:{handler}", f"post:{post}", f"unit:{unit}")
        register = {
            "state": "registered", "grade": "major" if key % 9 == 0 else "ordinary", "secrecy": secrecy,
            "origin": "office", "received_at": f"{stored(received)}+00:00", "assign_due": str(local),
            "report_due": str(report_due), "resolve_due": str(due), "calendar": "bench", "clock": 0,
            "goal": self.town.goals[category], "goal_is_default": True, "raisers": 1,
        }  # fmt: skip
        joined: Told = ("matter.raiser_joined", {"origin": "office", "ref": "", "raisers": 1}, {}, as_office, assigned)
        second = third = joined
        if has_unit:
            given = {"state": "assigned", "lead_unit": unit, "co_units": [], "leader": leader}
            second = ("matter.assign", given, {"standard": standard}, as_office, assigned)
            third = ("matter.urge", {"state": state, "level": "reminder"}, {"words": "请抓紧签收。"}, as_office, signed)
        if is_signed:
            third = ("matter.sign", {"state": "working", "handler": handler}, {}, as_handler, signed)
        if closed:
            third = ("matter.close", {"state": "closed", "answers": []}, {"result": result}, as_office, ended)
        first = ("matter.register", register, {"title": title, "problem": said}, as_office, received)
        self.tell(rows, f"matter:{key}", [first, second, third])

    def _state(self, kind: str) -> str:
        if not kind:
            return "closed"
        if kind != "later":
            return "working"
        states = ("registered", "assigned", "working", "planned", "waiting", "claimed", "verified")
        return self.random.choices(states, weights=(10, 14, 50, 8, 6, 8, 4))[0]

    def _dues(self, kind: str, local: date) -> tuple[date, date]:
        """When an open matter is due, and its feedback."""
        if kind == "tomorrow":
            return TODAY + _DAY, TODAY - 3 * _DAY
        if kind == "yesterday":
            return TODAY - _DAY, TODAY - 4 * _DAY
        if kind in ("overdue", "behind"):
            return TODAY - self.random.randint(2, 20) * _DAY, TODAY - 30 * _DAY
        later = TODAY + self.random.randint(2, 28) * _DAY
        return later, TODAY if kind == "reporting" else max(local, TODAY - 5 * _DAY)

    def _beside(
        self, rows: Rows, key: int, local: date, received: datetime, signed: datetime, unit: int, handler: int,
        state: str, claim_at: str | None, result: str, reported: bool, due: date,
    ) -> None:  # fmt: skip
        """What hangs on a matter."""

        def add(table: str, what: str, **columns: Value) -> int:
            number = self._number(what)
            rows.setdefault(table, []).append({"id": number, "matter_id": key, **columns})
            return number

        kind = KINDS[key % len(KINDS)]
        add(
            "matters_raiser", "raiser", town_id=self.town.town, origin_kind="office", kind=kind,
            person_id=handler if kind == "cadre" and key % 3 == 0 else None, name="张某" if kind == "citizen" else "",
            source_hidden=1, raised_at=stored(received),
        )  # fmt: skip
        if state in ("registered", "assigned"):
            return
        event = self.event + 3
        add("matters_handling", "handling", person_id=handler, unit_id=unit, since=stored(signed))
        if reported:
            add(
                "matters_report", "report", event_id=event, round=1, unit_id=unit, reporter_id=handler, is_lead=1,
                due=str(local + 3 * _DAY), reported_at=stored(signed + timedelta(hours=20)),
                review="good" if state == "closed" else "", reviewer_id=self.town.office[0] if state == "closed" else None,
            )  # fmt: skip
        if claim_at:
            add(
                "matters_claim", "claim", event_id=event, number=1, round=1, handler_id=handler, lead_unit_id=unit,
                claimed_at=claim_at, result=result, outcome="pending" if state == "claimed" else "verified",
            )  # fmt: skip
        if key % 10 == 3:
            add(
                "matters_datemove", "date_move", event_id=event, which="resolve", old=str(due - 2 * _DAY), new=str(due),
                why="extend", round=1,
            )  # fmt: skip
        if state == "waiting":
            add("matters_pause", "pause", kind="wait", since=str(TODAY - 3 * _DAY), until=None)
        if key % 7 == 2:
            other = self.units[(self.units.index(unit) + 1) % len(self.units)] if unit in self.units else self.units[0]
            add("matters_counit", "co_unit", unit_id=other)

    def tell(self, rows: Rows, stream: str, told: list[Told]) -> None:
        """The events of one thing, in the order in which the journal holds them."""
        previous = journal.NO_HASH
        for seq, (verb, data, words, (actor, post, unit), at) in enumerate(told, start=1):
            self.event += 1
            moment = stored(at)
            digest = ""
            if words:
                salt, body = f"{self.random.getrandbits(128):032x}", journal.canonical_json(words)
                digest = journal.words_digest(salt, body)
                rows.setdefault("journal_words", []).append(
                    {"event_id": self.event, "salt": salt, "body": body, "erased_by": None}
                )
            columns: dict[str, Value] = {
                "id": self.event, "stream": stream, "seq": seq, "verb": verb, "actor": actor, "principal": "",
                "post": post, "unit": unit, "happened_at": _canonical(moment), "recorded_at": _canonical(moment),
                "data": journal.canonical_json(data), "words_digest": digest, "prev_hash": previous,
            }  # fmt: skip
            previous = journal.leaf_hash(journal.canonical(columns))
            columns |= {"happened_at": moment, "recorded_at": moment, "leaf_hash": previous}
            rows.setdefault("journal_event", []).append(columns)
            rows.setdefault("journal_leaf", []).append(
                {"position": self.frontier.size, "event_id": self.event, "leaf_hash": previous}
            )
            self.frontier.append(bytes.fromhex(previous))
            if self.frontier.size % SEALED_AT_ONCE == 0:
                self._seal(rows)
        rows.setdefault("journal_stream", []).append({"name": stream, "count": len(told), "last_hash": previous})

    def _seal(self, rows: Rows) -> None:
        rows.setdefault("journal_seal", []).append({
            "size": self.frontier.size, "root": self.frontier.root().hex(), "frontier": self.frontier.to_json(),
            "sealed_at": stored(AT.astimezone(UTC).replace(tzinfo=None)),
        })  # fmt: skip
