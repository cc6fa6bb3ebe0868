import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from luoshi.core.org.rules import PUBLIC, Actor
from luoshi.kit.errors import Refused

WEB = Path(__file__).parents[1]
STATIC = WEB / "static" / "web"
ZHOU = Actor("person", "周敏", person_id=7)


def colours() -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#\w+);", (STATIC / "site.css").read_text("utf-8")))


def luminance(colour: str) -> float:
    code = colour.lstrip("#")
    code = "".join(c * 2 for c in code) if len(code) == 3 else code
    parts = [int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *(
            (text, ground)
            for text in ("ink", "soft", "blue", "blue-deep", "red", "green", "grey")
            for ground in ("paper", "white")
        ),
        *(("white", ground) for ground in ("blue", "blue-deep")),
        *((text, "blue-pale") for text in ("ink", "blue", "blue-deep")),
        ("amber", "amber-pale"),
        ("soft", "line"),
    ],
)
def test_every_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    named = colours()
    assert contrast(named[text], named[ground]) >= 4.5


def test_the_edge_of_a_control_can_be_seen() -> None:
    named = colours()
    assert contrast(named["edge"], named["paper"]) >= 3
    assert contrast(named["edge"], named["white"]) >= 3


def test_red_is_for_overdue_alone() -> None:
    for sheet in STATIC.glob("*.css"):
        for rule in re.findall(r"([^{}]+)\{[^{}]*var\(--red\)", sheet.read_text("utf-8")):
            assert rule.strip() in (".light-red", ".light-late"), f"{sheet.name}: {rule.strip()}"


def test_colours_are_named_once() -> None:
    parts = (STATIC / "parts.css").read_text("utf-8")
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", parts)) <= {"#f4f1ea", "#dfe3e8", "#6d6a62"}


def templates() -> list[Path]:
    return sorted((WEB / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", templates(), ids=lambda p: p.name)
def test_no_page_needs_inline_style_or_script(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r'(?:src|href)="https?:', text)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_an_error_page_says_in_chinese_what_to_do_and_has_a_way_out(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert "请" in page
    assert re.search(r'<a class="button" href="/[^"]*">回到', page)
    assert not re.search(r"[Ee]rror|[Ff]orbidden|[Nn]ot [Ff]ound", page)
    assert page.count("<h1") == 1


def test_a_refusal_is_told_with_its_way_out_and_as_text() -> None:
    refusal = Refused("matter.own", "自己办的事项<b>不能自己核查</b>。", "请督办室另派单位。")
    page = render_to_string("refused.html", {"refusal": refusal})
    assert "自己办的事项&lt;b&gt;" in page
    assert "请督办室另派单位。" in page


def test_the_shell_names_the_town_the_person_and_where_one_is() -> None:
    nav = [{"label": "今天", "url": "/home/", "active": True}, {"label": "事项", "url": "/matters/", "active": False}]
    page = render_to_string("shell.html", {"town": "云岭镇", "actor": ZHOU, "nav": nav, "notice_count": 3})
    assert "云岭镇" in page
    assert "周敏" in page
    assert page.count('<a href="/home/" aria-current="page">今天</a>') == 1
    assert '<a class="skip" href="#main">' in page
    assert "本系统不处理涉密信息" in page
    assert 'data-who="7"' in page
    assert "退出" in page


def test_whoever_has_no_account_is_shown_no_navigation() -> None:
    page = render_to_string("shell.html", {"town": "云岭镇", "actor": PUBLIC, "nav": []})
    assert "退出" not in page
    assert "<nav" not in page
    assert "登录" in page
