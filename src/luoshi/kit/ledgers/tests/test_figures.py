"""A figure keeps its question as text, is counted with all others at once, and says why where there is no number."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.errors import Refused
from luoshi.kit.ledgers import figures, registry
from luoshi.kit.ledgers.figures import Source, Trouble, exactly, parse, read, read_many
from luoshi.kit.ledgers.model import Filter
from luoshi.kit.ledgers.registry import NamedQuery
from luoshi.kit.ledgers.tests.conftest import LEDGER, later, make

pytestmark = pytest.mark.django_db
ACTOR = "t."


@pytest.fixture
def queries(ledger, monkeypatch):
    def broken(rows, value):
        raise Refused("t.no", "今天不数。", "明天再来。") if value == "今天" else RuntimeError(value)

    def wrong_in_the_database(rows, value):
        return rows.extra(where=["no_such_column = 1"])

    more = (
        Filter("broken", "坏的", "text", broken),
        Filter("wrong", "更坏的", "flag", wrong_in_the_database),
    )
    ledger = replace(ledger, filters=(*ledger.filters, *more))
    monkeypatch.setattr(registry, "_ledgers", {ledger.slug: ledger})
    monkeypatch.setattr(registry, "_queries", {})
    monkeypatch.setattr(registry, "_resolvers", [])
    named = NamedQuery(
        "t.failed",
        "未成的任务",
        lambda actor: LEDGER.rows(actor).filter(state="failed"),
        LEDGER.may,
        filters=LEDGER.filters[1:2],
        url=lambda params: f"/failed/?owner={params.get('owner', '')}",
        measure="个",
    )
    registry.register_query(named)
    return named


_words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    lambda words: words == words.strip()
)
_keys = st.text("abcdefgh_", min_size=1, max_size=8)


@given(
    st.from_regex(r"[a-z][a-z0-9_.-]{0,20}", fullmatch=True),
    st.lists(st.tuples(_keys, _words), max_size=5),
    st.booleans(),
)
def test_what_is_kept_as_text_means_the_same_when_read(slug, params, named):
    source = Source(slug, tuple(params), named)
    assert parse(str(source)) == source


def test_the_address_of_a_page_as_somebody_copied_it_is_a_source(queries, settings):
    settings.ROOT_URLCONF = "luoshi.kit.ledgers.tests.urls"
    kept = "t-jobs?state=failed&owner=%E7%94%B2"
    for text in (
        "t-jobs?state=failed&owner=甲",
        " /ledgers/t-jobs/?state=failed&order=-run&owner=甲&cursor=abc&cols=kind ",
        "http://192.0.2.7:8000/ledgers/t-jobs/?state=failed&owner=%E7%94%B2",
    ):
        assert str(parse(text)) == kept
    registry.register_resolver(lambda text: "t-jobs?owner=乙" if text == "乙的" else "")
    assert parse("乙的") == Source("t-jobs", (("owner", "乙"),))
    for text in (
        "",
        "?state=failed",
        "/elsewhere/?a=1",
        "http://[",
        "看看这里",
        "t-jobs?" + "a=1&" * 60,
        "query:",
        "A?b=1",
    ):
        with pytest.raises(Refused) as refused:
            parse(text)
        assert refused.value.code == "figures.unreadable"


def test_a_figure_is_the_count_of_the_ledger_under_its_address(queries, settings):
    settings.ROOT_URLCONF = "luoshi.kit.ledgers.tests.urls"
    make(3, state="failed", owner="甲", message="路灯")
    make(2, state="failed", run_at=later(3))
    make(kind="x.secret", state="failed")
    told = read(parse("t-jobs?state=failed&owner=甲&q=路"), ACTOR)
    assert (told.label, told.count, told.words, told.trouble) == ("任务台账", 3, "3", None)
    assert told.sentence == "状态：未成；甲办理；含“路”"
    assert told.url == "/ledgers/t-jobs/?state=failed&owner=%E7%94%B2&q=%E8%B7%AF"
    assert read(parse("t-jobs?run_from=2026-03-05"), ACTOR).count == 2
    named = read(parse("query:t.failed?owner=甲"), ACTOR)
    assert (named.count, named.measure, named.url, named.told) == (3, "个", "/failed/?owner=甲", "未成的任务（甲办理）")


def test_where_there_is_no_number_the_reason_is_told_and_nothing_else(queries, caplog):
    make(3)
    for text, actor, trouble in (
        ("elsewhere?a=1", ACTOR, Trouble.ABSENT),
        ("query:t.absent", ACTOR, Trouble.ABSENT),
        ("t-jobs", "", Trouble.FORBIDDEN),
        ("query:t.failed", "", Trouble.FORBIDDEN),
        ("t-jobs?unit=3", ACTOR, Trouble.UNKNOWN_FILTER),
        ("query:t.failed?q=路", ACTOR, Trouble.UNKNOWN_FILTER),
        ("t-jobs?state=nosuch", ACTOR, Trouble.UNKNOWN_VALUE),
        ("t-jobs?run_from=soon", ACTOR, Trouble.UNKNOWN_VALUE),
        ("t-jobs?broken=今天", ACTOR, Trouble.FAILED),
        ("t-jobs?broken=x", ACTOR, Trouble.FAILED),
        ("t-jobs?wrong=1", ACTOR, Trouble.FAILED),
    ):
        told = read(parse(text), actor)
        assert (told.trouble, told.count, told.url) == (trouble, None, ""), text
        assert told.why
        assert told.words == trouble.label
    assert read(parse("t-jobs"), ACTOR).count == 3
    assert read(parse("t-jobs?broken=今天"), ACTOR).why == "今天不数。明天再来。"


def test_many_figures_are_one_statement_and_one_that_fails_leaves_the_others(queries, django_assert_num_queries):
    make(5, state="failed", owner="甲")
    sources = [parse(f"t-jobs?state=failed&owner={who}") for who in ["甲", *map(str, range(60)), "甲"]]
    with django_assert_num_queries(3):  # the statement within a savepoint
        told = read_many(sources, ACTOR)
    assert [told[source].count for source in sources] == [5, *[0] * 60, 5]
    spoilt = [parse("t-jobs?wrong=1"), *sources[:3]]
    told = read_many(spoilt, ACTOR)
    assert [told[source].count for source in spoilt] == [None, 5, 0, 0]
    assert told[spoilt[0]].trouble == Trouble.FAILED
    assert read_many([], ACTOR) == {}


def test_counting_ends_early_on_a_page_and_never_in_a_document(queries, django_assert_num_queries):
    make(12)
    for most, (count, more, words) in {
        12: (12, False, "12"),
        11: (11, True, "11 以上"),
        1: (1, True, "1 以上"),
    }.items():
        told = read(Source("t-jobs"), ACTOR, most=most)
        assert (told.count, told.more, told.words) == (count, more, words)
    assert exactly([Source("t-jobs")], ACTOR)[Source("t-jobs")].count == 12
    assert figures.MOST == 1000


def test_a_kept_statement_counts_what_the_query_counts_for_everybody_every_value_and_every_day(ledger, monkeypatch):
    day = ["03-02"]

    def rows(actor):
        return LEDGER.rows(actor).exclude(message=day[0])

    plain = tuple(replace(one, plain=one.key != "late") for one in LEDGER.filters)
    kept = replace(ledger, slug="t-kept", rows=rows, filters=plain, kept_by=lambda: day[0])
    same = replace(kept, slug="t-same", kept_by=None)
    monkeypatch.setattr(registry, "_ledgers", {kept.slug: kept, same.slug: same})
    asked = (
        *("", "?state=failed", "?state=ready", "?owner=甲", "?owner=乙%25", "?state=failed&owner=甲", "?late=1"),
        *("?run_from=2026-03-03", "?run_from=2026-03-03&run_to=2026-03-04", "?run_to=2026-03-02", "?q=03", "?state=x"),
    )
    for number in range(3):
        make(3 + number, state="failed", owner="甲", message="03-02")
        make(2, kind="x.b", owner="乙%", attempts=number, run_at=later(number), message="03-03")
        day[0] = f"03-0{2 + number % 2}"
        for actor in ("t.", "x."):
            for most in (1000, 2, None):
                for text in asked:
                    told = read(parse(f"t-kept{text}"), actor, most=most)
                    wanted = read(parse(f"t-same{text}"), actor, most=most)
                    assert (told.count, told.more, told.sentence) == (wanted.count, wanted.more, wanted.sentence), text
    sources = [parse(f"t-kept{text}") for text in asked]
    assert [told.count for told in read_many(sources, "t.").values()] == [read(one, "t.").count for one in sources]


def test_a_statement_is_kept_only_where_everything_about_it_is_plain(ledger, monkeypatch, django_assert_num_queries):
    calls = []

    def rows(actor):
        calls.append(actor)
        return LEDGER.rows(actor)

    plain = tuple(replace(one, plain=one.key != "late") for one in LEDGER.filters)
    kept = replace(ledger, slug="t-counted", rows=rows, filters=plain, kept_by=lambda: None)
    monkeypatch.setattr(registry, "_ledgers", {kept.slug: kept})
    for text, times in (("", 1), ("?state=failed", 1), ("?late=1", 3), ("?q=a", 3), ("?state=failed&late=1", 3)):
        calls.clear()
        for _ in range(3):
            read(parse(f"t-counted{text}"), "t.")
        assert len(calls) == times, text
