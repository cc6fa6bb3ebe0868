"""One fact is entered once: who entered it, through which door, what draws on it, how often it was asked for again."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.models import Channel
from luoshi.core.desk import queries
from luoshi.core.desk.matters import MATTER
from luoshi.core.desk.models import Passage
from luoshi.core.desk.queries.whence import Line, Whence
from luoshi.core.journal.models import Event
from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Matter, Secrecy, State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.models import Person
from luoshi.kit.imports import actions as imports
from luoshi.testing.cast import Cast
from tests.support.story import client_of

pytestmark = pytest.mark.row("N1")
SignedIn = Callable[[Person], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    return client_of


@pytest.fixture
def stage(cast: Cast, now: datetime, tmp_path: Path, settings: Any) -> Stage:
    settings.MEDIA_ROOT = tmp_path
    return Stage(cast, now)


def traced(stage: Stage, matter: Matter, part: str = "office") -> Whence:
    return queries.whence(MATTER, matters.get(stage[part], matter.pk), actor=stage[part])


def line(found: Whence, label: str) -> Line:
    return next(one for one in found.lines if one.label == label)


def bring(stage: Stage, *rows: list[Any]) -> None:
    """Rows of an Excel file, brought in by the office."""
    book, kept = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    book.save(kept)
    by, at = stage["office"], stage.tick()
    batch = imports.stage([kept.getvalue()], name="报送.xlsx", slug="matters", by=by, at=at)
    imports.begin(batch, trial=False, by=by, at=at)
    done = imports.go_on(batch.pk, at=at, pace=imports.WITHOUT_REST)
    assert done is not None
    assert done.refused == 0, list(done.results.values_list("faults", flat=True))


def take(client: Client, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    if answer.streaming:
        b"".join(answer.streaming_content)


def test_each_fact_says_who_entered_it_when_and_how_often_it_was_changed(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING, title="路灯不亮", problem="三盏", raisers=False)
    stage.do("describe", matter, "office", title="路灯全不亮")
    found = traced(stage, matter)
    title = line(found, "问题")
    assert title.entry is not None
    assert (title.value, title.entry.who, title.entry.at, title.changed) == ("路灯全不亮", "周敏", stage.at, 1)
    assert (title.entry.sentence, title.entry.door) == ("完善内容", "网页")
    progress = line(found, "进展").entry
    assert progress is not None
    assert (progress.who, line(found, "进展").changed) == ("赵小兰", 0)
    assert line(found, "责任人").changed == 1, "former, then the clerk"
    assert (line(found, "根源").value, line(found, "根源").entry) == ("", None)


def test_every_column_and_document_that_draws_on_a_fact_is_named(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING, raisers=False)
    uses = dict(line(traced(stage, matter), "责任单位").uses)
    assert uses == {"问题台账：责任单位": "/ledgers/matters/", "每月简报": "/matters/briefs/"}
    assert "每月简报" not in dict(line(traced(stage, matter, "clerk"), "责任单位").uses), "who may not read it"
    secret = stage.register(secrecy=Secrecy.ACCUSATION, raisers=False)
    assert not any("台账" in label for label, _ in line(traced(stage, secret, "discipline"), "问题").uses)


def test_files_in_which_a_thing_went_out_are_known_and_those_without_it_are_not(
    stage: Stage, signed_in: SignedIn
) -> None:
    matter = stage.at_state(State.WORKING, title="路灯不亮", raisers=False)
    stage.register(title="路面破损", raisers=False)
    client = signed_in(stage.cast.office)
    take(client, "/ledgers/matters/xlsx/")
    take(client, "/ledgers/matters/print/?cols=number,title")
    take(client, "/ledgers/matters/xlsx/?state=registered&q=路面破损")
    found = traced(stage, matter)
    assert [file.what for file in found.out] == ["打印：问题台账", "导出 Excel：问题台账"]
    assert [(line(found, label).files) for label in ("问题", "责任单位")] == [2, 1]
    told = Event.objects.filter(verb="ledger.taken_out").order_by("pk").last()
    assert told is not None
    assert "路面破损" not in told.data
    assert '"conditions":{"q":"…","state":"registered"}' in told.data
    assert '"rows":1' in told.data


def test_what_came_from_excel_names_file_and_row_and_what_is_sent_again_is_counted(
    stage: Stage, signed_in: SignedIn
) -> None:
    head = ["编号", "问题", "表现", "整改措施", "责任单位"]
    row = ["甲1", "路面破损", "三处坑", "补坑", "柳河湾村"]
    bring(stage, head, ["甲0", "别的事", "", "", "柳河湾村"], row)
    matter = Matter.objects.get(title="路面破损")
    cause = line(traced(stage, matter), "表现").entry
    assert cause is not None
    assert cause.door == "表格“报送.xlsx”第 3 行"
    assert traced(stage, matter).asked_again == 0, "the first time is no burden"
    assert Passage.objects.count() == 0

    bring(stage, head, row)
    bring(stage, head, ["甲1", "路面破损", "四处坑", "补坑", None])
    found = traced(stage, matter)
    again = {one.label: one.again for one in found.lines if one.again}
    assert again == {"问题": 2, "表现": 1, "整改措施": 2, "责任单位": 1}
    assert [(file.place, file.cells) for file in found.again] == [
        ("第 2 行", ("问题", "整改措施")),
        ("第 2 行", ("问题", "表现", "整改措施", "责任单位")),
    ]
    assert line(found, "表现").changed == 1
    html = signed_in(stage.cast.office).get("/desk/passages/").content.decode()
    assert "表格导入：问题台账" in html
    assert "<b>6</b> 格是重复填的" in html
    page = signed_in(stage.cast.office).get(f"/desk/whence/matter/{matter.pk}/").content.decode()
    assert "又填了程序已经知道的内容" in page
    bring(stage, [*head, "销号"], [*row[:2], "四处坑", *row[3:], "未销号"])
    found = traced(stage, matter)
    assert found.again[0].cells == ("问题", "表现", "整改措施", "责任单位", "状态"), "one cell, one fact: not 结果 too"
    assert sum(len(file.cells) for file in found.again) == found.asked_again


def test_a_sheet_that_came_in_by_parts_is_one_line_with_all_its_rows(stage: Stage, signed_in: SignedIn) -> None:
    head = ["编号", "问题", "表现", "整改措施", "责任单位"]
    rows = [[f"乙{n}", f"第{n}处路面破损", "两处坑", "补坑", "柳河湾村"] for n in range(230)]
    bring(stage, head, *rows)
    bring(stage, head, *rows)
    parts = list(Passage.objects.filter(way="again").order_by("pk"))
    assert len(parts) > 1, "it came in by parts"
    assert sum(one.rows for one in parts) == parts[0].all_rows == 230
    assert sum(one.facts for one in parts) == parts[0].all_facts == 920
    assert {one.part_of_id for one in parts[1:]} == {parts[0].pk}
    html = signed_in(stage.cast.office).get("/desk/passages/").content.decode()
    assert html.count("表格导入：问题台账") == 1
    assert "<b>920</b> 格是重复填的" in html


def test_a_matter_names_what_it_was_made_from_to_who_may_see_it(stage: Stage, signed_in: SignedIn) -> None:
    taken = review.take_from_public(
        town=stage.cast.town, channel=Channel.CITIZEN, words="桥栏杆断了。", address="10.0.0.1", at=stage.tick()
    )
    matter = review.open_matter(taken.finding, title="桥栏杆断了", by=stage["office"], at=stage.tick())
    origin = traced(stage, matter).origin
    assert origin is not None
    assert origin[1] == f"/review/findings/{taken.finding.pk}/"
    assert traced(stage, matter, "clerk").origin is None
    client = signed_in(stage.cast.office)
    assert f"/desk/whence/matter/{matter.pk}/" in client.get(f"/matters/{matter.pk}/").content.decode(), "one click"
    html = client.get(f"/desk/whence/finding/{taken.finding.pk}/").content.decode()
    assert "群众反映页面" in html
    assert "查摆问题台账：问题" in html
    assert signed_in(stage.cast.clerk).get(f"/desk/whence/finding/{taken.finding.pk}/").status_code == 404
    assert client.get(f"/desk/whence/nothing/{matter.pk}/").status_code == 404
