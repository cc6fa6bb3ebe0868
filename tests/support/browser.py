"""A real browser for the tests of pages: Debian's Chromium, driven by Playwright, with axe and pictures.

``page`` and ``phone`` are fresh contexts at 1366×768 and 360×740; ``axe(page)`` returns what axe complains about;
``shot(page, "home")`` keeps a picture under ``var/shots/``. A test that uses them bears ``@pytest.mark.browser``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 15_000
"""Milliseconds that the browser waits for anything."""


def chromium() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        reason = "没有找到 Chromium，浏览器测试没有跑（apt-get install chromium fonts-noto-cjk）"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, at which Django would refuse its ordinary database calls.
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chrome
        chrome.close()
    patch.undo()


def open_page(browser: Browser, base_url: str, width: int, height: int, *, touch: bool = False) -> Iterator[Page]:
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": height},
        has_touch=touch,
        is_mobile=touch,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A clerk's screen."""
    yield from open_page(browser, live_server.url, 1366, 768)


@pytest.fixture
def phone(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A village cadre's phone."""
    yield from open_page(browser, live_server.url, 360, 740, touch=True)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """``axe(page)``: one line for each complaint about the page as it stands, empty where there is none."""
    source = Path(settings.ROOT) / "node_modules" / "axe-core" / "axe.min.js"
    if not source.is_file():
        reason = "没有 axe，无障碍检查没有跑（./luoshi test 会装上）"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    script = source.read_text(encoding="utf-8")

    def run(page: Page) -> list[str]:
        page.evaluate(script)
        found: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return run


@pytest.fixture(scope="session")
def shot() -> Callable[..., Path]:
    """``shot(page, "home-desktop")`` keeps a picture of the whole page and returns where."""
    folder = Path(settings.VAR) / "shots"

    def take(page: Page, name: str, *, full: bool = True) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=full)
        return folder / f"{name}.png"

    return take
