"""A paper of eighty figures, sent to every unit, asks the database no more often than one of two."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luoshi.core.journal.models import Event
from luoshi.core.org.models import Person, Unit
from luoshi.core.papers import actions, figures, queries
from luoshi.core.papers.ledgers import PAPERS
from luoshi.core.papers.models import Kind, Paper, PaperFigure, Series
from luoshi.core.papers.rules import MINUTES_MARK
from luoshi.core.papers.tests.desk import Desk
from luoshi.kit.errors import Refused
from luoshi.kit.ledgers import figures as kit

MOST = 12
pytestmark = pytest.mark.row("N8")


def asked(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as told:
        assert client.get(url).status_code == 200, url
    return sum(1 for one in told.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE")))


def long_paper(desk: Desk, count: int, *, issued: bool) -> Paper:
    """Figures by unit, category, goal and who raised it: every filter whose choices are rows."""
    unit = desk.stage.cast.units["nongye"].pk
    filters = (f"unit={unit}", "goal=none", "kind=citizen", "light=red", "state=closed")
    figures = tuple((f"数{n}", f"matters?{filters[n % 5]}&received_from=20{10 + n // 5}-01-01") for n in range(count))
    body = "\n".join(f"共【{name}】件。" for name, _ in figures)
    units = tuple(unit.pk for unit in desk.stage.cast.units.values())[: max(1, count // 10)]
    told = {"body": body, "figures": figures, "units": units}
    return desk.issued(**told) if issued else desk.draft(**told)


@pytest.mark.parametrize("issued", [False, True])
def test_a_page_of_many_figures_asks_no_more_than_one_of_few(desk: Desk, issued: bool) -> None:
    client = Client()
    client.force_login(desk.stage.cast.office.account, backend="django.contrib.auth.backends.ModelBackend")
    few, many = long_paper(desk, 5, issued=issued), long_paper(desk, 80, issued=issued)
    if not issued:
        for n in range(5):
            body = f"{many.body}\n第{n}稿"
            actions.edit(many, seen=many.version, title="长", body=body, by=desk["office2"], at=desk.tick())
            many.refresh_from_db()
    pages = ["", "word/", "print/"] + ([] if issued else ["edit/"])
    client.get("/papers/")
    told = {
        page: (asked(client, f"/papers/{few.pk}/{page}"), asked(client, f"/papers/{many.pk}/{page}")) for page in pages
    }
    assert {page: n for page, n in told.items() if n[0] != n[1] or n[1] > MOST} == {}, told


def test_a_page_counts_so_far_says_so_and_counts_to_the_end_when_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound stands at one here: two matters are "many"."""
    monkeypatch.setattr(kit, "MOST", 1)
    client = Client()
    client.force_login(desk.stage.cast.office.account, backend="django.contrib.auth.backends.ModelBackend")

    def page(url: str) -> tuple[str, list[int]]:
        with CaptureQueriesContext(connection) as told:
            shown = client.get(url).content.decode()
        counted = [one["sql"] for one in told.captured_queries if "SELECT 'n0'" in one["sql"]]
        return shown, [int(n) for sql in counted for n in re.findall(r"LIMIT (\d+)\) one", sql)]

    draft, issued = desk.draft(), desk.issued()
    for url in (f"/papers/{draft.pk}/", f"/papers/{draft.pk}/edit/"):
        shown, ends = page(url)
        assert "1 以上" in shown
        assert "1 个数字很大" in shown
        assert set(ends) == {2}, "counting ends one row after the bound"
        shown, ends = page(f"{url}?whole=1")
        assert "1 以上" not in shown
        assert "个数字很大" not in shown
        assert ends == []
    shown, ends = page(f"/papers/{issued.pk}/")
    assert "在办：现在都在" in shown
    assert "再数的一样" not in shown
    assert set(ends) == {2}
    assert "再数的一样" in page(f"/papers/{issued.pk}/?whole=1")[0]
    desk.stage.register(title="又一件", raisers=[])
    assert "发文时 2，现在" not in page(f"/papers/{issued.pk}/")[0]
    assert "发文时 2，现在 3" in page(f"/papers/{issued.pk}/?whole=1")[0]
    for url in (f"/papers/{draft.pk}/print/", f"/papers/{issued.pk}/print/"):
        assert page(url)[1] == []
        assert "以上" not in page(url)[0]


def test_who_judges_a_paper_sees_its_figures_to_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit, "MOST", 1)
    paper = desk.reviewed()
    client = Client()
    client.force_login(desk.stage.cast.leader.account, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get(f"/papers/{paper.pk}/").content.decode()
    assert ">2</a>" in shown
    assert "以上" not in shown
    desk.do("issue", paper, "leader")
    assert paper.figures.get(name="在办").value == 2


@pytest.mark.parametrize(
    ("value", "count", "more", "said"),
    [
        (7, 7, False, ""),
        (7, 9, False, "9"),
        (1000, 1000, False, ""),
        (1000, 1000, True, "1000 以上"),
        (7, 1000, True, "1000 以上"),
        (1001, 1000, True, "?"),
        (1001, 1000, False, "1000"),
    ],
)
def test_what_changed_is_told_where_counting_so_far_settles_it(value: int, count: int, more: bool, said: str) -> None:
    row = PaperFigure(name="甲", value=value)
    reading = kit.Reading(kit.Source("matters"), "事项", count, more)
    now = {"甲": figures.Seen(row, reading)}
    assert [one.now for one in figures.changes([row], now)] == ([said] if said.strip("?") else [])
    assert [one.name for one in figures.uncertain([row], now)] == (["甲"] if said == "?" else [])


def test_kept_statements_of_papers_say_what_their_queries_say(desk: Desk) -> None:
    town = desk.stage.cast.town
    units = tuple(unit.pk for unit in desk.stage.cast.units.values())[:2]
    papers = [
        desk.draft(),
        desk.issued(units=units),
        desk.draft(kind=Kind.MINUTES, title="纪要"),
        desk.draft(by="office2"),
    ]
    for part in ("office", "clerk", "leader", "outsider"):
        actor = desk[part]
        seen = set(queries.visible_to(actor))
        for paper in papers:
            try:
                found = queries.get(actor, paper.pk)
            except Refused:
                assert paper not in seen
            else:
                assert paper in seen
                assert (found, found.drafter, found.series) == (paper, paper.drafter, paper.series)
    for paper in papers:
        beside = queries.beside(paper)
        assert beside.figures == list(paper.figures.order_by("pk"))
        assert {one.pk for one in beside.deliveries} == set(paper.deliveries.values_list("pk", flat=True))
        assert {unit.pk for unit in beside.units} == {one.unit_id for one in beside.deliveries}
        assert beside.authors == {paper.drafter_id} | set(paper.versions.values_list("by_id", flat=True))
        choices = queries.beside(paper, editing=True)
        standing = Unit.objects.filter(town_id=town.pk, closed_on__isnull=True).exclude(kind="town")
        assert {unit.pk for unit in choices.units} == set(standing.values_list("pk", flat=True)) | {
            u.pk for u in beside.units
        }
        runs = list(Series.objects.filter(town_id=town.pk, closed_on__isnull=True).order_by("pk"))
        wanted = runs if paper.kind == Kind.MINUTES else [one for one in runs if not one.mark.endswith(MINUTES_MARK)]
        assert choices.series == wanted
        assert {one.kind for one in choices.templates} <= {paper.kind}
        events = Event.objects.filter(stream=paper.stream).order_by("seq")
        assert [line.at for line in queries.story(paper)] == [event.happened_at for event in events]
        assert {line.who for line in queries.story(paper)} <= {person.name for person in Person.objects.all()}


def test_the_register_reads_what_it_shows_with_one_statement(desk: Desk) -> None:
    desk.draft(), desk.issued()
    client = Client()
    client.force_login(desk.stage.cast.office.account, backend="django.contrib.auth.backends.ModelBackend")
    every = ",".join(column.key for column in PAPERS.columns)
    for query in (
        "",
        f"?cols={every}",
        f"?cols={every}&order=issued",
        "?kind=notice",
        "?state=draft",
        "?issued_from=2020-01-01",
    ):
        with CaptureQueriesContext(connection) as told:
            shown = client.get(f"/ledgers/papers/{query}").content.decode()
        of_papers = [one["sql"] for one in told.captured_queries if one["sql"].startswith('SELECT "papers_paper"')]
        assert len(of_papers) <= (2 if "order" in query else 1), of_papers
        assert "关于办好群众反映问题的通知" in shown
        assert 'papers_paper"."body' not in "".join(of_papers)
