"""Whole stories in a real browser: each part of the town does its work on a desk's screen, on a phone, without scripts.

On every page that is walked axe finds nothing and nothing runs over the edge; a picture of each is kept.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from luoshi.core.matters.models import Evaluation, Matter, State
from luoshi.testing.cast import PASSWORD, Cast, make_cast
from tests.support.browser import PATIENCE
from tests.support.story import STORY_NOW, client_of, make_story, picture, story_clock

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"desk": (1366, 768), "phone": (360, 740)}
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Walker:
    """Opens screens for people, and looks at every page that they come to."""

    browser: Browser
    url: str
    size: str
    axe: Callable[[Page], list[str]]
    shot: Callable[..., Any]
    scripts: bool = True
    contexts: list[Any] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def screen(self) -> Page:
        width, height = SIZES[self.size]
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            has_touch=self.size == "phone",
            is_mobile=self.size == "phone",
            locale="zh-CN",
            java_script_enabled=self.scripts,
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("response", lambda got: self.wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None)
        page.on("console", lambda said: self.wrong.append(f"{page.url}: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        return page

    def sign_in(self, username: str) -> Page:
        page = self.screen()
        page.goto("/signin/")
        page.get_by_label("账号").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/home/")
        return page

    def look(self, page: Page, name: str) -> None:
        """Axe, the edge, and a picture."""
        if self.scripts:
            self.wrong += [f"{name}: {said}" for said in self.axe(page)]
            if (over := page.evaluate(SIDEWAYS)) > 0:
                self.wrong.append(f"{name}: runs {over} px over the edge")
        self.shot(page, f"{name}-{self.size}{'' if self.scripts else '-plain'}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        assert self.wrong == []


@pytest.fixture
def present() -> Iterator[None]:
    with story_clock():
        yield


@pytest.fixture
def town(transactional_db: None, present: None) -> Cast:
    return make_cast(STORY_NOW - timedelta(days=30))


def upload() -> dict[str, Any]:
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": picture().read()}


def told(page: Page, words: str) -> None:
    """Wait until the page says what was done."""
    page.locator(".told", has_text=words).wait_for()


def shows(page: Page, words: str) -> None:
    page.locator("main", has_text=words).wait_for()


def act(page: Page, verb: str) -> Any:
    """The form of a verb on the page of a matter, opened."""
    form = page.locator(f"details#{verb}")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    return form


@pytest.mark.row("0.3", "1.2", "1.6", "3.1", "3.7", "N3")
@pytest.mark.parametrize(("size", "scripts"), [("desk", True), ("phone", True), ("desk", False)])
def test_from_somebodys_words_to_zero(
    town: Cast, browser: Browser, live_server: Any, axe: Any, shot: Any, size: str, scripts: bool
) -> None:
    walker = Walker(browser, live_server.url, size, axe, shot, scripts)
    citizen = walker.screen()
    citizen.goto("/")
    walker.look(citizen, "front")
    citizen.goto("/p/yunling/raise/")
    citizen.get_by_label("什么问题").fill("村口三盏路灯不亮，晚上看不见路。")
    citizen.get_by_label("在哪里").fill("石桥沟村口")
    citizen.locator("input[type=file]").set_input_files(upload())
    walker.look(citizen, "raise")
    citizen.get_by_role("button", name="交上去").click()
    code = citizen.locator("p.code").inner_text()
    walker.look(citizen, "receipt")

    office = walker.sign_in("zhoumin")
    walker.look(office, "home-office")
    office.goto("/review/findings/")
    walker.look(office, "inbox")
    office.get_by_role("link", name="村口三盏路灯不亮").first.click()
    walker.look(office, "finding")
    office.locator("main").get_by_role("link", name="立项", exact=True).click()
    office.get_by_label("事项名称").fill("村口路灯不亮")
    walker.look(office, "open")
    office.get_by_role("button", name="立项").click()
    told(office, "已立项")
    matter = Matter.objects.get(title="村口路灯不亮")
    office.goto("/home/")
    office.get_by_role("link", name="交办", exact=True).first.click()
    form = act(office, "assign")
    form.get_by_label("牵头单位").select_option(label="农业农村服务中心")
    form.get_by_label("分管领导").select_option(label="王建军（党委班子）")
    form.get_by_label("办结标准").fill("三盏灯夜里全亮")
    walker.look(office, "assign")
    form.get_by_role("button", name="交办").click()
    told(office, "已交办给农业农村服务中心")
    walker.look(office, "assigned")

    head = walker.sign_in("liujianguo")
    walker.look(head, "home-head")
    head.get_by_role("link", name="签收", exact=True).first.click()
    form = act(head, "sign")
    form.get_by_label("由谁经办").select_option(label="赵小兰")
    form.get_by_role("button", name="签收").click()
    told(head, "赵小兰经办")

    clerk = walker.sign_in("zhaoxiaolan")
    walker.look(clerk, "home-clerk")
    clerk.get_by_role("link", name="反馈", exact=True).first.click()
    form = act(clerk, "report")
    form.get_by_label("采取的措施").fill("联系了电工")
    form.get_by_label("办到哪一步了").fill("换好两盏，第三盏等灯头。")
    form.locator("input[type=file]").set_input_files(upload())
    walker.look(clerk, "report")
    form.get_by_role("button", name="反馈").click()
    told(clerk, "已反馈")
    clerk.goto("/home/")
    clerk.get_by_role("link", name="办结并申请销号", exact=True).first.click()
    form = act(clerk, "claim")
    form.get_by_label("办成了什么").fill("三盏灯全亮。")
    form.get_by_role("button", name="申请销号").click()
    told(clerk, "已申请销号")
    walker.look(clerk, "claimed")

    other = walker.sign_in("qianjin")
    walker.look(other, "home-verifier")
    other.get_by_role("link", name="村口路灯不亮").first.click()
    form = act(other, "verify")
    form.get_by_text("确已解决").click()
    form.get_by_label("看到了什么").fill("夜里八点去看，三盏都亮。")
    walker.look(other, "verify")
    form.get_by_role("button", name="核查").click()
    told(other, "核查通过")

    citizen.goto("/p/look/")
    walker.look(citizen, "look")
    citizen.get_by_label("回执").fill(code.lower().replace("-", " "))
    citizen.get_by_role("button", name="查进展").click()
    shows(citizen, "三盏灯全亮")
    walker.look(citizen, "progress")
    citizen.get_by_text("满意", exact=True).click()
    citizen.get_by_role("button", name="评价").click()
    shows(citizen, "谢谢")
    assert Evaluation.objects.get(matter=matter).answer == Evaluation.Answer.SATISFIED

    office.goto("/home/")
    walker.look(office, "home-office-busy")
    office.get_by_role("link", name="销号", exact=True).first.click()
    form = act(office, "close")
    form.get_by_role("button", name="销号").click()
    told(office, "归零")
    walker.look(office, "closed")
    matter.refresh_from_db()
    assert (matter.state, matter.result) == (State.CLOSED, "三盏灯全亮。")

    office.goto("/ledgers/matters/")
    walker.look(office, "ledger")
    assert "村口路灯不亮" in office.locator("table.ledger").inner_text()
    with office.expect_download() as coming:
        office.get_by_role("link", name="导出 Excel").click()
    sheet = load_workbook(io.BytesIO(coming.value.path().read_bytes())).active
    assert sheet is not None
    words = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert "村口路灯不亮" in words
    assert any("销号" in word for word in words)
    walker.close()


COUNT = """() => {
  const bump = (name, value) => sessionStorage.setItem(name, value);
  addEventListener("click", (event) => {
    if (event.isTrusted && event.target.closest("a, button, summary, label, [type=checkbox], [type=radio], [type=file]"))
      bump("taps", Number(sessionStorage.getItem("taps") || 0) + 1);
  }, true);
  addEventListener("input", (event) => {
    const names = new Set(JSON.parse(sessionStorage.getItem("fields") || "[]"));
    bump("fields", JSON.stringify([...names.add(event.target.name)]));
  }, true);
}"""
"""What a person does on the pages of one tab: taps on whatever does something, and fields that were typed into."""
ASKED = "input:visible, textarea:visible, select:visible"


@dataclass
class Budget:
    """Counts in the browser itself, from the page of today on."""

    page: Page

    def begin(self) -> None:
        self.page.add_init_script(f"({COUNT})()")
        self.page.goto("/home/")
        self.page.evaluate("sessionStorage.clear()")

    def spent(self) -> tuple[int, int]:
        """Fields typed into, taps."""
        fields = self.page.evaluate("JSON.parse(sessionStorage.getItem('fields') || '[]').length")
        return fields, self.page.evaluate("Number(sessionStorage.getItem('taps') || 0)")


@pytest.mark.row("N5")
def test_a_village_head_reports_a_problem_in_three_fields_and_two_taps(
    town: Cast, browser: Browser, live_server: Any, axe: Any, shot: Any
) -> None:
    """From the page of today, on a phone, counted in the browser; from any other page it is no more."""
    walker = Walker(browser, live_server.url, "phone", axe, shot)
    page = walker.sign_in("sundashan")
    budget = Budget(page)
    budget.begin()
    walker.look(page, "home-village")
    assert page.get_by_role("navigation", name="主导航").get_by_role("link", name="报告问题").is_visible()
    page.locator("main").get_by_role("link", name="报告问题", exact=True).tap()
    form = page.locator("main form")
    form.locator("[name=words]").wait_for()
    assert form.locator(ASKED).count() <= 3
    for name, words in (("words", "水渠塌了一段，三十亩地浇不上。"), ("place", "东头二号渠")):
        form.locator(f"[name={name}]").fill(words)
    walker.look(page, "report-problem")
    form.get_by_role("button", name="报告", exact=True).tap()
    page.wait_for_url("**/review/findings/*/")
    told(page, "已收下")
    walker.look(page, "reported")
    assert budget.spent() == (2, 2)
    walker.close()


@pytest.mark.row("N5")
def test_a_village_head_answers_for_a_matter_in_three_fields_and_two_taps(
    transactional_db: None, present: None, browser: Browser, live_server: Any, axe: Any, shot: Any
) -> None:
    from luoshi.core.matters.tests.stage import Stage

    stage = Stage(make_cast(STORY_NOW - timedelta(days=30)), STORY_NOW - timedelta(days=1))
    matter = stage.register(raisers=False)
    stage.do("assign", matter, "office", lead_unit=stage.cast.units["shiqiaogou"], co_units=[])
    stage.do("sign", matter, "village", handler=stage.cast.village)
    walker = Walker(browser, live_server.url, "phone", axe, shot)
    page = walker.sign_in("sundashan")
    budget = Budget(page)
    budget.begin()
    page.get_by_role("link", name="反馈", exact=True).tap()
    form = page.locator("details#report")
    form.locator("[name=report-progress]").wait_for()
    assert form.get_attribute("open") is not None
    assert form.locator(ASKED).count() <= 3
    walker.look(page, "answer")
    form.locator("[name=report-progress]").fill("村里已找人换了两盏。")
    form.get_by_role("button", name="反馈").tap()
    told(page, "已反馈")
    assert budget.spent() == (1, 2)
    walker.close()


@pytest.mark.row("N3", "N5")
@pytest.mark.parametrize("size", SIZES)
def test_every_part_of_the_town_walks_its_pages(
    transactional_db: None, present: None, browser: Browser, live_server: Any, axe: Any, shot: Any, size: str
) -> None:
    story = make_story()
    walker = Walker(browser, live_server.url, size, axe, shot)
    unit = story.cast.units["nongye"].pk
    walks = {
        "secretary": ["/home/", "/ledgers/matters/", "/matters/units/", f"/matters/units/{unit}/"],
        "office": [
            *("/home/", "/ledgers/matters/?light=red", "/matters/new/", "/matters/search/?q=三盏灯", "/notices/"),
            *(f"/matters/{story[name].pk}/" for name in ("working", "dissent", "closed", "contested", "regraded")),
        ],
        "leader": ["/home/", f"/matters/{story['plan_asked'].pk}/?do=approve_plan"],
        "clerk": ["/home/", f"/matters/{story['with_file'].pk}/", f"/matters/{story['extension_granted'].pk}/"],
        "discipline": ["/home/", "/matters/accusations/", f"/matters/{story['accusation_working'].pk}/"],
        "organisation": ["/home/", f"/matters/{story['verifier_named'].pk}/?do=verify", "/account/password/"],
        "other_village": ["/home/", f"/matters/{story['claimed'].pk}/?do=evaluate"],
    }
    for part, urls in walks.items():
        page = walker.sign_in(story.people[part].account.username)
        for place, url in enumerate(urls):
            page.goto(url)
            walker.look(page, f"walk-{part}-{place}")
    walker.close()


@pytest.mark.row("N5")
def test_the_ledger_is_walked_by_keys_alone(
    transactional_db: None, present: None, browser: Browser, live_server: Any, axe: Any, shot: Any
) -> None:
    story = make_story()
    walker = Walker(browser, live_server.url, "desk", axe, shot)
    page = walker.sign_in("zhoumin")
    page.goto("/ledgers/matters/")
    titles = page.locator("table.ledger tbody td.row-title a").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.locator("tr.at td.row-title a").inner_text() == titles[1]
    page.keyboard.press("x")
    assert "已选 1 件" in page.locator("[data-ticked]").inner_text()
    walker.look(page, "ledger-keys")
    page.keyboard.press("Enter")
    page.wait_for_url("**/matters/*/")
    assert titles[1] in page.locator("h1").inner_text()
    page.keyboard.press("/")
    page.keyboard.type("三盏灯")
    page.keyboard.press("Enter")
    page.wait_for_url("**/matters/search/**")
    shows(page, "找到")
    assert isinstance(client_of(story.people["office"]), Client)
    walker.close()
