from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.errors import Refused
from luoshi.kit.jobs.models import Job
from luoshi.kit.search import actions, slots
from luoshi.kit.search.models import Entry
from luoshi.kit.search.queries import holding, matching, newest, newest_of
from luoshi.kit.search.tokens import MOST, phrases, tokens


def found(phrase: str, kind: str = "matter") -> list[int]:
    return sorted(Entry.objects.filter(kind=kind, key__in=matching(kind, phrase)).values_list("key", flat=True))


@pytest.fixture
def shelf(db):
    texts = {
        1: "石桥沟村路灯不亮，群众反映多次",
        2: "高标准农田机井缺电 联系人王家路",
        3: "灯光球场GB/T 9704—2012 Version 2",
        4: "２０２６年整改落实：路面 ＡＢＣ公司",
        5: "整改2026年底前完成，AND 5G基站",
    }
    actions.put_many("matter", texts.items())
    actions.put("unit", 1, "石桥沟村")


def test_traditional_and_simplified_characters_find_each_other(shelf):
    actions.put("matter", 6, "村口路燈壞了，裡面進水")
    assert found("路灯坏了") == found("路燈壞了") == found("里面进水") == [6]
    assert found("路燈") == found("路灯") == [1, 6]
    assert holding("matter", ["燈不亮"], lambda: Entry.objects.filter(key=1).values(pk=F("key")), name="t") == [1]
    assert found("路登") == []


def test_words_kept_in_traditional_characters_are_written_anew(shelf):
    Entry.objects.filter(kind="matter", key=1).update(bigrams="路燈 燈不 不亮 亮")
    kept = Entry.objects.get(kind="matter", key=2).bigrams
    assert found("路灯") == []
    import_module("luoshi.kit.search.migrations.0006_one_script").forwards(apps, SimpleNamespace(connection=connection))
    assert found("路灯不亮") == [1]
    assert Entry.objects.get(kind="matter", key=2).bigrams == kept


@pytest.mark.parametrize(
    ("phrase", "keys"),
    [
        ("路灯", [1]),
        ("灯", [1, 3]),
        ("路", [1, 2, 4]),
        ("次", [1]),
        ("亮群众", []),
        ("不亮，群众", [1]),
        ("群众 石桥", [1]),
        ("群众 机井", []),
        ("沟石", []),
        ("2026年", [4, 5]),
        ("2026", [4, 5]),
        ("整改2026", [5]),
        ("改2026年底", [5]),
        ("abc", [4]),
        ("ab公司", []),
        ("Abc公", [4]),
        ("t 97", [3]),
        ("5g", [5]),
        ("９７０４", [3]),
        ("沟村路灯", [1]),
    ],
)
def test_chinese_and_mixed_text_is_found_as_it_stands(shelf, phrase, keys):
    assert found(phrase) == keys


@pytest.mark.parametrize(
    ("phrase", "keys"),
    [
        (sign, [1])
        for sign in (
            '"路灯',
            "路灯*",
            "路灯'",
            "(路灯)",
            "^路灯",
            "-路灯",
            "路灯');--",
            "路灯\\",
            "路灯&|!<->",
            "%路灯%",
        )
    ]
    + [(word, []) for word in ("bigrams:路灯", "路灯 OR 机井", "路灯 NOT 群众", "NEAR(路灯 群众)", "路灯 OR 1=1")]
    + [("路灯\x00", [1])],
)
def test_signs_and_operators_are_never_syntax(shelf, phrase, keys):
    assert found(phrase) == keys


def test_a_word_of_the_index_is_a_word_like_any_other(shelf):
    assert found("and") == [5]
    assert found("AND 基站") == [5]


@pytest.mark.parametrize("phrase", ["", "   ", "，。！？", "--'\"*", "_", "😀"])
def test_nothing_to_look_for_is_refused(shelf, phrase):
    with pytest.raises(Refused) as refused:
        matching("matter", phrase)
    assert refused.value.code == "search.no_words"


def test_a_change_and_a_removal_are_seen_at_once(shelf):
    actions.put("matter", 1, "水渠淤塞")
    assert (found("路灯"), found("水渠")) == ([], [1])
    actions.put_many("matter", [(1, "甲"), (1, "水渠已清")])
    assert (found("水渠淤"), found("渠已清"), found("甲")) == ([], [1], [])
    actions.remove("matter", 1)
    actions.remove("matter", 1)
    assert found("水渠") == []
    assert found("机井") == [2]


def test_kinds_do_not_meet(shelf):
    assert (found("石桥沟", "unit"), found("石桥沟")) == ([1], [1])
    assert found("路灯", "unit") == []
    actions.remove("unit", 1)
    assert found("石桥沟") == [1]
    for key in (-1, 1 << 40):
        with pytest.raises(ValueError, match="out of range"):
            slots.entry_id("matter", key)


def pages_of_the_index(size: int) -> None:
    """Small pages on SQLite, so that few rows fill as many as a million do."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_index(search_index, rank) VALUES ('pgsz', %s)", [size])


def parts_of_the_index() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT segid) FROM search_index_idx")
        return int(cursor.fetchone()[0])


def test_the_newest_of_a_word_that_fills_many_pages_in_several_kinds_are_all_found(db):
    """FTS5 walks back wrongly where ids of two kinds are 2^56 or more apart."""
    pages_of_the_index(64)
    kinds = ["paper", "matter"]
    keys = range(1, 301)
    for kind in kinds:
        actions.put_many(kind, [(key, "路灯") for key in keys])
    for kind in kinds:
        assert newest(kind, "路灯", most=1000) == sorted(keys, reverse=True), kind
        assert slots.entry_id(kind, (1 << slots.KEY_BITS) - 1) < 1 << 56


def test_the_index_is_brought_into_one_part_piece_by_piece(db):
    pages_of_the_index(64)
    for key in range(1, 61):
        actions.put("matter", key, f"石桥沟村{key}组路灯不亮")
        assert found(f"{key}组") == [key]  # reading ends a part
    more, pieces = actions.merge(anew=True), 0
    while more:
        more, pieces = actions.merge(anew=False), pieces + 1
    assert pieces < 100
    assert connection.vendor != "sqlite" or parts_of_the_index() == 1
    assert newest("matter", "路灯", most=100) == list(range(60, 0, -1))
    assert not actions.merge(anew=True), "there is nothing more to do"


def test_entries_with_ids_of_before_are_moved_and_found(shelf):
    migration = import_module("luoshi.kit.search.migrations.0003_narrow_ids")
    now = dict(Entry.objects.values_list("key", "id").filter(kind="matter"))
    editor = SimpleNamespace(connection=connection)
    migration.backwards(apps, editor)
    assert Entry.objects.get(kind="matter", key=1).pk >= 1 << 56
    migration.forwards(apps, editor)
    assert dict(Entry.objects.values_list("key", "id").filter(kind="matter")) == now
    assert (found("路灯"), found("石桥沟", "unit")) == ([1], [1])
    actions.put("matter", 1, "水渠淤塞")
    assert (found("路灯"), found("水渠")) == ([], [1])


STRETCHES = (1, 2, 5, 4_000, 4_097, 8_300, 60_000, 65_540, 70_000, 131_080, 300_000, 300_001)


@pytest.fixture
def spread(db):
    """Things over all stretches of keys, and the same words in another kind."""
    texts = {
        1: "路灯坏了，石桥沟村2组",
        2: "石桥沟村路灯坏了",
        4: "2组水渠，路灯坏了",
        5: "坏了路灯",
        9: "石桥沟村水渠 2组",
    }
    for kind in ("matter", "unit"):
        actions.put_many(
            kind, [(key, texts[max(n for n in texts if n <= 1 + place % 9)]) for place, key in enumerate(STRETCHES)]
        )


@pytest.mark.parametrize("phrase", ["路灯坏了", "路灯", "灯", "2组", "石桥沟 路灯", "2组 路灯", "水渠", "没有的"])
@pytest.mark.parametrize("most", [1, 2, 3, 7, 100])
def test_the_newest_are_the_highest_of_all_that_match_however_far_apart(spread, phrase, most):
    assert newest("matter", phrase, most=most) == found(phrase)[::-1][:most]


@pytest.mark.parametrize("most", [1, 2, 100])
@pytest.mark.parametrize("enough", [1, 2, 4, 100])
def test_the_newest_of_several_phrases_hold_the_highest_of_each_down_to_where_there_are_enough(spread, most, enough):
    asked = ["路灯坏了", "水渠", "石桥沟"]
    of_each = {key for phrase in asked for key in found(phrase)[::-1][:most]}
    kept = newest_of("matter", asked, most=most, enough=enough)
    told = sorted(Entry.objects.filter(kind="matter", key__in=kept).values_list("key", flat=True), reverse=True)
    assert set(told) <= of_each
    assert told[:enough] == sorted(of_each, reverse=True)[: len(told[:enough])]
    assert len(told) >= min(enough, len(of_each))


def test_few_things_are_looked_through_without_the_index(spread):
    job = Job.objects.create(pk=4_097, kind="t.a", run_at="2026-11-25T00:00Z", created_at="2026-11-25T00:00Z")
    Job.objects.create(pk=3, kind="t.a", run_at="2026-11-25T00:00Z", created_at="2026-11-25T00:00Z")
    for phrase in ("路灯坏了", "路灯", "灯", "2组", "石桥沟 路灯", "2组 路灯", "水渠", "桥沟村路"):
        wanted = [job.pk] if job.pk in found(phrase) else []
        assert holding("matter", [phrase, "没有的"], lambda: Job.objects.values("pk"), name="jobs") == wanted, phrase
    with pytest.raises(Refused):
        holding("matter", ["，"], lambda: Job.objects.values("pk"), name="jobs")


def test_two_kinds_in_one_slot_are_told(monkeypatch):
    monkeypatch.setattr(slots, "_names", {slots.base("matter") >> slots.KEY_BITS: "other"})
    with pytest.raises(ValueError, match="share a slot"):
        slots.base("matter")


def test_keys_filter_any_model(shelf, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert list(Job.objects.filter(pk__in=matching("matter", "路灯")).order_by("-pk")[:50]) == []


def test_a_very_long_text_is_found_by_what_is_kept(db):
    actions.put("matter", 1, "甲乙" * MOST + "丙丁")
    assert (found("甲乙甲乙"), found("丙丁")) == ([1], [])
    actions.put("matter", 2, "a" * 5000)
    assert found("a" * 5000) == [2]


words = st.text(alphabet="路灯不亮群众ab1 ，。", max_size=12)


@given(words, words)
def test_what_stands_in_a_run_is_found_and_nothing_else(text, asked):
    """The index's adjacency, played on lists, against plain substring search in runs of one kind."""
    run = "".join(c for c in asked if c in "路灯不亮群众")
    if not run:
        return
    [phrase] = phrases(run)
    have = tokens(text)
    n = len(phrase.tokens)

    def fits(i: int) -> bool:
        part = have[i : i + n]
        return part[:-1] == list(phrase.tokens[:-1]) and (
            part[-1].startswith(phrase.tokens[-1]) if phrase.prefix else part[-1] == phrase.tokens[-1]
        )

    assert any(fits(i) for i in range(len(have) - n + 1)) == (run in text)
