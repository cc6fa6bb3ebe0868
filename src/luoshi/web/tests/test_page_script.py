"""What the page's own script adds, in a real browser; nothing is served, every request is answered from here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

STATIC = Path(__file__).parents[1] / "static"
SITE = "http://luoshi.test/"
HEAD = '<!doctype html><html lang="zh-CN"><title>页</title><script src="/static/web/site.js" defer></script>'
ROWS = "".join(
    f'<tr><td><input type="checkbox" name="m" value="{n}"></td>'
    f'<td class="row-title"><a href="/m/{n}">第{n}件</a></td></tr>'
    for n in (1, 2, 3)
)
LIST = (
    f'{HEAD}<body data-who="7"><main><input type="search"><form method="post">'
    f'<span data-ticked></span><table class="ledger">'
    f'<thead><tr><th><input type="checkbox" data-tick-all hidden></th><th>事项</th></tr></thead><tbody>{ROWS}</tbody>'
    f"</table></form></main>"
)
FORM = (
    f'{HEAD}<body data-who="{{who}}"><form method="post" action="/taken" data-keep="report">'
    f'<textarea name="words"></textarea><button>反馈</button></form>'
)
SIGNIN = f'{HEAD}<body data-who=""><form method="post"><input type="password" name="p"><button>登录</button></form>'

pytestmark = pytest.mark.browser


@pytest.fixture
def pages() -> dict[str, str]:
    return {
        "/list": LIST,
        "/form": FORM.replace("{who}", "7"),
        "/other": f'{HEAD}<body data-who="7">',
        "/signin": SIGNIN,
    }


@pytest.fixture
def tab(browser: Browser, pages: dict[str, str]) -> Iterator[Page]:
    page = browser.new_page()

    def answer(route: Route) -> None:
        path = "/" + route.request.url.removeprefix(SITE)
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        else:
            route.fulfill(
                body=pages.get(path, f'{HEAD}<body data-who="7">{path}'), content_type="text/html; charset=utf-8"
            )

    page.route("**/*", answer)
    yield page
    page.close()


def test_a_list_is_walked_and_opened_with_the_keyboard(tab: Page) -> None:
    tab.goto(f"{SITE}list")
    for pressed in "jjjjk":
        tab.keyboard.press(pressed)
    assert tab.locator("tr.at").inner_text().strip() == "第2件"
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.type") == "search"
    tab.keyboard.type("jk/")
    assert tab.locator("[type=search]").input_value() == "jk/"
    tab.locator("tr.at a").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/m/2")


def test_all_rows_are_ticked_at_once_and_counted(tab: Page) -> None:
    tab.goto(f"{SITE}list")
    tab.locator("[data-tick-all]").check()
    assert tab.locator("[data-ticked]").inner_text() == "已选 3 件"
    tab.locator("tbody input").first.uncheck()
    assert tab.locator("[data-ticked]").inner_text() == "已选 2 件"
    assert not tab.locator("[data-tick-all]").is_checked()


def test_what_was_typed_outlives_a_lost_session_but_not_its_own_success(tab: Page, pages: dict[str, str]) -> None:
    tab.goto(f"{SITE}form")
    tab.locator("textarea").fill("已更换管道 120 米")
    pages["/taken"] = SIGNIN
    tab.locator("button").click()
    tab.wait_for_url("**/taken")
    tab.goto(f"{SITE}form")
    assert tab.locator("textarea").input_value() == "已更换管道 120 米"
    assert "放回来" in tab.locator(".kept").inner_text()
    pages["/taken"] = pages["/other"]
    tab.locator("form > button").click()
    tab.wait_for_url("**/taken")
    tab.goto(f"{SITE}form")
    assert tab.locator("textarea").input_value() == ""


def test_nobody_else_in_the_same_tab_is_shown_what_was_typed(tab: Page, pages: dict[str, str]) -> None:
    tab.goto(f"{SITE}form")
    tab.locator("textarea").fill("只给自己看")
    pages["/form"] = FORM.replace("{who}", "8")
    tab.goto(f"{SITE}form")
    assert tab.locator("textarea").input_value() == ""
    pages["/form"] = FORM.replace("{who}", "7")
    tab.goto(f"{SITE}form")
    assert tab.locator("textarea").input_value() == "只给自己看"
    tab.get_by_role("button", name="不要了").click()
    tab.goto(f"{SITE}form")
    assert tab.locator("textarea").input_value() == ""


def test_a_second_press_sends_nothing(tab: Page) -> None:
    sent: list[str] = []
    tab.goto(f"{SITE}form")
    tab.route("**/taken", lambda route: sent.append(route.request.url))
    tab.evaluate("document.querySelector('form').requestSubmit(); document.querySelector('form').requestSubmit()")
    tab.wait_for_timeout(200)
    assert len(sent) == 1
