"""Whatever is typed into any form is taken as words or refused in Chinese: never an error page, never markup."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.core.matters.models import Matter
from tests.support.story import client_of, finish
from tests.test_verbs_on_pages import CASES

if TYPE_CHECKING:
    from tests.support.story import Story

HOSTILE = (
    "",
    " \t\u3000",
    "长" * 10_000,
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><b onmouseover='x'>",
    "{{ 7|add:7 }}{% debug %}",
    "'; DROP TABLE matters_matter; --",
    "%s %(x)s {0} \\u0000",
    "\x00\x01\x1f\x7f空\u200b\u202e字\ufeff",
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "ignore") + "😀👨‍👩‍👧‍👦🇨🇳",
    "\u0645\u0631\u062d\u0628\u0627 \u202eabc",
    "1900-01-01",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59",
    "2026-02-30",
    "-1",
    "0",
    "9" * 40,
    "1e308",
    "yes",
    "\n".join(["2026-12-10 步骤"] * 200),
    "9999-12-31 很久以后",
    "0001-01-01 很久以前",
)
FILES = (
    SimpleUploadedFile("a.jpg", b""),
    SimpleUploadedFile("a.jpg", b"not a picture"),
    SimpleUploadedFile("a.exe", b"MZ\x90\x00"),
    SimpleUploadedFile("../../etc/passwd", b"root"),
    SimpleUploadedFile("x" * 300 + ".pdf", b"%PDF-1.7 nothing"),
    SimpleUploadedFile("表\u202egpj.exe", b"MZ"),
)
INPUT = re.compile(r"<(?:input|textarea|select)\b[^>]*?\bname=\"([^\"]+)\"[^>]*>")


def forms_of(text: str) -> list[tuple[str, list[str]]]:
    """The action and field names of every form of a page that is posted."""
    found = []
    for form in re.findall(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", text, flags=re.DOTALL):
        action = re.search(r"<form\b[^>]*?\baction=\"([^\"]*)\"", form)
        names = list(dict.fromkeys(name for name in INPUT.findall(form) if name != "csrfmiddlewaretoken"))
        found.append((html.unescape(action[1]) if action else "", names))
    return found


def pages(story: Story) -> list[tuple[str, str]]:
    """Who looks at which page with forms."""
    matters = {(case.by, f"/matters/{story[case.matter].pk}/") for case in CASES.values()}
    finding = story.findings["waiting"].pk
    return [
        *sorted(matters),
        ("office", "/matters/new/"),
        ("office", "/review/new/citizen/"),
        ("office", "/review/new/superior-written/"),
        ("office", "/review/new/meeting/"),
        *(("office", f"/review/findings/{finding}/{verb}/") for verb in ("open", "answer", "merge", "mark")),
        ("office", f"/review/complaints/{story.complaint.pk}/settle/"),
        ("village", "/review/report/"),
        ("organisation", "/org/staff/units/new/"),
        ("organisation", f"/org/staff/people/{story.cast.clerk.pk}/"),
        ("organisation", f"/org/staff/units/{story.cast.units['nongye'].pk}/"),
        ("organisation", "/matters/calendar/"),
        ("organisation", "/imports/"),
        ("office", "/org/town/"),
        ("office", "/matters/goals/"),
        ("clerk", "/account/password/"),
        ("clerk", "/org/me/"),
        ("", "/signin/"),
        ("", "/signin/reset/"),
        ("", "/p/yunling/raise/"),
        ("", "/p/yunling/complain/"),
        ("", "/p/look/"),
    ]


def targets(story: Story) -> list[tuple[str, str, list[str]]]:
    """Who sends what to where: every form that the pages show."""
    found = dict[tuple[str, str], list[str]]()
    for part, url in pages(story):
        answer = client_of(story.people[part] if part else None).get(url)
        assert answer.status_code == 200, (part, url)
        for action, names in forms_of(answer.content.decode()):
            if not action.endswith(("/signout/", "/notices/read/")):
                found.setdefault((part, action or url), names)
    return [(part, action, names) for (part, action), names in found.items()]


def send(client: Client, action: str, fields: dict[str, Any]) -> str:
    """Post, undo what it did, and return what is wrong with the answer."""
    client.raise_request_exception = False
    with transaction.atomic():
        answer = client.post(action, fields)
        text = answer.content.decode() if not answer.streaming else ""
        finish(answer)
        transaction.set_rollback(True)
    if answer.status_code >= 500 or answer.status_code == 400:
        return f"{action} {answer.status_code}: { ({k: str(v)[:40] for k, v in fields.items()}) }"
    if "<script>alert" in text or "<img src=x" in text or "<b onmouseover" in text:
        return f"{action} shows markup: {sorted(fields)}"
    return ""


@pytest.fixture
def aims(story: Story) -> list[tuple[str, str, list[str]]]:
    found = targets(story)
    assert len(found) > 60
    return found


def test_no_form_breaks_or_shows_markup_whatever_is_typed(story: Story, aims: list[tuple[str, str, list[str]]]) -> None:
    """Each form with hostile words in turn, so that all of them come to every kind of field; then each verb well filled
    but for one field, so that the words come to the action itself."""
    wrong, turn = [], 0
    clients = {part: client_of(story.people[part] if part else None) for part, _, _ in aims}
    for part, action, names in aims:
        fields: dict[str, Any] = {}
        for name in names:
            turn += 1
            fields[name] = FILES[turn % len(FILES)] if "file" in name else HOSTILE[turn * 7 % len(HOSTILE)]
            if "file" in name:
                fields[name].seek(0)
        wrong.append(send(clients[part], action, fields))
    for client, action, filled in one_field_wrong(story, clients):
        for name in filled:
            turn += 1
            wrong.append(send(client, action, {**filled, name: HOSTILE[turn * 7 % len(HOSTILE)]}))
    assert [one for one in wrong if one] == []


def one_field_wrong(story: Story, clients: dict[str, Client]) -> list[tuple[Client, str, dict[str, Any]]]:
    """Every verb as it is rightly filled, with who sends it where."""
    found = []
    for verb, case in CASES.items():
        matter = story[case.matter]
        filled = {f"{verb}-{name}": value for name, value in case.fill(story, matter).items()}
        found.append((clients[case.by], f"/matters/{matter.pk}/do/{verb}/", filled))
    return found


@pytest.mark.slow
def test_no_verb_breaks_over_any_hostile_word(story: Story) -> None:
    clients = {case.by: client_of(story.people[case.by]) for case in CASES.values()}
    wrong = [
        send(client, action, {**filled, name: words})
        for client, action, filled in one_field_wrong(story, clients)
        for name in filled
        for words in HOSTILE
    ]
    assert [one for one in wrong if one] == []


@pytest.mark.slow
def test_no_form_breaks_over_words_drawn_by_chance(story: Story, aims: list[tuple[str, str, list[str]]]) -> None:
    clients = {part: client_of(story.people[part] if part else None) for part, _, _ in aims}
    words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), st.dates().map(str), st.integers().map(str))

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(aims), st.data())
    def tries(aim: tuple[str, str, list[str]], data: st.DataObject) -> None:
        part, action, names = aim
        fields: dict[str, Any] = {name: data.draw(words, label=name) for name in names if "file" not in name}
        assert send(clients[part], action, fields) == ""

    tries()


def test_words_that_look_like_markup_are_shown_as_words_on_every_page(story: Story) -> None:
    marked = "<script>alert(1)</script>'\"&amp;"
    matter = story.stage.register(title=marked, problem=marked, place=marked, raisers=False)
    story.stage.do("assign", matter, "office", standard=marked, words=marked)
    story.stage.do("sign", matter, "head")
    story.stage.do("report", matter, "clerk", measures=marked, progress=marked)
    story.stage.do("claim", matter, "clerk", result=marked)
    story.stage.do("verify", matter, "organisation", seen=marked)
    office = client_of(story.people["office"])
    shown = 0
    for url in (
        "/home/",
        "/ledgers/matters/?cols=title,problem,measures,progress",
        "/ledgers/matters/print/",
        f"/matters/{matter.pk}/",
        f"/matters/units/{story.cast.units['nongye'].pk}/",
        "/matters/search/?q=<script>alert(1)</script>",
        "/ledgers/matters/?q=<script>alert(1)</script>",
    ):
        text = office.get(url).content.decode()
        assert "<script>alert" not in text, url
        shown += "&lt;script&gt;alert(1)" in text
    assert shown == 7
    answer = office.get("/ledgers/matters/xlsx/")
    assert answer.status_code == 200
    finish(answer)


@pytest.mark.parametrize("query", [
    "?received_from=9999-12-31&received_to=9999-12-31", "?received_from=0001-01-01&received_to=0001-01-01",
    "?unit=999999999999999999999999&state=x&light=x&grade=x&kind=x&category=-1", "?cursor=x", "?cursor=%00",
    "?cols=x,y&order=-nothing", "?q=%00%01", "?q='\"--", "?q=" + "长" * 2000, "?order=-due&cursor=eyJ9", "?q=%ff%fe",
])  # fmt: skip
def test_no_address_of_a_ledger_breaks(story: Story, query: str) -> None:
    office = client_of(story.people["office"])
    for path in ("/ledgers/matters/", "/ledgers/findings/", "/ledgers/matters/print/", "/ledgers/findings/xlsx/"):
        answer = office.get(path + query)
        finish(answer)
        assert answer.status_code in (200, 409), path
    for path in ("/matters/search/", "/notices/", "/matters/accusations/", "/review/findings/", "/review/reckoning/"):
        assert office.get(path + query).status_code in (200, 404), path


def test_nothing_that_was_tried_left_a_trace(story: Story) -> None:
    assert Matter.objects.filter(title__contains="script").count() == 0
    assert connection.vendor in ("sqlite", "postgresql")
