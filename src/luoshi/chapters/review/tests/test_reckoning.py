"""对账 for any unit and any days: what was found is what became of it, and each figure leads to its rows."""

import importlib
import re
from datetime import timedelta
from html import unescape

import pytest

from luoshi.chapters.review import actions, queries
from luoshi.chapters.review.models import Channel, Finding
from luoshi.core.matters.tests.stage import Stage
from luoshi.testing.cast import Cast

pytestmark = pytest.mark.row("1.3")


@pytest.fixture
def stage(cast: Cast, now):
    made = Stage(cast, now)
    office, town = made["office"], cast.town

    def take(words: str, *, unit: str | None = "nongye", days: int = 0) -> Finding:
        return actions.take(
            town=town,
            channel=Channel.CITIZEN,
            via="phone",
            words=words,
            unit=cast.units[unit] if unit else None,
            received_at=made.at - timedelta(days=days),
            by=office,
            at=made.tick(),
        ).finding

    take("等着的")
    actions.answer(take("答复的"), text="已在办。", by=office, at=made.tick())
    actions.open_matter(take("立项的"), title="立项的", by=office, at=made.tick())
    voided = actions.open_matter(take("撤销的", days=40), title="撤销的", by=office, at=made.tick())
    made.do("ask_void", voided, "office")
    made.do("void", voided, "office2")
    take("别的单位的", unit="yingji")
    take("没写单位的", unit=None, days=3)
    actions.answer(take("没写单位、答复的", unit=None, days=5), text="已在办。", by=office, at=made.tick())
    return made


def figures(html: str) -> dict[str, tuple[int, str]]:
    """What the page says: the number behind each label, and the address behind the number."""
    found = re.findall(r'<td>([^<]+)</td><td class="number"><a href="([^"]+)">(\d+)', html)
    return {label.strip("　"): (int(number), unescape(url)) for label, url, number in found}


@pytest.mark.parametrize("days", [None, 7])
@pytest.mark.parametrize("unit", [None, "nongye", "yingji", "none"])
def test_it_adds_up_for_every_unit_and_time_and_leads_to_the_rows(stage, signed_in, unit, days) -> None:
    day = stage.day
    asked = {"from": f"{day - timedelta(days=days or 300)}", "to": f"{day}"}
    if unit:
        asked["unit"] = str(stage.cast.units[unit].pk) if unit in stage.cast.units else unit
    client = signed_in(stage.cast.office)
    told = figures(client.get("/review/reckoning/", asked).content.decode())
    number = {label: count for label, (count, _) in told.items()}
    assert number["收到"] == sum(number[one] for one in ("待处理", "已答复，没有立项", "并入相同问题", "已立项"))
    assert number["已立项"] == sum(number[one] for one in ("其中正在办理", "其中已销号", "其中已撤销"))
    expected = {None: 7, "nongye": 4, "yingji": 1, "none": 2}[unit] - (1 if days and unit in (None, "nongye") else 0)
    assert number["收到"] == expected
    for label, (count, url) in told.items():
        rows = client.get(url).content.decode().count('class="short row-number"')
        assert rows - (1 if count else 0) == count, label


def test_a_year_is_its_days(stage) -> None:
    office, year = stage["office"], stage.day.year
    first, last = stage.day.replace(month=1, day=1), stage.day.replace(month=12, day=31)
    assert queries.reckoning(office, year=year) == queries.reckoning(office, start=first, end=last)


def test_of_more_than_a_page_adds_up_the_last_days_are_reckoned_and_the_page_says_so(
    stage, signed_in, monkeypatch
) -> None:
    monkeypatch.setattr(importlib.import_module("luoshi.chapters.review.queries.reckoning"), "MOST", 4)
    office, year = stage["office"], stage.day.year
    found = queries.reckoning(office, year=year)
    assert found.since is not None
    assert (found.since > stage.day - timedelta(days=40), found.found, found.balanced) == (True, 4, True)
    page = signed_in(stage.cast.office).get("/review/reckoning/", {"year": str(year)})
    told = figures(page.content.decode())
    assert told["收到"][0] == 4
    assert f"received_from={found.since}&" in told["收到"][1]
    assert f"下面只对 {found.since.year}年{found.since.month}月{found.since.day}日以后收到的" in page.content.decode()
    few = queries.reckoning(office, start=stage.day - timedelta(days=60), end=stage.day - timedelta(days=20))
    assert (few.since, few.found) == (None, 1)
