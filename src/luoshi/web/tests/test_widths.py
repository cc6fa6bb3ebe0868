"""A page of all the crowded components fits a phone, a tablet and a cheap monitor, and a thumb finds every target."""

from collections.abc import Callable
from datetime import date

import pytest
from django.template import Context, Template
from playwright.sync_api import Browser, Page, Route

from luoshi.kit.charts.ruler import Mark, RulerData
from luoshi.web.tests.test_page_script import SITE, STATIC

pytestmark = pytest.mark.browser

TODAY = date(2026, 11, 22)
DATA = RulerData(
    date(2026, 11, 9), (Mark("反馈", "3", date(2026, 11, 12)), Mark("办结", "7", date(2026, 11, 16))), (), TODAY
)
PAGE = """{% extends "shell.html" %}{% block title %}样张{% endblock %}{% block main %}
<div class="page-head"><div><h1>石桥沟村自来水低压三个月，三个部门互相推</h1></div>
<p class="actions"><a class="button quiet" href="#">导出 Excel</a><a class="button" href="#">立项</a></p></div>
<p class="filters"><a class="chip on" href="#">石桥沟村 ×</a><a class="chip on" href="#">逾期 ×</a></p>
<ul class="today-list">{% for n in "123" %}<li><div class="thing"><a href="#">{{ title }}</a>
<small>2026-0214</small></div>
{% ruler r %}<div class="until">{% due d %}</div><div class="state">{{ "red"|light }}</div>
<div class="act"><a class="button small" href="#">申请销号</a></div></li>{% endfor %}</ul>
<table class="ledger"><thead><tr><th class="row-number">编号</th><th>事项</th><th>责任单位</th>
<th>13710</th><th>办结期限</th><th>状态</th></tr></thead>
<tbody>{% for n in "123" %}<tr><td class="row-number">2026-0214</td>
<td class="row-title"><a href="#">{{ title }}</a></td><td data-label="单位">便民服务中心</td>
<td class="row-ruler">{% ruler r %}</td><td class="row-date">{% due d %}</td><td class="row-light">{{ "up"|light }}</td>
</tr>{% endfor %}</tbody></table>
<table class="ledger ledger-groups"><tfoot><tr><td class="row-title">合计</td>{% for n in "123456" %}<td class="number"
data-label="其中已销号"><a href="#">122</a></td>{% endfor %}</tr></tfoot></table>
<figure class="ruler-box">{% ruler_full r %}<figcaption>说明</figcaption></figure>
<div class="columns"><section><ol class="story"><li><div class="when">11月9日 08:40</div><div class="what">
<p>{{ title }}</p><blockquote>{{ long }}</blockquote></div></li></ol></section>
<aside><dl class="facts"><dt>牵头单位</dt>
<dd><a href="#">规划建设办公室</a></dd><dt>期限</dt><dd>{% due d %}</dd></dl></aside></div>
<ul class="figures"><li><a href="#"><b>37 件</b>在办</a></li><li><a href="#"><b>2,816 件</b>今年销号</a></li></ul>
<section class="receipt"><p class="code">K7P4-2M9W</p></section>
{% endblock %}"""
TOO_SMALL = """() => [...document.querySelectorAll('a, button, summary, select, input:not([type=checkbox])')]
  .filter((node) => node.offsetParent && !node.closest('.ledger'))
  .filter((node) => node.getBoundingClientRect().height < 44)
  .map((node) => node.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def sample() -> str:
    nav = [
        {"label": label, "url": "/", "active": False}
        for label in ("今天", "事项", "问题台账", "各单位", "督办室", "全部")
    ]
    actor = {"is_person": True, "name": "周敏", "person_id": 7}
    context = {"town": "云岭镇", "actor": actor, "nav": nav, "notice_count": 3, "today": TODAY, "r": DATA}
    words = {"d": date(2026, 11, 16), "title": "办理残疾人补贴让群众往返四次补材料", "long": "x" * 300}
    return Template(PAGE).render(Context({**context, **words}))


def opened(browser: Browser, sample: str, width: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 740})

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path.startswith("static/"):
            route.fulfill(path=STATIC / path.removeprefix("static/"))
        else:
            route.fulfill(body=sample, content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    page.goto(SITE)
    return page


@pytest.mark.parametrize("width", [360, 390, 641, 768, 901, 1024, 1366])
def test_no_page_is_wider_than_the_screen(browser: Browser, sample: str, width: int) -> None:
    page = opened(browser, sample, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator(".ruler-full:visible").count() == 1
    if width <= 640:
        assert page.evaluate(TOO_SMALL) == []
        assert page.locator(".ledger tbody tr").first.bounding_box()["height"] < 120
        entries = page.get_by_role("navigation", name="主导航").get_by_role("link")
        assert entries.all_inner_texts() == [
            "今天",
            "事项",
            "问题台账",
            "各单位",
            "全部",
        ]  # the first four, and the way to all
        assert len({entry.bounding_box()["y"] for entry in entries.all()}) == 1
    page.close()


@pytest.mark.parametrize("width", [360, 1366])
def test_axe_finds_nothing_in_the_components(
    browser: Browser, axe: Callable[[Page], list[str]], sample: str, width: int
) -> None:
    page = opened(browser, sample, width)
    assert axe(page) == []
    page.close()
