"""The form has the plan's benchmarks; text that is another's is found by an independent, slow reading too."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.chapters.review.selfreview import rules

TEXT = st.text(alphabet="甲乙丙丁戊己庚辛。，\n ", max_size=120)
WATER = "完全不相干的另一段话，讲的是灌溉用水和排涝泵站值守的事情"
LONG = "村里的路灯报修以后没有人回头看，群众问起来说不清楚"


@pytest.mark.row("1.1")
def test_the_four_benchmarks_have_their_own_criteria_and_there_are_four_facets() -> None:
    form = rules.form_of(rules.standard())
    assert [[word for _, word in one.criteria] for one in form.benchmarks] == [
        ["坚决", "及时", "到位"],
        ["坚定", "主动", "彻底"],
        ["有力", "有为", "有效"],
        ["尽职", "尽责", "尽心"],
    ]
    assert [word for _, word in form.facets] == ["自己", "思想", "职责", "工作"]
    assert all("对照" in one.against and "是否" in one.look_at for one in form.benchmarks)
    codes = [one.code for one in form.benchmarks]
    assert len(set(codes)) == len(codes)
    named = files("luoshi.chapters.review.selfreview").joinpath("benchmarks.toml").read_text("utf-8")
    assert tomllib.loads(named) == rules.standard()


def slow_share(passage: str, other: str) -> float:
    """How much of a passage's runs of five stand in the other text, by searching for each."""
    bare, theirs = rules.plain(passage), rules.plain(other)
    runs = {bare[i : i + 5] for i in range(len(bare) - 4)}
    return sum(run in theirs for run in runs) / len(runs) if runs else 0.0


@given(mine=TEXT, others=st.lists(TEXT, max_size=4))
def test_what_is_taken_over_is_what_a_slow_search_finds(mine: str, others: list[str]) -> None:
    found = rules.taken_over(mine, others)
    for passage in rules.passages(mine):
        runs = len(rules.shingles(passage))
        alike = runs >= 11 and any(slow_share(passage, other) >= 0.6 for other in others)
        assert (passage in found) == alike


@given(mine=st.lists(TEXT, min_size=1, max_size=4), others=st.lists(TEXT, max_size=4), told=TEXT)
def test_several_texts_at_once_say_what_each_says_by_itself(mine: list[str], others: list[str], told: str) -> None:
    common = rules.shingles(told)
    slow: dict[str, list[str]] = {}
    for name, text in enumerate(mine):
        kept = {passage: rules.shingles(passage) - common for passage in rules.passages(text)}
        slow[str(name)] = [
            passage
            for passage, own in kept.items()
            if len(own) >= 11 and any(len(own & rules.shingles(other)) >= 0.6 * len(own) for other in others)
        ]
    named = {str(name): text for name, text in enumerate(mine)}
    assert rules.taken_over_by(named, others, given=[told]) == slow


@pytest.mark.parametrize("bits", [8, 32])
def test_where_many_shingles_share_a_bit_nothing_is_missed(bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "BITS", bits)
    rules._read.cache_clear()
    try:
        for passage in (LONG, "水渠清淤以后没有人管护，一下雨又堵上了"):
            for cut in range(len(passage)):
                other = passage[:cut] + "另一段" + passage[cut + 7 :]
                alike = slow_share(passage, other) >= 0.6
                assert rules.taken_over(passage, [WATER, other]) == ([passage] if alike else []), other
    finally:
        rules._read.cache_clear()


def test_fifteen_hundred_answers_are_each_read_once_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [f"{LONG}，第{n}条" for n in range(1500)]
    read: list[str] = []
    slow = rules.plain
    monkeypatch.setattr(rules, "plain", lambda text: read.append(text) or slow(text))
    for _ in range(2):
        assert rules.taken_over_by({"甲": "水渠清淤以后没有人管护，一下雨又堵上了", "乙": "学习不够"}, others) == {
            "甲": [],
            "乙": [],
        }
    assert all(read.count(other) == 1 for other in (others[0], others[-1]))
    longest = "㍿" * 1200 + LONG
    assert rules.taken_over(LONG, [longest]) == [LONG], "a text that grows when it is read plainly is read to its end"


@given(mine=TEXT)
def test_passages_are_long_enough_and_stand_in_the_text(mine: str) -> None:
    for passage in rules.passages(mine):
        assert len(rules.plain(passage)) >= 16
        assert passage in mine


def test_copied_words_are_found_through_punctuation_width_and_a_changed_word() -> None:
    changed = LONG.replace("，", ",  ").replace("说不清楚", "讲不明白")
    assert rules.taken_over(changed, [f"别的话。{LONG}。"]) == [changed]
    assert rules.taken_over(LONG, ["村里的路灯坏了", "完全不相干的另一段话，讲的是水渠清淤和灌溉用水的事情"]) == []
    assert rules.taken_over("学习不够", ["学习不够"]) == []
    assert rules.taken_over(LONG, [LONG], given=[LONG]) == []
    assert rules.taken_over("", [LONG]) == []
    assert rules.taken_over(LONG, []) == []
