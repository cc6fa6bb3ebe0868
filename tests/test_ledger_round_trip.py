"""A ledger goes out, is edited in the real LibreOffice, comes back, and only the edits are changes."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.ledgers import FINDINGS
from luoshi.chapters.review.models import Channel, Finding, Mode
from luoshi.core.journal.models import Event
from luoshi.core.matters.ledgers import MATTERS
from luoshi.core.matters.models import Grade, Matter, State
from luoshi.core.matters.tests import workbooks
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.matters.tests.test_excel_in import Town, counts, faults
from luoshi.kit.errors import Refused
from luoshi.kit.imports.models import Batch
from luoshi.kit.ledgers.model import Ledger
from luoshi.kit.ledgers.xlsx import write_xlsx
from luoshi.testing.cast import Cast
from tests.support import calc

pytestmark = [pytest.mark.row("1.6"), pytest.mark.slow]
DATA = Path(__file__).parent / "data"
EVERY = "cols=" + ",".join(column.key for column in MATTERS.columns)


@pytest.fixture
def town(cast: Cast, now: datetime, tmp_path: Path, settings: Any) -> Town:
    settings.MEDIA_ROOT = tmp_path / "files"
    return Town(cast, now, tmp_path)


def out(town: Town, query: str = "", *, ledger: Ledger[Any] = MATTERS, name: str = "台账.xlsx") -> Path:
    """The file that the ledger's page gives to the office."""
    path, office = town.folder / name, town.actor("office")
    with path.open("wb") as stream:
        write_xlsx(
            ledger, office, QueryDict(query), stream, title=ledger.heading(office), subtitle="督办室　2026年11月25日"
        )
    return path


def lines_of(path: Path) -> tuple[dict[str, str], dict[str, int]]:
    """The letter of every column by its header, and the row of every matter by its name."""
    sheet = load_workbook(path).worksheets[0]
    letters = {str(cell.value): cell.column_letter for cell in sheet[3]}
    return letters, {str(sheet[f"{letters['问题']}{row}"].value): row for row in range(4, sheet.max_row + 1)}


def populated(town: Town) -> int:
    """Matters in every state and of every habit; returns how many the office sees."""
    stage = Stage(town.cast, town.now)
    for state in State:
        stage.at_state(state, title=f"{state.label}的路灯", problem="两盏\n不亮", raisers=False)
    stage.register(title="=1+1 不是公式", problem="换行\n第二行　全角：１２３ +86", grade=Grade.MAJOR, raisers=False)
    town.now = stage.tick()
    for name in ("党政办", "农服中心", "历年积弊"):
        town.bring(workbooks.write(name, town.folder))
    return Matter.objects.count()


def test_what_libreoffice_saves_untouched_changes_nothing_and_what_is_edited_there_is_all_that_changes(
    town: Town,
) -> None:
    calc.needs_calc()
    rows = populated(town)
    path = out(town)
    untouched = town.bring(calc.edited(path, town.folder / "原样.xlsx"), part="office")
    assert counts(untouched) == (rows, 0, 0, rows, 0), faults(untouched)

    letters, lines = lines_of(path)
    edits = {
        f"{letters['问题']}{lines['办理中的路灯']}": "办理中的三盏路灯",
        f"{letters['整改措施']}{lines['水渠漏水']}": "换两节水泥管\n每月看一次",
        f"{letters['责任领导']}{lines['农药瓶乱丢']}": "陈立新",
        f"{letters['进展']}{lines['冷库闲置']}": "已租出",
    }
    events = Event.objects.count()
    done = town.bring(calc.edited(path, town.folder / "改过.xlsx", edits), part="office")
    assert counts(done) == (rows, 0, 3, rows - 4, 1), faults(done)
    assert ["由“反馈”办理" in said for said in faults(done).values()] == [True]
    assert Event.objects.count() == events + 3
    assert Matter.objects.get(title="水渠漏水").measures == "换两节水泥管\n每月看一次"
    assert Matter.objects.get(title="农药瓶乱丢").leader == town.cast.secretary
    assert Matter.objects.filter(title="办理中的三盏路灯").exists()


@pytest.mark.parametrize(("name", "kind"), [("台账.xls", calc.XLS), ("台账.ods", calc.ODS)])
def test_a_ledger_saved_in_another_format_comes_back_unchanged(town: Town, name: str, kind: str) -> None:
    calc.needs_calc()
    rows = populated(town)
    back = town.bring(calc.edited(out(town), town.folder / name, kind=kind), part="office")
    assert counts(back) == (rows, 0, 0, rows, 0), faults(back)


def test_a_file_of_excel_97_loads_without_libreoffice(town: Town) -> None:
    done = town.bring(DATA / "党政办.xls")
    assert counts(done) == (3, 3, 0, 0, 0), faults(done)
    assert [str(m.resolve_due) for m in Matter.objects.order_by("pk")] == ["2026-12-05", "2026-10-20", "2026-12-31"]
    assert counts(town.bring(workbooks.write("党政办", town.folder))) == (3, 0, 0, 3, 0), "the same ledger as .xlsx"


ODD = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
CHOSEN = st.sets(st.sampled_from([c.key for c in MATTERS.columns if c.kind != "html"])).map(
    lambda s: s | {"number", "title"}
)


@given(texts=st.lists(ODD, min_size=4, max_size=4), chosen=CHOSEN)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_columns_go_out_with_whatever_words_nothing_changes_when_they_come_back(
    told: tuple[Town, Stage, Matter], texts: list[str], chosen: set[str]
) -> None:
    town, stage, matter = told
    matter.refresh_from_db()
    title, problem, cause, measures = texts
    words = {"title": f"路灯{title}"[:120], "problem": problem, "cause": cause, "measures": measures}
    with suppress(Refused):  # nothing is new in these words
        stage.do("describe", matter, "office", **words)
    town.now = stage.tick()
    rows = Matter.objects.count()
    back = town.bring(out(town, f"cols={','.join(sorted(chosen))}"), part="office")
    assert counts(back) == (rows, 0, 0, rows, 0), faults(back)
    Batch.objects.all().delete()


@pytest.fixture
def told(town: Town) -> tuple[Town, Stage, Matter]:
    stage = Stage(town.cast, town.now)
    return town, stage, stage.at_state(State.WORKING, raisers=False)


@pytest.mark.row("1.3")
def test_a_list_of_findings_of_every_channel_comes_back_unchanged(town: Town) -> None:
    office, at = town.actor("office"), town.now
    told: dict[Channel, dict[str, Any]] = {
        Channel.CITIZEN: {"via": "phone"},
        Channel.SERVED: {"via": "counter"},
        Channel.CADRE: {},
        Channel.SUPERIOR: {"mode": Mode.WRITTEN, "document": "云政〔2026〕3号", "name": "县委"},
        Channel.PEER: {"mode": Mode.IN_PERSON, "heard_by": town.cast.office, "name": "邻镇"},
        Channel.MEETING: {"meeting_name": "支部会", "meeting_on": at.date(), "meeting_people": "全体"},
    }
    for channel, more in told.items():
        for unit in (None, town.cast.units["nongye"]):
            words = f"{channel.label}的问题，{'一' if unit else '二'}，电话13812345678。\n=第二行"
            review.take(town=town.cast.town, channel=channel, words=words, unit=unit, by=office, at=at, **more)
    rows = Finding.objects.count()
    assert rows == 12
    every = "cols=" + ",".join(column.key for column in FINDINGS.columns)
    for query in ("", every):
        back = town.bring(out(town, query, ledger=FINDINGS), slug="findings", part="office")
        assert counts(back) == (rows, 0, 0, rows, 0), faults(back)
    everything = town.bring(out(town, EVERY), part="office") if populated(town) else None
    assert everything is not None
    assert everything.same == everything.rows == Matter.objects.count(), faults(everything)
