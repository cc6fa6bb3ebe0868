import re
from dataclasses import replace

import pytest
from django.http import Http404

from luoshi.kit.errors import Refused
from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.model import Column, Filter, Ledger
from luoshi.kit.ledgers.pages import read
from luoshi.kit.ledgers.paging import Order, page
from luoshi.kit.ledgers.registry import NamedQuery
from luoshi.kit.ledgers.state import read_state
from luoshi.kit.ledgers.tests.conftest import LEDGER, later, make, params

pytestmark = pytest.mark.django_db


def kinds(query: str) -> list[str]:
    return [row.name for row in read(LEDGER, "t.", params(query)).rows]


@pytest.mark.row("1.6")
def test_rows_are_those_of_the_actor_newest_first_and_each_opens(ledger, get):
    make(kind="t.a", message="<script>")
    [newest] = make(kind="t.b", state="done", finished_at=later(0))
    make(kind="x.secret")
    html = get().content.decode()
    assert html.index("t.b") < html.index("t.a")
    assert "x.secret" not in html
    assert f'<a href="/jobs/{newest.pk}/">t.b</a>' in html
    assert "<b>已完成</b>" in html
    assert "&lt;script&gt;" in html
    assert "2026年3月2日 12:00" in html
    assert '<td data-label="办结日" class="date">2026年3月2日</td>' in html
    assert 'class="row-check"' not in html


def test_what_an_actor_may_not_open_does_not_exist(ledger, get):
    for name in ("page", "xlsx", "print"):
        assert get(name).status_code == 200
        for wrong in ({"actor": ""}, {"actor": None}, {"slug": "nowhere"}):
            with pytest.raises(Http404):
                get(name, **wrong)


def test_filters_narrow_and_say_so_and_can_be_taken_off(ledger):
    make(kind="t.a", state="failed", attempts=2)
    make(kind="t.b", state="failed", owner="甲")
    make(kind="t.c", run_at=later(3))
    assert kinds("state=failed") == ["t.b", "t.a"]
    assert kinds("state=failed&late=1") == ["t.a"]
    assert kinds("owner=甲") == ["t.b"]
    assert kinds("run_from=2026-03-05") == ["t.c"]
    assert kinds("run_to=2026-03-02&run_from=2026-03-01") == ["t.b", "t.a"]
    page = read(LEDGER, "t.", params("state=failed&late=1&run_to=2026-03-02&q=路&order=kind&cols=kind"))
    assert [sentence.text for sentence in page.sentences] == [
        "状态：未成",
        "时间：至2026年3月2日",
        "试过多次",
        "含“路”",
    ]
    assert "state" not in page.sentences[0].remove_url
    assert "late=1" in page.sentences[0].remove_url
    assert page.clear_url == "?order=kind&cols=kind"
    assert read(LEDGER, "t.", params("owner=甲")).sentences[0].text == "甲办理"


def test_while_days_are_asked_for_rows_stand_by_their_moment_and_else_as_was_asked(ledger):
    by_days = replace(
        LEDGER, filters=tuple(replace(f, order="run_at" if f.key == "run" else "") for f in LEDGER.filters)
    )

    def stand(query: str) -> list[str]:
        return [row.name for row in read(by_days, "t.", params(query)).rows]

    make(kind="t.late", run_at=later(3), message="路")
    make(kind="t.early", run_at=later(1), message="路")
    make(kind="t.middle", run_at=later(2), message="路")
    days = "run_from=2026-03-01&run_to=2026-03-31"
    assert stand(days) == ["t.late", "t.middle", "t.early"]
    assert stand("") == stand(f"{days}&q=路") == ["t.middle", "t.early", "t.late"]
    assert stand(f"{days}&order=kind") == ["t.early", "t.late", "t.middle"]
    assert "order" not in read(by_days, "t.", params(days)).sentences[0].remove_url
    first = page(read_state(by_days, "t.", params(days)).narrowed("t."), Order("run_at"), size=2)
    assert [row.kind for row in first.rows] == ["t.late", "t.middle"]


def test_what_makes_no_sense_in_the_address_is_left_out(ledger):
    make(3)
    for query in (
        "state=nosuch",
        "run_from=2026-13-99",
        "late=2",
        "order=message",
        "order=--kind",
        "cols=nosuch",
        "owner=",
    ):
        page = read(LEDGER, "t.", params(query))
        assert (len(page.rows), page.sentences, page.query) == (3, (), "?")
    assert kinds("owner=%00&q=%00") == ["t.a"] * 3


def test_a_search_that_is_refused_says_so_and_shows_nothing(ledger, get, monkeypatch):
    def refuse(rows, words):
        raise Refused("t.none", "没有可以检索的字。", "请输入汉字。")

    make(kind="t.a", message="路灯")
    assert kinds("q=路灯") == ["t.a"]
    assert kinds("q=水") == []
    monkeypatch.setattr(registry, "_ledgers", {"t-jobs": replace(LEDGER, search=refuse)})
    html = get(query="q=!!").content.decode()
    assert "没有可以检索的字。" in html
    assert "<table" not in html
    with pytest.raises(Refused):
        get("xlsx", "q=!!")


def test_columns_are_chosen_and_carried_along(ledger, get):
    make(3, attempts=7)
    assert [header.label for header in read(LEDGER, "t.", params()).headers][-1] == "办结日"
    page = read(LEDGER, "t.", params("cols=tries&cols=kind"))
    assert [header.label for header in page.headers] == ["种类", "次数"]
    assert page.rows[0].cells[1].content == "7"
    assert ("cols", "kind,tries") in page.kept
    assert [choice.key for choice in page.column_choices if choice.shown] == ["kind", "tries"]
    html = get(query="cols=kind,tries").content.decode()
    assert "cols=kind%2Ctries" in html


def test_a_heading_sorts_and_turns(ledger):
    for kind in ("t.b", "t.a", "t.c"):
        make(kind=kind)
    page = read(LEDGER, "t.", params("order=kind"))
    assert [row.name for row in page.rows] == ["t.a", "t.b", "t.c"]
    [heading] = [header for header in page.headers if header.label == "种类"]
    assert (heading.sort_url, heading.sorted) == ("?order=-kind", "ascending")
    assert kinds("order=-kind") == ["t.c", "t.b", "t.a"]
    assert page.headers[0].sort_url == ""


def test_pages_turn_within_what_was_asked(ledger, get):
    make(60, state="failed")
    make(60)
    html = get(query="state=failed&order=run").content.decode()
    assert html.count("<tr>") == 51
    assert 'rel="prev"' not in html
    [onward] = re.findall(r'rel="next" href="\?([^"]+)"', html)
    html = get(query=onward.replace("&amp;", "&")).content.decode()
    assert (html.count("<tr>"), 'rel="prev"' in html, 'rel="next"' in html) == (11, True, False)
    assert "状态：未成" in html


@pytest.mark.parametrize("count", [1, 49])
def test_statements_do_not_grow_with_rows(ledger, get, count, django_assert_num_queries):
    make(count, finished_at=later(0))
    with django_assert_num_queries(1):
        get()
    with django_assert_num_queries(1):
        get("print", "order=kind")
    with django_assert_num_queries(3):
        get("xlsx")


def test_an_empty_ledger_says_so(ledger, get):
    assert "没有符合条件的记录。" in get().content.decode()
    assert "去掉筛选，看全部" in get(query="late=1").content.decode()
    assert "没有符合条件的记录。" in get("print").content.decode()


def test_many_at_once_only_where_the_ledger_offers_it(batched, get):
    [job] = make()
    html = get().content.decode()
    assert f'<input type="checkbox" name="pk" value="{job.pk}" aria-label="选中 t.a">' in html
    assert 'formaction="/jobs/assign/"' in html
    assert "csrfmiddlewaretoken" in html


def test_paper_has_title_unit_day_and_what_was_asked(ledger, get, monkeypatch):
    make(3, state="failed")
    html = get("print", "state=failed").content.decode()
    for said in ("<h1>任务台账</h1>", "云岭镇", "状态：未成", "ledgers/landscape.css"):
        assert said in html
    assert "只排出前" not in html
    classes = [re.findall(rf'<{cell} [^>]*class="([^"]+)"', html) for cell in ("th", "td")]
    assert classes[1] == classes[0] * 3
    monkeypatch.setattr("luoshi.kit.ledgers.views.PRINTED", 2)
    html = get("print", "state=failed").content.decode()
    assert (html.count("<tr>"), "只排出前 2 件" in html) == (3, True)


def test_paper_has_the_widths_of_the_excel_file_so_that_dates_leave_room_for_words(ledger, get):
    make(1, message="已到现场")
    html = get("print").content.decode()
    shares = [int(share) for share in re.findall(r'<col width="(\d+)%">', html)]
    labels = re.findall(r"<th[^>]*>([^<]+)</th>", html)
    assert len(shares) == len(labels)
    assert 97 <= sum(shares) <= 103
    by_label = dict(zip(labels, shares, strict=True))
    assert by_label["进展"] > 2 * by_label["办结日"] > 0


def test_a_declaration_that_contradicts_itself_is_told_at_once(monkeypatch):
    def declare(**changes):
        return Ledger(**{"slug": "x", "label": "x", "rows": None, "may": bool, "columns": (column,)} | changes)

    column = Column("a", "甲", lambda row: 1)
    every = Filter("q", "甲", "flag", lambda rows, value: rows)
    for wrong in (
        {"columns": (column, column)},
        {"columns": (replace(column, default=False),)},
        {"filters": (every,)},
        {"order": "a"},
    ):
        with pytest.raises(ValueError, match="ledger 'x'"):
            declare(**wrong)
    monkeypatch.setattr(registry, "_ledgers", {})
    ledger = declare()
    registry.register(ledger)
    registry.register(ledger)
    with pytest.raises(ValueError, match="twice"):
        registry.register(declare())
    assert registry.for_actor("somebody") == [ledger]
    assert registry.for_actor("") == []


def test_a_named_count_is_offered_once_and_asked_by_name(monkeypatch):
    monkeypatch.setattr(registry, "_queries", {})
    failed = NamedQuery("t.failed", "未成的任务", LEDGER.rows, LEDGER.may)
    registry.register_query(failed)
    make(2, state="failed")
    make(kind="x.failed", state="failed")
    assert registry.get_query("t.failed").rows("t.").count() == 2
    assert registry.get_query("t.absent") is None
    assert registry.all_queries() == [failed]
    with pytest.raises(ValueError, match="twice"):
        registry.register_query(replace(failed, label="别的"))
