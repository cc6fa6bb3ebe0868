import io
import re
import zipfile
from datetime import UTC, datetime
from urllib.parse import unquote

import openpyxl
import pytest

from luoshi.kit.errors import Refused
from luoshi.kit.jobs.models import Job
from luoshi.kit.ledgers import xlsx
from luoshi.kit.ledgers.model import Column, Ledger
from luoshi.kit.ledgers.tests.conftest import LEDGER, later, make, params

pytestmark = pytest.mark.django_db


def written(query: str = "", ledger=LEDGER):
    file = io.BytesIO()
    xlsx.write_xlsx(ledger, "t.", params(query), file, title="任务台账", subtitle="云岭镇　2026年3月2日")
    return openpyxl.load_workbook(io.BytesIO(file.getvalue())).active


@pytest.mark.row("1.6")
def test_the_file_holds_title_head_and_the_rows_of_the_page(ledger):
    make(kind="t.a", message="路灯\n不亮", finished_at=later(1))
    make(kind="t.b")
    make(kind="x.secret")
    sheet = written()
    assert (sheet["A1"].value, sheet["A2"].value) == ("任务台账", "云岭镇　2026年3月2日")
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"A1:F1", "A2:F2"}
    assert [cell.value for cell in sheet[3]] == ["序号", "种类", "状态", "进展", "不早于", "办结日"]
    assert [cell.value for cell in sheet["B"][3:]] == ["t.b", "t.a"]
    row = sheet[5]
    assert row[2].value == "待办"
    assert row[3].value == "路灯\n不亮"
    assert row[4].value == datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001 - Excel knows no zones
    assert row[5].value == datetime(2026, 3, 3)  # noqa: DTZ001 - Excel knows no zones
    assert row[5].number_format == "yyyy-mm-dd"
    assert sheet["F4"].value is None
    assert sheet.freeze_panes == "A4"
    assert sheet.column_dimensions["D"].width > 60
    assert all(cell.border.left.style == "thin" for cell in (*sheet[3], *sheet[5]))
    assert sheet.page_setup.orientation == "landscape"


def test_the_file_follows_filter_order_and_columns(ledger):
    make(kind="t.b", state="failed", attempts=3)
    make(kind="t.a", state="failed")
    make(kind="t.c")
    sheet = written("state=failed&order=kind&cols=kind,tries")
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)] == [
        ["种类", "次数"],
        ["t.a", 0],
        ["t.b", 3],
    ]
    assert [cell.value for cell in written("cols=kind")["A"]][:3] == ["任务台账", "云岭镇　2026年3月2日", "种类"]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86 371",
        "-拨付",
        "@all",
        '=HYPERLINK("http://x","x")',
        "{=SUM(A1)}",
        "http://example.org",
        "0012",
        "1e5",
        "\t=1",
    ],
)
def test_text_stays_text_whatever_it_looks_like(ledger, text):
    make(kind="t.a", message=text)
    cell = written()["D4"]
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)
    assert cell.quotePrefix is (text[0] in "=+-@\t")


def test_odd_values_never_break_the_file(ledger):
    make(kind="t.a")
    values = [
        "\x01乱",
        "长" * 40_000,
        datetime(1890, 1, 1, tzinfo=UTC),
        datetime(1890, 1, 1, tzinfo=UTC).date(),
        1.5,
    ]
    odd = Ledger(
        slug="odd",
        label="odd",
        rows=lambda actor: Job.objects.all(),
        may=bool,
        columns=tuple(Column(f"c{i}", "列", lambda row, value=value: value) for i, value in enumerate(values)),
    )
    row = written(ledger=odd)[4]
    assert row[0].value == "乱"
    assert len(row[1].value) == 32_767
    assert row[2].value.startswith("1890-01-01")
    assert row[3].value == "1890-01-01"
    assert row[4].value == 1.5


def test_more_rows_than_a_sheet_holds_are_refused_before_the_work(ledger, monkeypatch):
    make(3)
    monkeypatch.setattr(xlsx, "MOST", 3)
    assert written().max_row == 6
    make(1)
    with pytest.raises(Refused) as refused:
        written()
    assert refused.value.code == "ledgers.too_many"


def test_the_download_bears_the_ledgers_name(ledger, get):
    make(2)
    answer = get("xlsx")
    assert "attachment" in answer["Content-Disposition"]
    assert "任务台账2" in unquote(answer["Content-Disposition"])
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active["A2"].value.startswith("云岭镇　20")
    assert book.active.max_row == 5


@pytest.mark.row("1.6")
def test_a_sheet_fits_across_a4_with_rows_as_high_as_their_words_and_a_line_to_sign(ledger):
    make(kind="t.a", message="长" * 100)
    make(kind="t.b", message="短")
    sheet = written()
    short, high = (sheet.row_dimensions[number].height for number in (4, 5))
    assert high > 3 * short
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert (sheet.print_title_rows, sheet.print_options.horizontalCentered) == ("$1:$3", True)
    foot = sheet.oddFooter
    assert ("填报人" in foot.left.text, "单位负责人" in foot.right.text) == (True, True)
    assert foot.center.text == "第 &P 页 共 &N 页"

    wide = [Column(str(i), "列", lambda row: "", kind="long" if i < 3 else "text", width=30) for i in range(5)]
    assert xlsx.widths_of(wide[:3]) == [30, 30, 30]
    narrow = xlsx.widths_of(wide)
    assert sum(narrow) <= xlsx.ACROSS
    assert min(narrow) >= xlsx.NARROWEST


def test_a_row_that_somebody_writes_more_into_still_grows(ledger):
    make(kind="t.a", message="长" * 100)
    file = io.BytesIO()
    xlsx.write_xlsx(LEDGER, "t.", params(), file, title="任务台账", subtitle="云岭镇")
    with zipfile.ZipFile(file) as packed:
        rows = re.findall(r"<row [^>]*>", packed.read("xl/worksheets/sheet1.xml").decode())
    assert all(" ht=" in row for row in rows)
    assert not any("customHeight" in row for row in rows)
