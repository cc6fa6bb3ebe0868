"""Self-review, causes, examples and meetings of the benchmark, over the same years as its matters.

For 1,000,000 matters some 20,000 sheets, 4,000 causes with 24,000 links, 1,000 examples and 2,000 meetings.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from luoshi.commands.benching.findings import Findings
from luoshi.commands.benching.rows import YEARS, Maker, Rows, Value, stored
from luoshi.commands.benching.telling import Teller
from luoshi.commands.benching.town import AT

MEETINGS = ("党政联席会议", "党委会", "周工作例会", "项目推进会", "信访联席会议", "安全生产例会")
KINDS = ("duty", "rule", "money", "skill")
_HOUR = timedelta(hours=1)


class Chapter:
    def __init__(self, maker: Maker, findings: Findings) -> None:
        self.maker, self.findings, self.count = maker, findings, maker.count
        self.random = Random(maker.count + 2)  # noqa: S311 - made-up rows
        self.teller = Teller(self.random)
        self.ids: dict[str, int] = {}
        self.people = sorted({one for staff in maker.town.handlers.values() for one in staff})
        self.units = {person: unit for unit, staff in maker.town.handlers.items() for person, _ in staff}
        town = maker.town
        self.office = (f"person:{town.office[0]}", f"post:{town.office[1]}", f"unit:{town.office[2]}")
        self.cadre, self.agreed = iter(findings.cadre), iter(findings.agreed)

    def batches(self) -> Iterator[Rows]:
        yield from self._rounds()
        yield from self._causes()
        yield self._examples()
        yield from self._meetings()

    def _add(self, rows: Rows, table: str, /, **columns: Value) -> int:
        number = self.ids[table] = self.ids.get(table, 0) + 1
        rows.setdefault(table, []).append({"id": number, **columns})
        return number

    def _ago(self, number: int, of: int) -> datetime:
        """The moment of one of so many that lie evenly over the years, as the database holds it."""
        noon = datetime(AT.year, AT.month, AT.day, 1)  # noqa: DTZ001 - UTC as databases write it
        return noon - timedelta(days=2 + (of - number) * YEARS * 365 / of)

    def _sentence(self) -> str:
        return self.teller.tell(self.teller.event()[0])[1]

    # rounds of self-review

    def _rounds(self) -> Iterator[Rows]:
        from luoshi.chapters.review.selfreview import rules

        form = json.dumps(rules.standard())
        rounds = max(2, self.count // 50 // (len(self.people) + len(self.maker.units)))
        for number in range(1, rounds + 1):
            rows: Rows = {}
            at, ended = self._ago(number, rounds), number < rounds
            key = self._add(
                rows, "selfreview_round", town_id=self.maker.town.town, title=f"第{number}轮自查",
                deadline=str((at + timedelta(days=10)).date()), form=form, opened_at=stored(at),
                closed_at=stored(at + timedelta(days=12)) if ended else None,
            )  # fmt: skip
            self.maker.tell(
                rows, f"selfreview-round:{key}", [("selfreview.round_opened", {}, {"title": "自查"}, self.office, at)]
            )
            writers: list[tuple[int | None, int]] = [
                (self.maker.town.office[0], self.maker.town.office[2]), (None, self.maker.town.office[2]),
                *((person, self.units[person]) for person, _ in self.people), *((None, unit) for unit in self.maker.units),
            ]  # fmt: skip
            for place, (person, unit) in enumerate(writers):
                self._sheet(rows, key, person, unit, at + _HOUR, handed_in=ended or (place > 1 and place % 2 == 0))
            yield rows

    def _sheet(self, rows: Rows, round_: int, person: int | None, unit: int, at: datetime, *, handed_in: bool) -> None:
        from luoshi.chapters.review.selfreview import rules

        writer = person or self.maker.town.office[0]
        sheet = self._add(
            rows, "selfreview_sheet", round_id=round_, kind="person" if person else "unit", person_id=person, unit_id=unit,
            headless=0, state="handed_in" if handed_in else "draft", version=1, saved_by_id=writer, saved_at=stored(at),
            handed_in_at=stored(at) if handed_in else None, last_at=stored(at),
        )  # fmt: skip
        if handed_in:
            who = (f"person:{writer}", "", f"unit:{unit}")
            self.maker.tell(rows, f"selfreview-sheet:{sheet}", [("selfreview.handed_in", {}, {}, who, at)])
        for benchmark in rules.form_of(rules.standard()).benchmarks:
            text = "\n".join(self._sentence() for _ in range(self.random.randint(0, 2)))
            answer = self._add(
                rows, "selfreview_answer", sheet_id=sheet, benchmark=benchmark.code, text=text,
                criteria=json.dumps([code for code, _ in benchmark.criteria[:2]]), facets='["self", "thought"]',
            )  # fmt: skip
            finding = next(self.cadre, None) if text and handed_in and self.random.random() < 0.1 else None
            if finding:
                self._add(rows, "selfreview_raised", answer_id=answer, line=0, finding_id=finding)

    # causes

    def _causes(self) -> Iterator[Rows]:
        town, causes = self.maker.town, max(4, self.count // 250)
        rows: Rows = {}
        for number in range(1, causes + 1):
            at = stored(self._ago(number, causes))
            cause = self._add(
                rows, "causes_cause", town_id=town.town, kind=KINDS[number % len(KINDS)], made_at=at, last_at=at,
                whys=json.dumps([f"第{n}层：{self._sentence()[:40]}" for n in range(1, 4)], ensure_ascii=False),
                under_id=number // 8 if number % 8 == 0 else None, made_by_id=town.office[0],
            )  # fmt: skip
            self.maker.tell(
                rows, f"cause:{cause}",
                [("cause.recorded", {}, {"why": "原因"}, self.office, self._ago(number, causes))],
            )  # fmt: skip
        opened = iter(key for key in self.maker.open if key % 10 == 0)
        closed = self.random.sample(range(1, self.count + 1), self.count // 50)
        keys = [*opened, *(key for key in closed if key not in self.maker.open and not self.maker.is_accusation(key))]
        for key in keys:
            self._add(rows, "causes_causelink", cause_id=self.random.randint(1, causes), matter_id=key)
        for key in self.findings.waiting[::10]:
            self._add(rows, "causes_causelink", cause_id=self.random.randint(1, causes), finding_id=key)
        for place, unit in enumerate(self.maker.units[-12:]):
            rows.setdefault("causes_villagespot", []).append(
                {"unit_id": unit, "x": place % 4 * 30, "y": place // 4 * 30 + 10}
            )
        yield rows

    # examples

    def _examples(self) -> Rows:
        town, rows = self.maker.town, Rows()
        examples = max(6, self.count // 1000)
        for number in range(1, examples + 1):
            at = self._ago(number, examples)
            person, unit = self.random.choice(self.people)[0], self.random.choice(self.maker.units)
            kind = ("person", "unit", "practice")[number % 3]
            state = "proposed" if number > examples - 3 else ("approved", "approved", "withdrawn")[number % 7 % 3]
            example = self._add(
                rows, "examples_example", town_id=town.town, kind=kind, name=f"典型{number}", why=self._sentence(),
                person_id=person if kind == "person" else None, unit_id=unit if kind == "unit" else None, learn="学实干",
                state=state, proposed_by_id=town.office[0], proposed_at=stored(at), last_at=stored(at),
                decided_by_id=None if state == "proposed" else town.leaders[0],
                decided_at=None if state == "proposed" else stored(at),
                reason="任期已满" if state == "withdrawn" else "",
            )  # fmt: skip
            self.maker.tell(rows, f"example:{example}", [("example.proposed", {}, {"why": "先进"}, self.office, at)])
            self._add(
                rows, "examples_proof", example_id=example, matter_id=max(1, example * (self.count // examples) // 2)
            )
        return rows

    # meetings

    def _meetings(self) -> Iterator[Rows]:
        meetings = max(len(MEETINGS), self.count // 500)
        rows: Rows = {}
        for number in range(1, meetings + 1):
            self._meeting(rows, number, self._ago(number, meetings))
            if number % 200 == 0:
                yield rows
                rows = {}
        yield rows

    def _meeting(self, rows: Rows, number: int, at: datetime) -> None:
        town = self.maker.town
        name = MEETINGS[number % len(MEETINGS)]
        meeting = self._add(
            rows, "meetings_meeting", town_id=town.town, name=name, held_at=stored(at), place="三楼会议室",
            chair_id=town.leaders[0], recorder_id=town.office[0], version=1, made_at=stored(at), last_at=stored(at + _HOUR),
        )  # fmt: skip
        items = [
            self._add(rows, "meetings_agendaitem", meeting_id=meeting, position=place, title=f"议题{place}")
            for place in range(1, 6)
        ]
        for person, _ in self.people[:20]:
            self._add(rows, "meetings_attendee", meeting_id=meeting, person_id=person)
        for place in range(8):
            finding = next(self.agreed, None) if place < 5 else None
            kind = "decision" if finding is None else "task" if place % 2 else "finding"
            self._add(
                rows, "meetings_resolution", meeting_id=meeting, item_id=items[place % 5], kind=kind, text=self._sentence(),
                unit_id=self.random.choice(self.maker.units), finding_id=finding, since=1,
                due=str((at + timedelta(days=20)).date()) if kind == "task" else None,
            )  # fmt: skip
        body = {"name": name, "agenda": [{"title": f"议题{n}", "agreed": ["照办"] * 2} for n in range(1, 6)]}
        self._add(
            rows, "meetings_minutes", meeting_id=meeting, version=1, body=json.dumps(body), issued_by_id=town.office[0],
            issued_at=stored(at + _HOUR),
        )  # fmt: skip
        self.maker.tell(
            rows, f"meeting:{meeting}",
            [("meeting.called", {}, {"name": name}, self.office, at), ("meeting.issued", {}, {}, self.office, at + _HOUR)],
        )  # fmt: skip
