from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.documents.faces import TEXT_WIDTH
from luoshi.kit.documents.model import Figure, Table
from luoshi.kit.documents.paper import _level
from luoshi.kit.documents.tests.samples import W, opened, plain_document
from luoshi.kit.errors import Refused


def test_head_repeats_borders_are_thin_and_numbers_stand_right():
    table = Table(("单位", "数", "率", "源"), (("石板村\n一组", 3, Decimal("9.50"), Figure(4, "个", "q")),), "情况")
    (written,) = opened(plain_document(table)).tables
    head, row = written._tbl.findall(f"{W}tr")
    assert head.find(f"{W}trPr/{W}tblHeader") is not None
    assert row.find(f"{W}trPr/{W}tblHeader") is None
    assert {side.get(f"{W}sz") for side in written._tbl.find(f"{W}tblPr/{W}tblBorders")} == {"4"}
    assert [p.find(f"{W}pPr/{W}jc").get(f"{W}val") for p in row.iter(f"{W}p")] == ["left", "right", "right", "right"]
    assert written.cell(1, 0).text == "石板村\n一组"
    assert written.cell(1, 2).text == "9.50"
    assert {node.get(f"{W}val") for node in row.iter(f"{W}sz")} == {"24"}


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (Table((), ()), "documents.table"),
        (Table(("甲", "乙"), (("一",),)), "documents.table"),
        (Table(("甲", "乙"), (("一", "二"),), widths=(1.0,)), "documents.widths"),
        (Table(("甲", "乙"), (("一", "二"),), widths=(1.0, 0.0)), "documents.widths"),
        (Table(("甲", "乙"), (("一", "二"),), widths=(1.0, float("nan"))), "documents.widths"),
    ],
)
def test_table_that_does_not_fit_its_head_is_refused(table, code):
    with pytest.raises(Refused) as refusal:
        opened(plain_document(table))
    assert refusal.value.code == code
    assert opened(plain_document(Table(("甲", "乙"), (("一", "二"),), widths=(1.0, 3.0)))).tables


@given(st.lists(st.text("甲a\n ", max_size=80), min_size=1, max_size=9))
def test_columns_always_fill_the_width_of_the_text(names):
    (table,) = opened(plain_document(Table(tuple(names), (tuple(names),), "表"))).tables
    widths = [int(column.get(f"{W}w")) for column in table._tbl.iter(f"{W}gridCol")]
    assert sum(widths) == TEXT_WIDTH
    assert min(widths) > 0


@given(st.lists(st.floats(1, 100), min_size=1, max_size=12), st.floats(10, 60))
def test_widest_columns_give_way_first(needs, room):
    low, high = 0.0, max(needs)
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(min(need, middle) for need in needs) <= room else (low, middle)
    assert _level(needs, room) == pytest.approx(high if sum(needs) > room else max(needs), rel=1e-6)
