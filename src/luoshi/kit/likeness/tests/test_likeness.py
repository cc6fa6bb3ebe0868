"""Which texts tell of one thing: against a slow oracle, and on what a town may be sent."""

import random
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.kit.likeness.corpus import JOINED, compare
from luoshi.kit.likeness.lexicon import Lexicon, learn
from luoshi.kit.likeness.profiles import Told, profile, text_of
from luoshi.kit.likeness.reasons import reasons
from luoshi.kit.likeness.scoring import SHOWN, signs
from luoshi.kit.likeness.words import marked

DAY = date(2026, 11, 20)
PLACES = ["石桥沟村", "柳树坪村", "云岭中学", "平安小区", "长岭街", "东风水库"]
THINGS = [
    "路灯整夜不亮",
    "垃圾池堆满没人清运",
    "自来水浑浊有异味",
    "河堤塌方堵了路",
    "夜里施工噪音大",
    "低保名单没有公示",
]
TAILS = ["，请镇里派人看看", "，反映过两次没有结果", "，老人孩子出行不方便", "，影响大家生活", ""]


def letters(seed: int, count: int) -> list[Told]:
    """Invented letters, no two of them the same."""
    chance = random.Random(seed)
    made: dict[str, Told] = {}
    while len(made) < count:
        place, thing = chance.choice(PLACES), chance.choice(THINGS)
        words = f"我们{place}{thing}{chance.choice(TAILS)}{chance.choice(TAILS)}"
        made[words] = Told(f"{place}{thing}", words, place, DAY - timedelta(days=chance.randrange(300)))
    return list(made.values())


def slow(told: list[Told]) -> dict[tuple[int, int], float]:
    """Every pair against every other, without candidates."""
    lexicon = learn(text_of(one) for one in told)
    profiles = [profile(one, lexicon) for one in told]
    scores = {(a, b): signs(profiles[a], profiles[b], lexicon).score for a, b in combinations(range(len(told)), 2)}
    return {pair: score for pair, score in scores.items() if score >= SHOWN}


def test_candidates_lose_no_pair_that_comparing_everything_finds() -> None:
    for seed in range(4):
        told = letters(seed, 40)
        found = {(pair.one, pair.other): pair.score for pair in compare(told, rounds=0).pairs}
        expected = slow(told)
        assert len(expected) > 10
        assert set(found) == set(expected)
        assert all(abs(found[pair] - expected[pair]) < 1e-9 for pair in found)


def test_a_group_holds_together_on_average_and_no_chain_joins_two_troubles() -> None:
    told = letters(7, 60)
    lexicon = learn(text_of(one) for one in told)
    groups = compare(told).groups
    assert any(len(group) > 2 for group in groups)
    seen = [place for group in groups for place in group]
    assert len(seen) == len(set(seen))
    for group in groups:
        profiles = [profile(told[place], lexicon) for place in group]
        scores = [signs(one, other, lexicon).score for one, other in combinations(profiles, 2)]
        assert sum(scores) / len(scores) >= JOINED
        assert len({told[place].place for place in group}) == 1


def loud(seed: int, count: int) -> list[Told]:
    """One event as many tell it: each takes some of what there is to say, in one of several titles, in any order."""
    chance = random.Random(seed)
    titles = ["丰泽新城旁搅拌站扰民", "请管管丰泽新城的搅拌站", "丰泽新城附近灰尘太大", "夜里机器声吵得睡不着"]
    said = [
        "丰泽新城南门外建了一座混凝土搅拌站",
        "搅拌站昼夜开工，罐车进进出出",
        "灰尘落满阳台，窗子不敢开",
        "噪音从半夜响到天亮",
        "站里没有办环评手续",
        "泵车把水泥洒在路面上",
        "丰泽新城的业主联名写过信",
    ]
    made: dict[str, Told] = {}
    while len(made) < count:
        words = "。".join(chance.sample(said, 3)) + chance.choice(TAILS)
        made[words] = Told(chance.choice(titles), words, day=DAY - timedelta(days=chance.randrange(60)))
    return list(made.values())


def test_an_event_told_by_many_is_one_group_though_it_makes_its_own_words_common() -> None:
    told = letters(11, 90) + loud(0, 12)
    plain, again = compare(told, rounds=0), compare(told)
    assert sum(pair.one >= 90 for pair in plain.pairs) < 35
    assert sum(pair.one >= 90 for pair in again.pairs) > 50
    assert all((pair.one >= 90) == (pair.other >= 90) for pair in again.pairs)
    loudest = next(group for group in again.groups if group[-1] >= 90)
    assert len(loudest) >= 11
    assert loudest[0] >= 90


@given(st.lists(st.text("石桥沟村路灯坏了，", min_size=1, max_size=12), min_size=3, max_size=8), st.data())
def test_an_event_counted_once_is_as_rare_as_one_text_of_all_its_words(texts: list[str], data: st.DataObject) -> None:
    many = data.draw(st.integers(2, len(texts)))
    counted = learn(texts).told_once([texts[:many]])
    as_one = learn(["\n".join(texts[:many]), *texts[many:]])
    assert counted.texts == as_one.texts
    assert dict(counted.counts) == dict(as_one.counts)


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=20))
def test_likeness_is_the_same_both_ways_and_never_beyond_one(one: str, other: str, title: str) -> None:
    lexicon = Lexicon()
    a, b = profile(Told(title, one, day=DAY), lexicon), profile(Told("", other), lexicon)
    there, back = signs(a, b, lexicon), signs(b, a, lexicon)
    assert abs(there.score - back.score) < 1e-9
    assert 0 < there.score < 1
    for sign in (there.words, there.place, there.names, there.thing, there.near):
        assert 0 <= sign <= 1.0001


def test_one_character_twenty_thousand_and_nothing_are_taken() -> None:
    long = "石桥沟村路灯不亮，" * 2223
    found = compare([Told("", "灯"), Told("", "灯"), Told("", ""), Told("", ""), Told("", long), Told("", long)])
    assert [(pair.one, pair.other) for pair in found.pairs] == [(0, 1), (4, 5)]
    assert found.groups == [[0, 1], [4, 5]]


def test_the_same_message_500_times_is_one_group() -> None:
    told = [Told("村东头路灯坏了", "村东头路灯坏了一个月没人修")] * 500 + letters(1, 5)
    found = compare(told)
    assert found.groups[0] == list(range(500))
    assert len([pair for pair in found.pairs if pair.other < 500]) == 500 * 499 // 2


def test_traditional_characters_full_width_and_capitals_make_no_difference() -> None:
    one = Told("石桥沟村路灯坏了", "石桥沟村东头路灯坏了，ＫＴＶ门口２号灯不亮")
    other = Told("石橋溝村路燈壞了", "石橋溝村東頭路燈壞了，ktv門口2號燈不亮")
    assert text_of(one) == text_of(other)
    assert compare([one, other]).pairs[0].score == 1.0
    assert marked("石橋溝村的路燈，ＫＴＶ", ["路灯", "ktv"]) == [
        ("石橋溝村的", False),
        ("路燈", True),
        ("，", False),
        ("ＫＴＶ", True),
    ]


@given(st.text(max_size=60), st.lists(st.text(max_size=4), max_size=4))
def test_a_marked_text_put_together_is_the_text(text: str, words: list[str]) -> None:
    assert "".join(piece for piece, _ in marked(text, words)) == text


def test_reasons_stand_in_both_texts_and_never_hold_a_number() -> None:
    one = Told(
        "石桥沟村路灯不亮", "石桥沟村东头路灯不亮，变压器旁边漆黑，电话13812345678，身份证140423198001010011", day=DAY
    )
    other = Told("石桥沟村没有路灯", "晚上石桥沟村变压器旁边路灯不亮，找13812345678", day=DAY - timedelta(days=3))
    lexicon = learn([text_of(letter) for letter in letters(3, 40)])
    a, b = profile(one, lexicon), profile(other, lexicon)
    found = reasons(a, b, signs(a, b, lexicon), lexicon)
    told = {reason.label: reason.words for reason in found}
    assert "石桥沟村" in told["同一地点"]
    assert "变压器" in told["都说到"]
    assert "相隔 3 天" in told
    for reason in found:
        assert all(word in a.text and word in b.text for word in reason.words)
        assert "138" not in str(reason)
    assert "13812345678" not in a.text


def test_the_same_trouble_in_another_village_scores_less_than_in_the_same() -> None:
    here = Told("石桥沟村路灯整夜不亮", "石桥沟村路灯整夜不亮", "石桥沟村", DAY)
    again = Told("石桥沟村的路灯坏了", "石桥沟村的路灯坏了整夜不亮", "石桥沟村", DAY)
    elsewhere = Told("柳树坪村的路灯坏了", "柳树坪村的路灯坏了整夜不亮", "柳树坪村", DAY)
    lexicon = Lexicon()
    a, b, c = (profile(told, lexicon) for told in (here, again, elsewhere))
    assert signs(a, b, lexicon).score > SHOWN > signs(a, c, lexicon).score
    assert signs(a, c, lexicon).apart
