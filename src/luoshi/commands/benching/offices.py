"""What a town's office keeps besides: its plan, papers with their numbers, files that came in and went out.

For 1,000,000 matters 20,000 papers, 1,000 files read in, 2,000 noted as gone out.
"""

import json
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib.resources import files
from random import Random

from luoshi.commands.benching.rows import YEARS, Maker, Rows, Told, Value, stored
from luoshi.commands.benching.telling import Teller
from luoshi.commands.benching.town import AT, Town
from luoshi.core.desk.rules import packed
from luoshi.kit.search.slots import entry_id
from luoshi.kit.search.tokens import tokens

KINDS = ("notice", "circular", "supervision", "situation", "minutes", "brief")
FIGURES = (
    ("在办", "matters?open=1"),
    ("逾期", "matters?light=red"),
    ("已办结", "matters?state=closed"),
    ("群众提", "findings?channel=citizen"),
)
_DAY = timedelta(days=1)


def plan_the_year(town: Town) -> None:
    """The demo township's plan with what carries it out, and the phases of the campaign."""
    from luoshi.core.org import queries as org
    from luoshi.core.org.models import Person, Unit
    from luoshi.core.plan import actions
    from luoshi.core.plan.reading import open_file

    folder = files("luoshi.demo").joinpath("data")
    told = tomllib.loads(folder.joinpath("plan.toml").read_text("utf-8"))
    by = org.actor_of(Person.objects.get(pk=town.office[0]), on=AT.date())
    home, at = Unit.objects.get(pk=town.town), AT.replace(month=1, day=5)
    opened = open_file(folder.joinpath("plan.txt").read_bytes(), "plan.txt")
    version = actions.load_plan(
        town=home, opened=opened, name=told["name"], source=told["source"], file_name="plan.txt", by=by, at=at
    )
    parts = list(version.parts.order_by("place"))
    for row in told["link"]:
        part = next(one for one in parts if one.text.startswith(row["begins"]))
        actions.add_link(part, source=row["source"], label=row["label"], by=by, at=at)
    for row in told["phase"]:
        starts, ends = (date.fromisoformat(f"{AT.year}-{row[name]}") for name in ("from", "to"))
        actions.add_phase(town=home, name=row["name"], what=row["what"], starts_on=starts, ends_on=ends, by=by, at=at)


class Offices:
    def __init__(self, maker: Maker) -> None:
        self.maker, self.count, self.town = maker, maker.count, maker.town
        self.random = Random(maker.count + 3)  # noqa: S311 - made-up rows
        self.teller = Teller(self.random)
        self.ids: dict[str, int] = {}
        self.serials: dict[int, int] = {}
        self.signatures = [
            (f"person:{self.town.office[0]}", f"post:{self.town.office[1]}", f"unit:{self.town.office[2]}"),
            (f"person:{self.town.leaders[0]}", "", ""),
            (f"person:{self.town.leaders[1]}", "", ""),
        ]

    def batches(self) -> Iterator[Rows]:
        papers = max(20, self.count // 50)
        rows: Rows = {}
        series = self._add(
            rows,
            "papers_series",
            town_id=self.town.town,
            code="云督",
            mark="云岭镇督办室文件",
            signed_as="云岭镇督办室",
            printed_by="",
        )
        for number in range(1, papers + 1):
            self._paper(rows, number, papers, series)
            if number % 500 == 0:
                yield rows
                rows = {}
        for year, last in self.serials.items():
            self._add(rows, "papers_yearrun", series_id=series, year=year, last=last)
        self._files(rows)
        yield rows

    def _add(self, rows: Rows, table: str, /, **columns: Value) -> int:
        number = self.ids[table] = self.ids.get(table, 0) + 1
        rows.setdefault(table, []).append({"id": number, **columns})
        return number

    def _ago(self, number: int, of: int) -> datetime:
        noon = datetime(AT.year, AT.month, AT.day, 1)  # noqa: DTZ001 - UTC as databases write it
        return noon - timedelta(days=2 + (of - number) * YEARS * 365 / of)

    def _paper(self, rows: Rows, number: int, of: int, series: int) -> None:
        drafted = self._ago(number, of)
        left = of - number
        state = ("draft", "submitted", "reviewed")[left % 3] if left < max(6, of // 200) else "archived"
        if state == "archived" and left < of // 10:
            state = "issued"
        out = state in ("issued", "archived")
        reviewed = out or state == "reviewed"
        year = drafted.year
        if out:
            self.serials[year] = self.serials.get(year, 0) + 1
        office, first, second = self.town.office[0], self.town.leaders[0], self.town.leaders[1]
        said = [self.teller.tell(self.teller.event()[0])[1] for _ in range(6)]
        body = "\n".join(f"【{name}】件。{text}" for (name, _), text in zip((*FIGURES, *FIGURES), said, strict=False))
        title = f"关于做好{said[0][:20].strip('，。')}等工作的通知"
        at = [stored(drafted + step * _DAY / 4) for step in range(5)]
        paper = self._add(
            rows, "papers_paper", town_id=self.town.town, kind=KINDS[number % len(KINDS)], state=state,
            reach="town" if number % 3 else "named", title=title, recipients="各村、各站所", body=body, version=2,
            origin=f"matter:{number}" if number % 4 == 0 else "", series_id=series, year=year if out else None,
            serial=self.serials[year] if out else None, drafter_id=office, reviewer_id=first if reviewed else None,
            signer_id=second if out else None, alone=0, drafted_at=at[0],
            submitted_at=at[1] if state != "draft" else None, reviewed_at=at[2] if reviewed else None,
            issued_at=at[3] if out else None, issued_on=at[3][:10] if out else None,
            archived_at=at[4] if state == "archived" else None, last_at=at[4],
        )  # fmt: skip
        for version in (1, 2):
            self._add(
                rows, "papers_version", paper_id=paper, number=version, title=title, body=body, by_id=office, at=at[0]
            )
        for name, source in FIGURES:
            self._add(
                rows, "papers_paperfigure", paper_id=paper, name=name, source=source, reviewed=7 if reviewed else None,
                value=7 if out else None, taken_at=at[3] if out else None, sentence="7 件",
            )  # fmt: skip
        for place, unit in enumerate(self.maker.units if out else ()):
            signed = left > 200 or place % 3 > 0
            self._add(
                rows, "papers_delivery", paper_id=paper, unit_id=unit, received_at=at[4] if signed else None,
                received_by_id=self.town.handlers[unit][0][0] if signed else None,
            )  # fmt: skip
        verbs = ("draft", "submit", "review", "issue", "archive")
        steps = {"draft": 1, "submitted": 2, "reviewed": 3, "issued": 4, "archived": 5}[state]
        told: list[Told] = [
            (f"paper.{verb}", {}, {"words": "同意"} if step > 1 else {}, self.signatures[max(0, step - 1) % 3],
             drafted + step * _DAY / 4)
            for step, verb in enumerate(verbs[:steps])
        ]  # fmt: skip
        self.maker.tell(rows, f"paper:{paper}", told)
        if state == "archived":
            words = " ".join(tokens(f"{title}\n{body}"))
            rows.setdefault("search_entry", []).append(
                {"id": entry_id("paper", paper), "kind": "paper", "key": paper, "bigrams": words}
            )

    def _files(self, rows: Rows) -> None:
        """Workbooks that came in, files that went out, and which rows were in them."""
        number = max(10, self.count // 1000)
        person = f"person:{self.town.office[0]}"
        for one in range(1, number + 1):
            at = stored(self._ago(one, number))
            batch = self._add(
                rows, "imports_batch", slug="matters", realm=f"unit:{self.town.town}", person=person, person_name="周敏",
                name=f"第{one}批.xlsx", sha256=f"{one:064x}", size=20_000, created_at=at, sheet="Sheet1", header_row=1,
                headers='["标题"]', fingerprint=f"{one % 7:064x}", state="done", rows=40, new=40, finished_at=at,
            )  # fmt: skip
            for row in range(40):
                self._add(
                    rows, "imports_rowresult", batch_id=batch, number=row + 2, outcome="new", what="已立项", faults="[]"
                )
            self._add(
                rows, "exports_export", person=person, standing="", slug="matters", title="问题台账", key=f"{one:064x}",
                token=f"{one:032x}", asked_at=at, state="done", rows=1000, size=90_000, finished_at=at,
            )  # fmt: skip
        for one in range(1, 2 * number + 1):
            first = self.random.randint(1, max(1, self.count - 200))
            keys = range(first, min(self.count, first + 200) + 1)
            self._add(
                rows, "desk_passage", town_id=self.town.town, way="out", kind="matter", slug="matters", how="xlsx",
                person_id=self.town.office[0], at=stored(self._ago(one, 2 * number)), conditions=json.dumps({}),
                columns='["title", "state"]', rows=len(keys), all_rows=len(keys), all_facts=0, first=keys[0], last=keys[-1],
                things=packed((key,) for key in keys),
            )  # fmt: skip
