"""A text as what is compared: weighted grams, the names of places in it, what its title says."""

import heapq
import math
import re
from dataclasses import dataclass
from datetime import date

from luoshi.kit.likeness.lexicon import Gram, Lexicon, grams_of
from luoshi.kit.likeness.normal import plain, runs

TITLE_TIMES = 3
MOST_GRAMS = 1200
SIGNS = 60
"""The rarest grams of a text, by which others like it are looked for."""

_SETTLED = (
    "小区 花园 家园 公寓 广场 大厦 社区 街道 大道 公路 高速 水库 学校 小学 中学 大学 学院 幼儿园 医院 卫生院 市场 超市"
)
_WORKED = "商场 公司 工厂 工地 工程 项目 车站 派出所 银行 农场 林场 码头 公园 景区"
_SHORT = "村组镇乡区县市路街巷桥苑园城府湾里屯庄寨坪湖河溪江山岭渠塘坝站厂矿场店楼栋"
_SUFFIXES = sorted([*_SETTLED.split(), *_WORKED.split(), *_SHORT], key=len, reverse=True)
_NO_NAME = "的了是在把被这那没不请问让给也我你他们该某"
"""Signs that stand in no name: what ends like a place and holds one before its end is none (请问政府, 走的路)."""
_PLACE = re.compile(rf"(?=((?:(?![{_NO_NAME}])[\u4e00-\u9fff]){{2}}|(?<![a-z0-9])[a-z0-9]+)({'|'.join(_SUFFIXES)}))")
_AREAS = frozenset(("市", "区", "县", "镇", "乡", "村", "街道", "社区", "小区"))


@dataclass(frozen=True)
class Told:
    """A text to compare: a title, the words, the place if it was asked for, the day it was said."""

    title: str
    words: str
    place: str = ""
    day: date | None = None


@dataclass(frozen=True, eq=False)
class Profile:
    """``grams`` have weights of unit length, ``signs`` are the heaviest of them. ``places`` maps the names of places
    (two characters and what they end in: 桥沟村) to how rare they are, from 0 to 1; ``areas`` are those names of
    villages, communities and upward that the title or the place holds; ``placed``: they hold a name of any kind. ``head``
    is the title and the place."""

    text: str
    head: str
    grams: dict[Gram, float]
    signs: tuple[Gram, ...]
    places: dict[str, float]
    areas: frozenset[str]
    placed: bool
    day: date | None


def text_of(told: Told) -> str:
    """What two texts have to share in full to be the same."""
    return f"{plain(told.title)}\n{plain(told.place)}\n{plain(told.words)}"


def profile(told: Told, lexicon: Lexicon) -> Profile:
    return profile_of(text_of(told), told.day, lexicon)


def profile_of(text: str, day: date | None, lexicon: Lexicon) -> Profile:
    """The same from ``text_of``."""
    title, place, body = text.split("\n", 2)
    times: dict[Gram, float] = {}
    for part, weight in ((title, TITLE_TIMES), (place, TITLE_TIMES), (body, 1)):
        for run in runs(part):
            for gram in grams_of(run):
                times[gram] = times.get(gram, 0) + weight
    rarity = lexicon.rarity
    weighted = {gram: (1 + math.log(n)) * rarity(gram) for gram, n in times.items()}
    if len(weighted) > MOST_GRAMS:
        weighted = dict(heapq.nlargest(MOST_GRAMS, weighted.items(), key=lambda one: (one[1], one[0])))
    length = math.sqrt(sum(w * w for w in weighted.values())) or 1.0
    grams = {gram: w / length for gram, w in weighted.items()}
    head = f"{title}\n{place}"
    named = _PLACE.findall(head)
    return Profile(
        text=text,
        head=head,
        grams=grams,
        signs=tuple(heapq.nlargest(SIGNS, grams, key=lambda gram: (grams[gram], gram))),
        places={name + suffix: lexicon.name_rarity(name + suffix) for name, suffix in _PLACE.findall(text)},
        areas=frozenset(name + suffix for name, suffix in named if suffix in _AREAS),
        placed=bool(named),
        day=day,
    )
