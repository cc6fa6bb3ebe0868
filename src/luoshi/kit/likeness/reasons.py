"""Why two texts look like one thing, in words that a person can check against the texts."""

from dataclasses import dataclass

import rjieba

from luoshi.kit.likeness.lexicon import Lexicon
from luoshi.kit.likeness.profiles import Profile
from luoshi.kit.likeness.scoring import Signs, full_names, shared_places
from luoshi.kit.likeness.words import is_number, says, words_of

_TELLING_PLACE, _TELLING_WORD = 0.3, 0.35
MOST = 5
_BEFORE_WORDS = (
    "的 在 是 有 和 与 及 于 到 来 从 对 把 被 让 给 为 由 等 离 我 他 们 属 请 反对 来到 位于 坐落 家住 属于 开发"
)
_NO_PLACE = ("马路", "走路", "让路")
_BEFORE = frozenset(_BEFORE_WORDS.split())


@dataclass(frozen=True)
class Reason:
    """``label`` says what is the same (同一地点), ``words`` which ones: they stand in both texts as ``plain`` leaves them."""

    label: str
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.label}：{'、'.join(self.words)}" if self.words else self.label


def reasons(one: Profile, other: Profile, signs: Signs, lexicon: Lexicon) -> list[Reason]:
    """The place, the thing, the words, the time: as far as they speak for it. Numbers of people are never among them."""
    found = []
    places = _places(one, other)
    if places:
        found.append(Reason("同一地点", places))
    things = _things(one, other, lexicon, places)
    if things:
        found.append(Reason("都说到", things))
    if signs.words > 0.85:
        found.append(Reason("原话几乎一样"))
    elif signs.words > 0.5:
        found.append(Reason("用词相近"))
    if one.day and other.day:
        days = abs((one.day - other.day).days)
        if days <= 30:
            found.append(Reason(f"相隔 {days} 天" if days else "同一天"))
    return found


def _places(one: Profile, other: Profile) -> tuple[str, ...]:
    """At most two names, those of the titles first; without the verb before them."""
    telling = {name: rare for name, rare in shared_places(one, other).items() if rare >= _TELLING_PLACE}
    ranked = sorted(telling, key=lambda name: (-_titles(name, one, other), -telling[name], name))
    ranked = [name for name in ranked if _titles(name, one, other)] or ranked[:1]
    names = (place_name(max(full_names(name, one.text, other.text), key=len)) for name in ranked)
    good = [name for name in names if len(name) > 2 and not name.endswith(_NO_PLACE) and not is_number(name)]
    return _longest(good, most=2)


def _titles(name: str, one: Profile, other: Profile) -> int:
    return (name in one.head) + (name in other.head)


def place_name(piece: str) -> str:
    """The last words of a piece that name a place: 投诉泉星社区 is 泉星社区."""
    kept: list[str] = []
    for word in reversed(rjieba.cut(piece, False)):
        if kept and (len("".join(kept)) + len(word) > 8 or word in _BEFORE or not says(word)):
            break
        kept.insert(0, word)
    return "".join(kept)


def _things(one: Profile, other: Profile, lexicon: Lexicon, places: tuple[str, ...]) -> tuple[str, ...]:
    rated = {
        word: lexicon.name_rarity(word)
        for word in set(words_of(one.text)) & set(words_of(other.text))
        if not is_number(word) and not any(word in place or place in word for place in places)
    }
    telling = (word for word, rare in rated.items() if rare >= _TELLING_WORD)
    return _longest(sorted(telling, key=lambda w: (-_titles(w, one, other), -rated[w], -len(w), w)))


def _longest(words: list[str], *, most: int = MOST) -> tuple[str, ...]:
    """The first few, without those that stand within another."""
    kept: list[str] = []
    for word in words:
        if not any(word in other or other in word for other in kept):
            kept.append(word)
    return tuple(kept[:most])
