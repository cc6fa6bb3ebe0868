"""The findings of the benchmark: one for each matter, with who raised it, what the program noticed, and topics.

Of a hundred findings 84 became the matter of the same number, eight were merged, eight answered; five in a thousand, the
newest, wait. One in fifty was suggested with another for merging; of these pairs a third was never decided.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from random import Random

from luoshi.commands.benching.rows import TODAY, Maker, Rows, Told, Value, stored
from luoshi.commands.benching.telling import Teller
from luoshi.kit.search.slots import entry_id
from luoshi.kit.search.tokens import tokens

CHANNELS = ("citizen", "citizen", "citizen", "citizen", "served", "cadre", "meeting", "superior")
MONTHS, TOPICS, TOLD = 6, 20, 40
"""Topics are kept for so many months, so many a month, with up to so many findings each."""
WORDS = 4000
_HOUR = timedelta(hours=1)


class Findings:
    """Makes the rows after those of the matters; what other rows hang on is kept: ``waiting``, ``cadre``, ``agreed``."""

    def __init__(self, maker: Maker) -> None:
        self.maker, self.count = maker, maker.count
        self.random = Random(maker.count + 1)  # noqa: S311 - made-up rows
        self.teller = Teller(self.random)
        self.raiser = maker.ids["raiser"]
        self.suggestion = 0
        self.stands = 1
        self.states: list[str] = []
        self.waiting: list[int] = []
        self.cadre: list[int] = []
        self.agreed: list[int] = []
        self.first_of_month = dict.fromkeys(months(), 0)
        self.officer = tuple(
            f"{kind}:{key}" for kind, key in zip(("person", "post", "unit"), maker.town.office, strict=True)
        )

    def batches(self, size: int = 2000) -> Iterator[Rows]:
        for start in range(1, self.count + 1, size):
            rows: Rows = {}
            for key in range(start, min(start + size, self.count + 1)):
                self._finding(rows, key)
            yield rows
        rows = {}
        self._noticed(rows)
        yield rows

    def _finding(self, rows: Rows, key: int) -> None:
        maker, town, pick = self.maker, self.maker.town, self.random.choice
        accuses = maker.is_accusation(key)
        received = maker.received(key)
        event, again = self.teller.event()
        title, words, place = self.teller.tell(event)
        channel = "citizen" if accuses else CHANNELS[key % len(CHANNELS)]
        state, into, matter = self._state(key, accuses)
        self.states.append(state)
        unit = pick(maker.units) if self.random.random() < 0.7 else None
        by = pick(maker.town.handlers[pick(maker.units)])[0] if channel == "cadre" else town.office[0]
        own = channel in ("citizen", "served") and key % 3 > 0
        decided = received + timedelta(hours=2) if state != "new" else received
        columns: dict[str, Value] = {
            "id": key, "town_id": town.town, "channel": channel, "title": title[:120], "words": words, "place": place,
            "unit_id": unit, "category_id": town.categories[key % len(town.categories)] if state != "new" else None,
            "via": "phone" if channel in ("citizen", "served") and not own else "",
            "mode": "written" if channel == "superior" else "",
            "document": f"云督〔{received.year}〕{key % 400 + 1}号" if channel == "superior" else "",
            "meeting_name": "党政联席会议" if channel == "meeting" else "",
            "meeting_on": str(received.date()) if channel == "meeting" else None,
            "meeting_people": "班子成员、各办负责人" if channel == "meeting" else "",
            "received_at": stored(received), "entered_by_id": None if own else by, "entered_at": stored(received),
            "is_accusation": int(accuses), "source_hidden": 1, "state": state, "matter_id": matter, "merged_into_id": into,
            "answer": "经核实，已当面答复提出人。" if state == "answered" else "",
            "answered_at": stored(decided) if state == "answered" else None, "last_at": stored(decided),
        }  # fmt: skip
        rows.setdefault("review_finding", []).append(columns)
        self.raiser += 1
        rows.setdefault("matters_raiser", []).append({
            "id": self.raiser, "town_id": town.town, "matter_id": matter, "origin_kind": "review.finding",
            "origin_ref": str(key), "kind": channel, "person_id": by if channel == "cadre" else None,
            "name": "张某" if not own else "", "source_hidden": 1, "raised_at": stored(received),
        })  # fmt: skip
        actor = (f"raiser:{self.raiser}", "", "") if own else self.officer
        taken: Told = (
            "finding.taken",
            {"channel": channel, "mode": "", "via": "", "unit": unit, "accusation": accuses, "files": 0},
            {"title": title, "words": words},
            (actor[0], actor[1], actor[2]),
            received,
        )
        office = (self.officer[0], self.officer[1], self.officer[2])
        told = [taken]
        if state != "new":
            after = f"matter:{matter}" if matter else f"finding:{into}" if into else ""
            told.append((f"finding.{state}", {"into": after} if after else {}, {}, office, decided))
        maker.tell(rows, f"finding:{key}", told)
        if accuses:
            return
        text = "\n".join((title, words, place))
        rows.setdefault("search_entry", []).append(
            {"id": entry_id("finding", key), "kind": "finding", "key": key, "bigrams": " ".join(tokens(text))}
        )
        self._look(rows, key, stored(received + _HOUR))
        if again or key % 80 == 0:
            self._suggest(rows, key, state, at=stored(received + _HOUR))
        self._keep(key, channel, state, received.replace(tzinfo=UTC).date())

    def _state(self, key: int, accuses: bool) -> tuple[str, int | None, int | None]:
        """The state, what it was merged into, its matter."""
        drawn = self.random.random()
        if accuses:
            return "opened", None, key
        if key > self.count - max(4, self.count // 100) and drawn < 0.5:
            return "new", None, None
        if drawn < 0.92 and drawn > 0.08:
            self.stands = key
            return "opened", None, key
        if drawn <= 0.08 and self.stands != key:
            return ("merged", self.stands, None) if drawn < 0.04 else ("merged", None, self.stands)
        return "answered", None, None

    def _keep(self, key: int, channel: str, state: str, day: date) -> None:
        if state == "new":
            self.waiting.append(key)
        elif state == "opened" and channel == "cadre" and len(self.cadre) < self.count // 40:
            self.cadre.append(key)
        elif state == "opened" and channel == "meeting" and len(self.agreed) < self.count // 40:
            self.agreed.append(key)
        month = day.replace(day=1)
        if not self.first_of_month.get(month, 1):
            self.first_of_month[month] = key

    def _look(self, rows: Rows, key: int, at: str) -> None:
        town = self.maker.town
        category = town.categories[key % len(town.categories)]
        rows.setdefault("likeness_look", []).append({
            "finding_id": key, "looked_at": at, "category_id": category, "category_why": '["路灯", "坏了"]',
            "others": json.dumps(town.categories[:2]), "learnt_category_id": category if key % 5 else None,
        })  # fmt: skip

    def _suggest(self, rows: Rows, key: int, stands: str, *, at: str) -> None:
        other = key - self.random.randint(1, min(key, 5000)) if key > 1 else 0
        if other < 1 or self.maker.is_accusation(other):
            return
        self.suggestion += 1
        is_open = stands == "new" or key % 3 == 0
        both = {stands, self.states[other - 1]}
        state = "open" if is_open else "accepted" if key % 2 else "rejected"
        rows.setdefault("likeness_suggestion", []).append({
            "id": self.suggestion, "town_id": self.maker.town.town, "one_id": other, "other_id": key,
            "score": 0.75 + key % 25 / 100, "reasons": '[["同一地点", ["王家塘"]], ["都说到", ["路灯", "坏了"]]]',
            "digest": f"{key:064x}", "made_at": at, "state": state,
            "waits": int(is_open and "new" in both and "merged" not in both),
            "decided_by_id": None if is_open else self.maker.town.office[0], "decided_at": None if is_open else at,
        })  # fmt: skip

    def _noticed(self, rows: Rows) -> None:
        """Topics of the last months, and what the town has learnt about words."""
        town, topic, said = self.maker.town, 0, 0
        for month, first in self.first_of_month.items():
            topics = min(
                TOPICS, (self.count - first) // 2
            )  # each is told by two at least, also where there are few rows
            for place in range(1, topics + 1):
                topic += 1
                rows.setdefault("likeness_topic", []).append({
                    "id": topic, "town_id": town.town, "month": str(month), "place": place,
                    "title": "路灯坏了没人修", "words": '["路灯", "坏了"]', "made_at": stored(self.maker.received(self.count)),
                })  # fmt: skip
                keys = range(first + place, self.count + 1, topics) if first else range(0)
                for key in [one for one in keys[:TOLD] if not self.maker.is_accusation(one)]:
                    said += 1
                    rows.setdefault("likeness_topicfinding", []).append(
                        {"id": said, "topic_id": topic, "finding_id": key}
                    )
        number = 0
        for word in range(min(WORDS, self.count)):
            for category in town.categories[: 1 + word % 3]:
                number += 1
                rows.setdefault("likeness_wordcount", []).append({
                    "id": number, "town_id": town.town, "kind": "category", "target": category,
                    "word": f"词{word}" if word else "", "count": 2 + word % 50,
                })  # fmt: skip


def months() -> list[date]:
    """The first days of the last months, the newest first."""
    found = [TODAY.replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found
