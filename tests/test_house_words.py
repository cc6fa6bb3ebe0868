"""What the house never says and never does, and what stands on every page: read from the source and from the pages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import override_settings

from tests.support.story import finish
from tests.test_routes_and_roles import TABLE, address, clients
from tests.test_statements import ROLES

if TYPE_CHECKING:
    from tests.support.story import Story

SOURCE = Path(settings.ROOT) / "src" / "luoshi"
READ = {".py", ".html", ".js", ".css", ".toml", ".txt", ".csv", ".json", ".svg"}
FORBIDDEN = (
    *("打卡", "积分", "排名", "排行", "轨迹", "在线时长", "步数", "里程", "人脸", "指纹考勤", "推送", "小程序"),
    *("公众号", "安装到桌面", "下载应用", "提交成功", "操作成功", "保存成功", "问题数量指标", "上报指标"),
    *("serviceworker", "geolocation", "pushmanager", "requestpermission", "beforeinstallprompt", "webmanifest"),
    *("leaderboard", "check_in", "checkin", "ranking", "clock_in", "screen_time", "sendbeacon"),
)
ALLOWED = {
    ("打卡", "要求打卡留痕"): "asks whether somebody was made to do it",
    ("排名", "不排名次"): "tells that units are not ranked",
    ("ranking", "no ranking"): "says the same of the code",
}
"""A forbidden word and the words around it in which it is said to be forbidden, with why."""


def test_no_word_of_what_the_house_never_does_stands_in_the_source() -> None:
    found = []
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in READ or "tests" in path.parts or "vendor" in path.parts or "migrations" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            plain = line.lower()
            for word in FORBIDDEN:
                allowed = any(word == known and around in line for known, around in ALLOWED)
                if re.search(rf"(?<![a-z]){word}(?![a-z])" if word.isascii() else word, plain) and not allowed:
                    found.append(f"{path.relative_to(SOURCE)}:{number} {word}: {line.strip()[:80]}")
    assert found == []


class Reader(HTMLParser):
    """What a content security policy would refuse, and where the links go."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.links: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.refused += [f"<{tag} {name}>" for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.refused.append(f"<{tag}>")
        for name in ("href", "src", "action", "formaction"):
            target = given.get(name) or ""
            if target.startswith(("javascript:", "http:", "https:", "//", "data:")) and tag != "img":
                self.refused.append(f"<{tag} {name}={target[:60]}>")
        if tag == "a":
            self.links.add(given.get("href") or "")


def test_every_page_leads_to_the_complaints_box_says_what_not_to_enter_and_runs_nothing_of_its_own(
    story: Story, tmp_path: Path
) -> None:
    """With the static files as they are served: gathered, each under the name of its content."""
    hashed = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}
    everybody, wrong, seen = clients(story), [], 0
    with override_settings(STORAGES=hashed, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0)
        for route, row in TABLE.items():
            if row.gets != 200 or route in ("healthz", "seal/verify_bundle.py") or route.endswith("/xlsx/"):
                continue
            url = address(route, row.args(story))
            for role in ROLES:
                if role not in row.who or (
                    role in ("secretary", "leader") and not route.startswith(("home", "matters"))
                ):
                    continue
                answer = everybody[role].get(url, follow=True)
                if not answer.headers["Content-Type"].startswith("text/html"):
                    finish(answer)
                    continue
                text = answer.content.decode()
                wrong += [f"{url} for {role}: {what}" for what in refused(text)]
                if "content-security-policy" not in {name.lower() for name in answer.headers}:
                    wrong.append(f"{url}: no policy")
                seen += 1
        assert refused(render_to_string("500.html")) == []
    assert wrong == []
    assert seen > 100


MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


def refused(text: str) -> list[str]:
    """What is wrong with a page."""
    reader = Reader()
    reader.feed(text)
    found = list(dict.fromkeys(reader.refused))
    if not any(re.fullmatch(r"/p/(\w+/)?complain/", link) for link in reader.links):
        found.append("no way to the complaints box")
    if "不处理涉密信息" not in text:
        found.append("does not say that nothing secret is entered")
    if "提交成功" in text or "操作成功" in text:
        found.append("says only that something was submitted")
    return found


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "refused"])
def test_pages_of_what_went_wrong_keep_to_the_same(name: str) -> None:
    assert refused(render_to_string(f"{name}.html")) == []
