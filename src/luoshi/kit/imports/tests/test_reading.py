"""A table is found in whatever surrounds it, and the same rows come out."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font

from luoshi.kit.errors import Refused
from luoshi.kit.imports import mapping
from luoshi.kit.imports.opening import column_letters, column_number, open_workbook
from luoshi.kit.imports.places import cell_words, row_words
from luoshi.kit.imports.reading import Table, choose_sheets, read_table
from luoshi.kit.imports.tests.toy import TOYS, book

pytestmark = pytest.mark.row("1.6")
NAMES = st.text(st.characters(categories=["Lu", "Lo", "Nd"]), min_size=1, max_size=8).map(lambda s: f"玩具{s}")


def read(path: Path, *, sheet: str = "") -> Table:
    opened = open_workbook(path)
    found, _ = choose_sheets(opened, TOYS, wanted=sheet)
    return read_table(opened, TOYS, sheets=found, path=path)


def names(table: Table) -> list[str]:
    return [row.row.text("name") for row in table.rows]


@given(
    rows=st.lists(NAMES, min_size=1, max_size=6),
    above=st.lists(st.sampled_from(["玩具清单", "填报单位：三班", ""]), max_size=4),
    left=st.integers(0, 3),
    gaps=st.lists(st.integers(0, 6), max_size=3),
    two=st.booleans(),
    order=st.permutations(["号码", "玩具名称", "时间（年月日）", " 说 明 ", "颜色"]),
    total=st.booleans(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_titles_margins_gaps_and_the_order_of_columns_change_nothing(
    tmp_path: Path,
    rows: list[str],
    above: list[str],
    left: int,
    gaps: list[int],
    two: bool,
    order: list[str],
    total: bool,
) -> None:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    line = len(above) + 1
    for place, said in enumerate(above, start=1):
        sheet.cell(place, left + 1, said or None)
    if two:
        sheet.cell(line, left + 1, "基本情况")
        sheet.merge_cells(start_row=line, start_column=left + 1, end_row=line, end_column=left + len(order))
        line += 1
    for place, label in enumerate(order, start=1):
        sheet.cell(line, left + place, label)
    for number, name in enumerate(rows):
        line += 1 + (1 if number in gaps and number else 0)
        cells: dict[str, Any] = {
            "号码": float(number + 1),
            "玩具名称": name,
            "时间（年月日）": "2026/3/2",
            "颜色": "红",
        }
        for place, label in enumerate(order, start=1):
            sheet.cell(line, left + place, cells.get(label))
    if total:
        sheet.cell(line + 1, left + 1, "合　计")
        sheet.cell(line + 1, left + 2, len(rows))
        sheet.cell(line + 2, left + 1, "注：以实物为准。")
    made.save(tmp_path / "a.xlsx")
    table = read(tmp_path / "a.xlsx")
    assert names(table) == [" ".join(name.split()) for name in names(table)]
    assert [row.row.text("number") for row in table.rows] == [str(n + 1) for n in range(len(rows))]
    assert {row.row.text("day") for row in table.rows} == {"2026-03-02"}
    assert [why for _, why in table.skipped] == (["合计", "表后的说明"] if total else [])


def test_who_signs_below_a_table_is_no_row_of_it(tmp_path: Path) -> None:
    rows = [
        ["编号", "名称", "日期", "说明"],
        [1, "熊", "2026.3.2", "签字：见背面"],
        [2, "猫：盖章", "2026.3.2", "布的"],
    ]
    signed = (
        ["村党组织书记（签字）：", "", "", "2026.3.31"],
        ["主要领导签字：", "", "填报人签名：", ""],
        ["单位（盖章）:", "某某村"],
    )
    table = read(book(tmp_path, [*rows, *signed]))
    assert names(table) == ["熊", "猫：盖章"]
    assert [why for _, why in table.skipped] == ["表后的说明"] * 3


def test_a_hidden_sheet_is_read_only_when_it_is_named(tmp_path: Path) -> None:
    made = Workbook()
    shown, hidden = made.active, made.create_sheet("旧")
    assert shown is not None
    for sheet, name in ((shown, "新玩具"), (hidden, "旧玩具")):
        sheet.append(["编号", "名称"])
        sheet.append([1, name])
    hidden.sheet_state = "hidden"
    made.save(tmp_path / "a.xlsx")
    assert names(read(tmp_path / "a.xlsx")) == ["新玩具"]
    assert names(read(tmp_path / "a.xlsx", sheet="旧")) == ["旧玩具"]
    hidden.sheet_state = "visible"
    hidden["B1"] = "玩具名称"
    made.save(tmp_path / "b.xlsx")
    with pytest.raises(Refused, match="2 张表都符合，表头各不相同：Sheet、旧"):
        read(tmp_path / "b.xlsx")
    with pytest.raises(Refused, match="没有名为“没有”的表"):
        read(tmp_path / "b.xlsx", sheet="没有")


def test_sheets_with_one_header_are_one_table_and_samples_are_passed_over(tmp_path: Path) -> None:
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, toy in (("张家洼村", "熊"), ("填表示例", "样品"), ("李庄村", "猫")):
        sheet = made.create_sheet(title)
        for row in ([f"{title}玩具清单（2026年）"], ["编号", None, "名称", "日期"], [1, None, toy, "3月5日"]):
            sheet.append(row)
    made.save(tmp_path / "a.xlsx")
    table = read(tmp_path / "a.xlsx")
    assert (table.sheets, names(table)) == (("张家洼村", "李庄村"), ["熊", "猫"])
    assert [(row_words(row.row.number, table.sheets), row.row.sheet) for row in table.rows] == [
        ("“张家洼村”第 3 行", "张家洼村"),
        ("“李庄村”第 3 行", "李庄村"),
    ]
    assert cell_words(table.rows[1].row, 2) == "李庄村!C3"
    assert names(read(tmp_path / "a.xlsx", sheet="李庄村")) == ["猫"]


def test_what_stands_below_an_ordinary_header_is_a_row_and_no_second_header(tmp_path: Path) -> None:
    path = book(tmp_path, [["编号", None, "名称", None, "描述", "日期"], [1, None, "熊", None, "木头的", "2026.3.2"]])
    table = read(path)
    assert (table.header_row, names(table), table.rows[0].row.text("words")) == (1, ["熊"], "木头的")
    three = [
        ["玩具", None, "其他", None],
        ["号码", None, "何时", None],
        ["", "名称", "日期", "说明"],
        [1, "熊", "2026.3.2", "旧"],
    ]
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in three:
        sheet.append(row)
    for area in ("A1:B1", "C1:D1", "A2:A3"):
        sheet.merge_cells(area)
    made.save(tmp_path / "三行.xlsx")
    table = read(tmp_path / "三行.xlsx")
    assert (table.header_row, set(table.mapping)) == (3, {"number", "name", "day", "words"})
    assert [dict(row.row.values) for row in table.rows] == [
        {"number": "1", "name": "熊", "day": date(2026, 3, 2), "words": "旧"}
    ]


def test_a_columns_own_label_goes_before_what_stands_over_several(tmp_path: Path) -> None:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (["名称", None, None, "日期"], ["号码", "玩具名称", "描述", None], [7, "熊", "木头的", "2026.3.2"]):
        sheet.append(row)
    for area in ("A1:C1", "D1:D2"):
        sheet.merge_cells(area)
    made.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx").mapping == {"number": 0, "name": 1, "words": 2, "day": 3}
    sheet["B2"] = "没听过的叫法"
    made.save(tmp_path / "b.xlsx")
    assert read(tmp_path / "b.xlsx").mapping == {"number": 0, "name": 1, "words": 2, "day": 3}, "the group speaks alone"


def test_a_second_table_on_the_sheet_is_read_by_its_own_header(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        [
            *(["一、新玩具"], ["编号", "名称", "说明"], [1, "熊", "木头的"], []),
            *(["二、旧玩具"], ["描述", "玩具名称", "号码"], ["布的", "猫", 2], ["铁的", "车", 3]),
            *(["编号", "名称", "说明"], [4, "鱼", "塑料的"]),
        ],
    )
    table = read(path)
    assert [(row.row.text("number"), row.row.text("name"), row.row.text("words")) for row in table.rows] == [
        *(("1", "熊", "木头的"), ("2", "猫", "布的"), ("3", "车", "铁的"), ("4", "鱼", "塑料的")),
    ]
    assert [why for _, why in table.skipped] == ["小标题", "另一个表头", "重复的表头"]


@pytest.mark.parametrize("said", ["同上", "同　上", "〃", "″", '"'])
def test_ditto_says_what_the_cell_above_says(tmp_path: Path, said: str) -> None:
    path = book(
        tmp_path, [["编号", "名称", "说明"], [1, "熊", "木头的"], [2, said, said], [3, "猫", said], [4, "狗", ""]]
    )
    table = read(path)
    assert names(table) == ["熊", "熊", "猫", "狗"]
    assert [row.row.text("words") for row in table.rows] == ["木头的"] * 3 + [""]
    first = read(book(tmp_path, [["编号", "名称"], [1, said]], name="b.xlsx"))
    assert names(first) == [" ".join(said.split())], "with nothing above it is what it is"


def test_a_row_that_is_crossed_out_is_asked_about(tmp_path: Path) -> None:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (["编号", "名称", "颜色"], [1, "熊", "红"], [2, "猫", "红"], [3, "狗", "红"]):
        sheet.append(row)
    for cell in sheet[3]:
        cell.font = Font(strike=True)
    sheet["C4"].font = Font(strike=True)
    made.save(tmp_path / "a.xlsx")
    table = read(tmp_path / "a.xlsx")
    assert [[(fault.cell, "删除线" in fault.sentence) for fault in row.faults] for row in table.rows] == [
        *([], [("A3", True)], []),
    ], "one cell speaks for its row, and a column that is not read for none"


def test_a_broken_formula_is_told_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet()
    for place, label in enumerate(("编号", "名称", "说明")):
        sheet.write(0, place, label)
    for line, (formula, value) in enumerate((("=B9", "熊"), ("=VLOOKUP(1,X1:Y2,2)", "#N/A"), ('=""', " ")), start=1):
        sheet.write(line, 0, line)
        sheet.write(line, 1, "玩具")
        sheet.write_formula(line, 2, formula, None, value)
    made.close()
    table = read(path)
    assert [row.row.text("words") for row in table.rows] == ["熊", "", ""]
    assert [[fault.cell for fault in row.faults] for row in table.rows] == [[], ["C3"], []]


def test_a_value_merged_downwards_stands_in_every_row_of_it(tmp_path: Path) -> None:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (["编号", "名称", "说明"], [1, "熊", "木头的"], [2, "猫", None], [3, "狗", None], [4, "鱼", None]):
        sheet.append(row)
    sheet.merge_cells("C2:C4")
    made.save(tmp_path / "a.xlsx")
    assert [row.row.text("words") for row in read(tmp_path / "a.xlsx").rows] == ["木头的"] * 3 + [""]


def test_a_formula_is_the_value_that_was_saved_with_it_and_is_never_followed(tmp_path: Path) -> None:
    path = book(
        tmp_path, [["编号", "名称"], [1, '=WEBSERVICE("http://127.0.0.1:9/x")'], [2, "=cmd|'/c calc'!A1"], [3, "猫"]]
    )
    table = read(path)
    assert [(row.row.text("name"), bool(row.faults)) for row in table.rows] == [("", True), ("", True), ("猫", False)]
    assert [fault.cell for row in table.rows for fault in row.faults] == ["B2", "B3"]
    assert all("还没有算出结果" in fault.sentence for row in table.rows for fault in row.faults)


def test_missing_columns_are_named_with_those_that_were_found(tmp_path: Path) -> None:
    path = book(tmp_path, [["编号", "颜色"], [1, "红"]])
    opened = open_workbook(path)
    found, fits = choose_sheets(opened, TOYS)
    assert (fits, mapping.missing(TOYS, read_table(opened, TOYS, sheets=found).mapping)) == (False, ["名称"])
    with pytest.raises(Refused, match="没有找到“玩具”的表头"):
        read(book(tmp_path, [["甲", "乙"], [1, 2]], name="b.xlsx"))
    with pytest.raises(Refused, match="表头下面没有内容"):
        read(book(tmp_path, [["编号", "名称"]], name="c.xlsx"))


def test_an_open_document_is_read_like_excel(tmp_path: Path) -> None:
    rows = [["玩具清单"], ["号码", "玩具名称", "时间"], ["1", "熊", "2026年3月2日"], [], ["合计", "1"]]
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = "".join(f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>" for row in rows)
    empty = '<table:table-row table:number-rows-repeated="1048571"><table:table-cell/></table:table-row>'
    content = (
        f"<office:document-content{spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="表">{lines}{empty}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as pack:
        pack.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        pack.writestr("META-INF/manifest.xml", "<manifest:manifest/>")
        pack.writestr("content.xml", content)
    table = read(tmp_path / "a.ods")
    assert [dict(row.row.values) for row in table.rows] == [{"number": "1", "name": "熊", "day": date(2026, 3, 2)}]
    assert table.skipped == ((5, "合计"),)


@given(st.integers(0, 20_000))
def test_letters_of_a_column_and_back(place: int) -> None:
    assert column_number(column_letters(place)) == place + 1


def test_letters_of_known_columns() -> None:
    assert [column_letters(n) for n in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_ordinary_rows_are_read_without_searching_each_for_a_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guessed: list[Any] = []
    plain_guess = mapping.guess
    monkeypatch.setattr(mapping, "guess", lambda *told: guessed.append(told) or plain_guess(*told))
    asked = []
    for rows in (40, 400):
        guessed.clear()
        table = read(book(tmp_path, [["编号", "名称"], *([n, f"熊{n}"] for n in range(1, rows + 1))]))
        assert len(table.rows) == rows
        asked.append(len(guessed))
    assert asked[0] == asked[1]
