"""The problem ledger put together by unit, category, goal, light and month: each number leads to its rows."""

from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.http import QueryDict
from django.utils import timezone

from luoshi.core.matters.ledgers import MATTERS
from luoshi.core.matters.models import Category, Secrecy, State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.plan.actions import GoalRow, load_goals
from luoshi.kit.ledgers.pages import read
from luoshi.kit.ledgers.shown import LedgerPage
from luoshi.testing.cast import MAKER

pytestmark = pytest.mark.row("1.6")


@pytest.fixture
def town(stage: Stage) -> Stage:
    goals = [GoalRow("lights", "town", "村村有灯"), GoalRow("lamps", "town", "换灯", parent="lights")]
    load_goals(town=stage.cast.town, rows=goals, by=MAKER, at=stage.at)
    roads = Category.objects.create(town=stage.cast.town, code="roads", name="道路")
    stage.register(title="老事", raisers=False, category=roads, received_at=stage.at - timedelta(days=3 * 365))
    stage.at_state(State.WORKING, title="逾期的", raisers=False)
    stage.tick(days=25)
    stage.at_state(State.CLOSED, title="办完的", raisers=False)
    stage.at_state(State.WORKING, title="在办的", raisers=False, category=roads)
    stage.register(title="检举", raisers=False, secrecy=Secrecy.ACCUSATION)
    return stage


def shown(stage: Stage, query: str, at: datetime | None = None) -> LedgerPage:
    with mock.patch("django.utils.timezone.now", return_value=at or stage.at):
        return read(MATTERS, stage["office"], QueryDict(query))


@pytest.mark.parametrize("way", [group.key for group in MATTERS.groups])
def test_every_number_is_the_number_of_the_rows_that_its_link_shows(town: Stage, way: str) -> None:
    table = shown(town, f"group={way}").groups
    assert table is not None
    assert table.whole.count == "4", "of accusations nothing is counted"
    assert sum(int(line.count) for line in table.lines) == 4
    linked = 0
    for line in table.lines:
        numbers = [(line.count, line.url), *((number, url) for _, number, url in line.cells)]
        for number, url in numbers:
            if url:
                linked += 1
                assert len(shown(town, url.removeprefix("?")).rows) == int(number), (line.name, url)
    assert linked >= 3
    assert [number for _, number, _ in table.whole.cells] == ["3", "2", "1", "0"]


def test_what_is_open_closed_and_voided_add_up_to_what_there_is(town: Stage) -> None:
    town.at_state(State.VOIDED, title="立错的", raisers=False)
    for way in (group.key for group in MATTERS.groups):
        table = shown(town, f"group={way}").groups
        assert table is not None
        for line in (*table.lines, table.whole):
            opened, _, closed, voided = (int(number or 0) for _, number, _ in line.cells)
            assert int(line.count) == opened + closed + voided, (way, line.name)
        assert (table.whole.count, table.whole.cells[3][1]) == ("5", "1")


def test_units_stand_in_the_towns_order_and_nobody_is_ranked(town: Stage) -> None:
    assert [group.key for group in MATTERS.groups] == ["unit", "category", "goal", "light", "month"]
    table = shown(town, "group=unit").groups
    assert table is not None
    assert [line.name for line in table.lines] == ["农业农村服务中心", "未交办"]
    month = shown(town, "group=month").groups
    assert month is not None
    names = [line.name for line in month.lines]
    assert names[0] == f"{timezone.localtime(town.at).year}年{timezone.localtime(town.at).month}月"
    assert names[-1].endswith("以前")
