"""Every address of the program × every role of the town: who gets the page, who must sign in, who learns nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from luoshi.core.notices import actions as notices
from luoshi.core.notices.models import Notice
from tests.support.story import finish

if TYPE_CHECKING:
    from tests.support.story import Story

TOWN = frozenset({"secretary", "office", "leader", "head", "clerk", "village", "discipline", "organisation"})
SIGNED_IN = TOWN | {"outsider"}
KEEPERS = frozenset({"organisation"})
SETTERS = frozenset({"secretary", "office", "organisation"})
CITIZEN = "citizen"


@dataclass(frozen=True)
class Row:
    """Who gets an address with GET, and what they get: 200, 302 to somewhere else, or 405 where only POST is taken."""

    who: frozenset[str]
    args: Callable[[Story], list[Any]] = lambda story: []
    gets: int = 200
    public: bool = False


def finding(name: str) -> Callable[[Story], list[Any]]:
    return lambda story: [story.findings[name].pk]


def suggestion(story: Story) -> list[Any]:
    return [story.suggestion.pk]


def matter(name: str, *more: str) -> Callable[[Story], list[Any]]:
    return lambda story: [story[name].pk, *more]


def sheet(name: str) -> Callable[[Story], list[Any]]:
    return lambda story: [story.sheets[name].pk]


def round_(story: Story) -> list[Any]:
    return [story.round.pk]


def cause(story: Story) -> list[Any]:
    return [story.cause.pk]


def village(story: Story) -> list[Any]:
    return [story.cast.units["shiqiaogou"].pk]


def example(name: str) -> Callable[[Story], list[Any]]:
    return lambda story: [story.examples[name].pk]


def meeting(number: int, *more: Any) -> Callable[[Story], list[Any]]:
    return lambda story: [story.meetings[number].pk, *more]


def agenda_item(story: Story) -> list[Any]:
    return [story.meetings[1].pk, story.meetings[1].agenda.get().pk]


def resolution(story: Story) -> list[Any]:
    return [story.meetings[1].pk, story.meetings[1].resolutions.order_by("pk")[0].pk]


def person(story: Story) -> list[Any]:
    return [story.cast.clerk.pk]


def unit(story: Story) -> list[Any]:
    return [story.cast.units["nongye"].pk]


def post(story: Story) -> list[Any]:
    return [story.cast.units["nongye"].posts.order_by("pk")[0].pk]


def also(make: Callable[[Story], list[Any]], *more: str) -> Callable[[Story], list[Any]]:
    return lambda story: [*make(story), *more]


def nothing(story: Story) -> list[Any]:
    return [1]


def paper(name: str, *more: str) -> Callable[[Story], list[Any]]:
    return lambda story: [story.papers[name].pk, *more]


WRITERS = frozenset({"office", "secretary", "leader", "discipline", "organisation"})
KEEP_PLAN = frozenset({"office", "secretary"})
OFFICE, DISCIPLINE = frozenset({"office"}), frozenset({"discipline"})
ALL = SIGNED_IN | {CITIZEN}
PUBLIC = Row(ALL, public=True)
TABLE: dict[str, Row] = {
    "": Row(ALL, public=True),
    "start/": Row(frozenset(), public=True),
    "home/": Row(SIGNED_IN),
    "all/": Row(SIGNED_IN),
    "healthz": PUBLIC,
    "signin/": PUBLIC,
    "signout/": Row(ALL, gets=405, public=True),
    "signin/reset/": PUBLIC,
    "account/password/": Row(SIGNED_IN),
    "ledgers/<slug:slug>/": Row(SIGNED_IN, lambda story: ["matters"]),
    "ledgers/<slug:slug>/xlsx/": Row(frozenset({"secretary", "office"}), lambda story: ["findings"]),
    "ledgers/<slug:slug>/print/": Row(SIGNED_IN, lambda story: ["matters"]),
    "org/me/": Row(SIGNED_IN),
    "org/me/<slug:verb>/": Row(SIGNED_IN, lambda story: ["contact"], gets=302),
    "org/town/": Row(SETTERS),
    "org/town/<slug:verb>/": Row(SETTERS, lambda story: ["change"], gets=302),
    "org/staff/": Row(KEEPERS),
    "org/staff/units/new/": Row(KEEPERS),
    "org/staff/units/new/<slug:verb>/": Row(KEEPERS, lambda story: ["open"], gets=302),
    "org/staff/units/<int:pk>/": Row(KEEPERS, unit),
    "org/staff/units/<int:pk>/<slug:verb>/": Row(KEEPERS, also(unit, "rename"), gets=302),
    "org/staff/posts/<int:pk>/": Row(KEEPERS, post),
    "org/staff/posts/<int:pk>/<slug:verb>/": Row(KEEPERS, also(post, "duties"), gets=302),
    "org/staff/people/": Row(KEEPERS),
    "org/staff/people/new/": Row(KEEPERS),
    "org/staff/people/new/<slug:verb>/": Row(KEEPERS, lambda story: ["add"], gets=302),
    "org/staff/people/<int:pk>/": Row(KEEPERS, person),
    "org/staff/people/<int:pk>/slip/": Row(KEEPERS, person, gets=302),
    "org/staff/people/<int:pk>/<slug:verb>/": Row(KEEPERS, also(person, "contact"), gets=302),
    "evidence/<int:pk>/": Row(TOWN, lambda story: [story.file.pk]),
    "seal/": PUBLIC,
    "seal/<int:size>/": Row(frozenset(), nothing, public=True),
    "seal/verify_bundle.py": PUBLIC,
    "seal/export/": Row(SIGNED_IN, gets=405),
    "plan/": Row(SIGNED_IN),
    "plan/bare/": Row(SIGNED_IN),
    "plan/load/": Row(KEEP_PLAN),
    "plan/edit/": Row(KEEP_PLAN),
    "plan/versions/<int:pk>/": Row(TOWN, lambda story: [story.plan.pk]),
    "plan/parts/<int:pk>/": Row(TOWN, lambda story: [story.plan.parts.all()[1].pk]),
    "plan/parts/<int:pk>/<slug:verb>/": Row(SIGNED_IN, lambda story: [story.plan.parts.all()[1].pk, "link"], gets=405),
    "plan/campaign/": Row(SIGNED_IN),
    "matters/goals/": Row(SIGNED_IN),
    "matters/goals/<int:pk>/": Row(TOWN, lambda story: [story.goal.pk]),
    "matters/goals/<int:pk>/<slug:verb>/": Row(SIGNED_IN, lambda story: [story.goal.pk, "rename"], gets=405),
    "matters/<int:pk>/goal/": Row(OFFICE, matter("working")),
    "matters/new/": Row(OFFICE | DISCIPLINE),
    "matters/assign/": Row(OFFICE),
    "matters/accusations/": Row(DISCIPLINE),
    "matters/search/": Row(SIGNED_IN),
    "matters/briefs/": Row(OFFICE | frozenset({"secretary", "leader"})),
    "matters/briefs/month.docx": Row(OFFICE | frozenset({"secretary", "leader"})),
    "matters/calendar/": Row(OFFICE | KEEPERS),
    "matters/calendar/look/": Row(SIGNED_IN, gets=405),
    "matters/calendar/do/": Row(SIGNED_IN, gets=405),
    "matters/units/": Row(SIGNED_IN),
    "matters/units/<int:pk>/": Row(TOWN, unit),
    "matters/<int:pk>/": Row(
        frozenset({"secretary", "office", "leader", "head", "clerk", "village"}), matter("internal")
    ),
    "matters/<int:pk>/do/<slug:verb>/": Row(SIGNED_IN, matter("working", "report"), gets=405),
    "desk/views/<slug:slug>/": Row(SIGNED_IN, lambda story: ["matters"]),
    "desk/views/<slug:slug>/keep/": Row(SIGNED_IN, lambda story: ["matters"], gets=405),
    "desk/views/<slug:slug>/columns/": Row(SIGNED_IN, lambda story: ["matters"], gets=405),
    "desk/passages/": Row(OFFICE | DISCIPLINE | KEEPERS | frozenset({"secretary"})),
    "desk/whence/<slug:kind>/<int:pk>/": Row(
        frozenset({"secretary", "office", "leader", "head", "clerk", "village"}),
        lambda story: ["matter", story["internal"].pk],
    ),
    "desk/view/<int:pk>/<slug:verb>/": Row(SIGNED_IN, lambda story: [1, "open"], gets=405),
    "notices/": Row(SIGNED_IN),
    "notices/read/": Row(SIGNED_IN, gets=405),
    "notices/mail/": Row(OFFICE | KEEPERS),
    "papers/": Row(SIGNED_IN),
    "papers/new/": Row(WRITERS),
    "papers/new/<slug:key>/": Row(SIGNED_IN, lambda story: ["notice"], gets=405),
    "papers/numbers/": Row(OFFICE),
    "papers/templates/": Row(OFFICE),
    "papers/templates/<int:pk>/retire/": Row(SIGNED_IN, nothing, gets=405),
    "papers/<int:pk>/": Row(frozenset({"secretary", "office", "leader", "head", "clerk"}), paper("named")),
    "papers/<int:pk>/edit/": Row(OFFICE, paper("draft")),
    "papers/<int:pk>/take/": Row(SIGNED_IN, paper("draft"), gets=405),
    "papers/<int:pk>/do/<slug:verb>/": Row(SIGNED_IN, paper("draft", "submit"), gets=405),
    "papers/<int:pk>/receive/": Row(SIGNED_IN, paper("named"), gets=405),
    "papers/<int:pk>/type-over/": Row(SIGNED_IN, paper("draft"), gets=405),
    "papers/<int:pk>/word/": Row(frozenset({"secretary", "office"}), paper("draft")),
    "papers/<int:pk>/pdf/": Row(TOWN, paper("issued")),
    "papers/<int:pk>/print/": Row(frozenset({"secretary", "office", "leader"}), paper("submitted")),
    "review/findings/": Row(SIGNED_IN),
    "review/findings/<int:pk>/": Row(frozenset({"secretary", "office"}), finding("waiting")),
    "review/findings/<int:pk>/open/": Row(OFFICE, finding("waiting")),
    "review/findings/<int:pk>/answer/": Row(OFFICE, finding("waiting")),
    "review/findings/<int:pk>/merge/": Row(OFFICE, finding("waiting")),
    "review/findings/<int:pk>/unmerge/": Row(OFFICE, finding("waiting")),
    "review/findings/<int:pk>/mark/": Row(OFFICE, finding("waiting")),
    "review/findings/<int:pk>/unmark/": Row(DISCIPLINE, finding("accusation")),
    "review/findings/<int:pk>/numbers/": Row(SIGNED_IN, finding("waiting"), gets=405),
    "likeness/": Row(frozenset({"secretary", "office"})),
    "likeness/of/<int:pk>/": Row(frozenset({"secretary", "office"}), finding("waiting")),
    "likeness/decided/": Row(frozenset({"secretary", "office"})),
    "likeness/topics/": Row(frozenset({"secretary", "office"})),
    "likeness/topics/<int:pk>/": Row(frozenset({"secretary", "office"}), lambda story: [story.topic.pk]),
    "likeness/classify/<int:pk>/": Row(OFFICE, finding("waiting")),
    "likeness/categories/": Row(SIGNED_IN, gets=405),
    "likeness/same/<int:pk>/": Row(SIGNED_IN, finding("waiting"), gets=405),
    "likeness/<int:pk>/": Row(frozenset({"secretary", "office"}), suggestion),
    "likeness/<int:pk>/accept/": Row(SIGNED_IN, suggestion, gets=405),
    "likeness/<int:pk>/reject/": Row(SIGNED_IN, suggestion, gets=405),
    "likeness/<int:pk>/reconsider/": Row(SIGNED_IN, suggestion, gets=405),
    "review/new/": Row(SIGNED_IN),
    "review/new/<slug:key>/": Row(SIGNED_IN, lambda story: ["citizen"]),
    "review/report/": Row(SIGNED_IN),
    "review/reckoning/": Row(frozenset({"secretary", "office"})),
    "review/complaints/": Row(OFFICE | DISCIPLINE),
    "review/complaints/<int:pk>/settle/": Row(OFFICE | DISCIPLINE, lambda story: [story.complaint.pk]),
    "selfreview/": Row(SIGNED_IN),
    "selfreview/rounds/open/": Row(frozenset({"secretary", "organisation"})),
    "selfreview/rounds/<int:pk>/": Row(TOWN, round_),
    "selfreview/rounds/<int:pk>/begin/": Row(SIGNED_IN, round_, gets=405),
    "selfreview/rounds/<int:pk>/close/": Row(frozenset({"secretary", "organisation"}), round_),
    "selfreview/sheets/<int:pk>/": Row(frozenset({"head", "secretary", "organisation", "discipline"}), sheet("unit")),
    "selfreview/sheets/<int:pk>/write/": Row(frozenset({"clerk"}), sheet("draft")),
    "selfreview/sheets/<int:pk>/check/": Row(frozenset({"clerk"}), sheet("draft")),
    "selfreview/sheets/<int:pk>/back/": Row(SIGNED_IN, sheet("person"), gets=405),
    "selfreview/sheets/<int:pk>/raise/": Row(SIGNED_IN, sheet("person"), gets=405),
    "causes/": Row(SIGNED_IN),
    "causes/new/": Row(frozenset()),
    "causes/rule/": Row(frozenset({"secretary", "office"})),
    "causes/villages/": Row(OFFICE | KEEPERS),
    "causes/villages/<int:pk>/": Row(TOWN, village),
    "causes/<int:pk>/": Row(TOWN, cause),
    "causes/<int:pk>/amend/": Row(OFFICE, cause),
    "causes/<int:pk>/hang/": Row(OFFICE, cause),
    "causes/<int:pk>/unlink/": Row(SIGNED_IN, cause, gets=405),
    "examples/": Row(SIGNED_IN),
    "examples/new/<slug:kind>/": Row(
        frozenset({"office", "secretary", "leader", "organisation", "head", "village"}), lambda story: ["person"]
    ),
    "examples/<int:pk>/": Row(TOWN, example("approved")),
    "examples/<int:pk>/approve/": Row(SIGNED_IN, example("proposed"), gets=405),
    "examples/<int:pk>/decline/": Row(frozenset({"secretary", "leader"}), example("proposed")),
    "examples/<int:pk>/withdraw/": Row(frozenset({"secretary", "leader"}), example("approved")),
    "meetings/": Row(SIGNED_IN),
    "meetings/new/": Row(frozenset({"office", "secretary", "leader", "organisation", "head", "village", "discipline"})),
    "meetings/<int:pk>/": Row(frozenset({"office", "secretary", "leader"}), meeting(1)),
    "meetings/<int:pk>/change/": Row(OFFICE, meeting(1)),
    "meetings/<int:pk>/agree/<int:item>/": Row(OFFICE, agenda_item),
    "meetings/<int:pk>/drop/<int:resolution>/": Row(SIGNED_IN, resolution, gets=405),
    "meetings/<int:pk>/register/<int:resolution>/": Row(SIGNED_IN, resolution, gets=405),
    "meetings/<int:pk>/issue/": Row(OFFICE, meeting(1)),
    "meetings/<int:pk>/minutes/<int:version>.docx": Row(frozenset({"office", "secretary", "leader"}), meeting(0, 1)),
    "imports/": Row(OFFICE | KEEPERS),
    "imports/<int:pk>/": Row(frozenset(), nothing),
    "imports/<int:pk>/columns/": Row(SIGNED_IN, nothing, gets=405),
    "imports/<int:pk>/run/": Row(SIGNED_IN, nothing, gets=405),
    "imports/<int:pk>/refused/": Row(frozenset(), nothing),
    "exports/": Row(SIGNED_IN),
    "exports/new/<slug:slug>/": Row(frozenset({"secretary", "office"}), lambda story: ["findings"]),
    "exports/<int:pk>/file/": Row(frozenset(), nothing),
    "p/": PUBLIC,
    "p/raise/": PUBLIC,
    "p/raise/served/": PUBLIC,
    "p/complain/": PUBLIC,
    "p/poster/": Row(SIGNED_IN),
    "p/look/": PUBLIC,
    "p/receipt/": PUBLIC,
    "p/<slug:code>/": Row(ALL, lambda story: ["yunling"], public=True),
    "p/<slug:code>/raise/": Row(ALL, lambda story: ["yunling"], public=True),
    "p/<slug:code>/raise/served/": Row(ALL, lambda story: ["yunling"], public=True),
    "p/<slug:code>/complain/": Row(ALL, lambda story: ["yunling"], public=True),
    "p/<slug:code>/poster/": Row(SIGNED_IN, lambda story: ["yunling"]),
}


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


def address(route: str, args: list[Any]) -> str:
    """The route with its converters filled in order."""
    told, left = "", list(args)
    for piece in route.split("/"):
        told += (str(left.pop(0)) + piece.partition(">")[2] if piece.startswith("<") else piece) + "/"
    assert left == []
    return "/" + told.removesuffix("/") if not route.endswith("/") else "/" + told[:-1]


def clients(story: Story) -> dict[str, Client]:
    from tests.support.story import client_of

    return {CITIZEN: client_of(None), **{role: client_of(story.people[role]) for role in sorted(SIGNED_IN)}}


def test_every_route_has_its_row_and_every_row_its_route(story: Story) -> None:
    found = [route for route, _ in routes(get_resolver().url_patterns)]
    assert sorted(set(found) ^ set(TABLE)) == []
    assert len(found) == len(set(found))


@pytest.mark.row("N3")
def test_every_role_gets_what_the_table_says_and_nothing_else(story: Story) -> None:
    wrong = []
    everybody = clients(story)
    for route, row in TABLE.items():
        url = address(route, row.args(story))
        for role, client in everybody.items():
            answer = client.get(url)
            finish(answer)
            expected = row.gets if role in row.who else 404
            if role == CITIZEN and not row.public:
                expected = 302
                if not (answer.status_code == 302 and answer["Location"].startswith("/signin/?next=")):
                    wrong.append(f"{url} for a citizen: {answer.status_code} {answer.get('Location')}")
                    continue
            if url == "/" and role != CITIZEN:
                expected = 302
            if answer.status_code != expected:
                wrong.append(f"{url} for {role}: {answer.status_code}, not {expected}")
    assert wrong == []


def test_things_of_another_town_do_not_exist(story: Story) -> None:
    from tests.support.story import client_of

    stranger = client_of(story.people["outsider"])
    office = client_of(story.people["office"])
    for route, row in TABLE.items():
        if "<int:pk>" in route and row.gets != 405:
            assert stranger.get(address(route, row.args(story))).status_code == 404, route
    for name in story.matters:
        assert stranger.get(f"/matters/{story[name].pk}/").status_code == 404, name
    assert stranger.post(f"/matters/{story['working'].pk}/do/report/", {"report-progress": "x"}).status_code == 404
    assert "没有找到“路灯”" in stranger.get("/matters/search/?q=路灯").content.decode()
    assert office.get(f"/matters/units/{story.cast.other_unit.pk}/").status_code == 404
    assert story["working"].title not in stranger.get("/ledgers/matters/").content.decode()
    assert office.get("/matters/999999999/").status_code == 404
    assert office.get("/matters/99999999999999999999999999/").status_code == 404


@pytest.mark.row("N3")
def test_an_accusation_is_seen_by_discipline_inspection_alone(story: Story) -> None:
    """Its page, its words in any list, search, file, Excel, figure or notice: 404 or absent for everybody else."""
    from tests.support.story import ACCUSED

    notices.deliver(at=story.stage.at)
    told = Notice.objects.filter(matter__in=[story["accusation"], story["accusation_working"]])
    assert told.count() == 0
    jiwei = story.cast.units["jiwei"].pk
    pages = [
        "/home/",
        "/ledgers/matters/",
        "/ledgers/matters/print/",
        "/ledgers/findings/",
        "/ledgers/findings/print/",
        f"/matters/search/?q={ACCUSED}",
        "/matters/units/",
        f"/matters/units/{jiwei}/",
        "/notices/",
        "/review/findings/",
        "/review/reckoning/",
        "/matters/calendar/",
        "/p/yunling/",
    ]
    alone = [
        f"/matters/{story['accusation'].pk}/",
        f"/review/findings/{story.findings['accusation'].pk}/",
        "/matters/accusations/",
    ]
    everybody = clients(story)
    for role in ("secretary", "office", "clerk", "discipline"):
        client = everybody[role]
        for url in pages:
            answer = client.get(url)
            body = answer.content.decode() if answer.status_code == 200 else ""
            if role != "discipline" and not url.startswith("/matters/search"):
                # The secretary is in charge of the second one, and its place among one's tasks is the page of today.
                assert ACCUSED not in body.replace(f"{ACCUSED}乙", "" if role == "secretary" else ACCUSED), (url, role)
            if url not in ("/home/", "/review/findings/"):
                assert f"{ACCUSED}甲" not in body.replace(f'value="{ACCUSED}"', ""), (url, role)
    for role, client in everybody.items():
        for url in alone:
            wanted = 200 if role == "discipline" else 302 if role == CITIZEN else 404
            assert client.get(url).status_code == wanted, (url, role)
        sees_file = role in ("discipline", "secretary")
        wanted = 200 if sees_file else 302 if role == CITIZEN else 404
        answer = client.get(f"/evidence/{story.secret_file.pk}/")
        finish(answer)
        assert answer.status_code == wanted, role
    for role in ("office", "secretary", "discipline"):
        answer = everybody[role].get("/ledgers/matters/xlsx/")
        data = b"".join(answer.streaming_content)
        assert ACCUSED not in _words_of(data), role


def _words_of(xlsx: bytes) -> str:
    import io

    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(xlsx)).active
    assert sheet is not None
    words = "".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    assert "水渠堵塞" in words
    return words


def test_signing_in_leads_back_to_the_page_that_was_asked_for(story: Story) -> None:
    from tests.support.story import PASSWORD

    client = Client()
    asked = f"/matters/{story['working'].pk}/?do=report"
    sent = client.get(asked)
    assert sent["Location"].startswith(f"/{settings.LOGIN_URL}/?next=")
    form = {"username": " ZhaoXiaoLan ", "password": PASSWORD, "next": asked}
    assert client.post("/signin/", {**form, "password": "wrong"}).status_code == 401
    assert client.post("/signin/", form)["Location"] == asked
    outside = Client().post("/signin/", {**form, "next": "https://example.com/"})
    assert outside["Location"] == "/home/"


def test_a_form_sent_after_the_session_is_lost_leads_back_to_its_page(story: Story) -> None:
    page = f"/matters/{story['working'].pk}/"
    lost = Client().post(
        f"{page}do/report/", {"report-progress": "写了很久"}, headers={"referer": f"http://testserver{page}"}
    )
    assert lost.status_code == 302
    assert lost["Location"] == f"/signin/?next={page.replace('/', '%2F')}"
    elsewhere = Client().post(f"{page}do/report/", {}, headers={"referer": "https://example.com/x"})
    assert elsewhere["Location"] == "/signin/?next=%2Fhome%2F"
