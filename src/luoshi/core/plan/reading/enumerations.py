"""What a plan calls by number (“五减一增”, “三提两点一议”, “怕、慢、假、懒、乱”, “……”六大平台), with what it counts there.

A name says how many of what. What it counts is looked for where texts put it: in the name itself, right before it,
right behind it, as the measures that it introduces, or quoted in its chapter. What is found has to fit the number.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from luoshi.core.plan.reading.marks import at_start, chinese_number
from luoshi.core.plan.reading.tree import Chapter, Enumeration, Part, Tree

_N = "[零一两双二三四五六七八九十]"
_QUOTED = re.compile('“([^“”]{1,40})”|‘([^‘’]{1,40})’|「([^「」]{1,40})」|『([^『』]{1,40})』|"([^"]{1,40})"')
_CODE = re.compile(
    r"(?!(?:19|20)\d\d年?$)\d{3,6}|[\dNnXx一二三四五六七八九]{1,3}(?:[+＋十xX×*][\dNnXx一二三四五六七八九]{1,3})+"
)
_CODE_PARTS = re.compile(r"(?:(?<=[+＋xX×*十])|^)[\dNnXx一二三四五六七八九]+(?=[+＋xX×*十]|$)")
_HOT_LINE = re.compile(r"1(?:10|19|2[02])|12[13]\d{2}")
"""Numbers that are dialled; 13710 is none of them."""
_UNIT = re.compile(
    rf"({_N}{{1,3}}|\d{{1,2}})(个第一|个一[^零一两双二三四五六七八九十\d、，,“”]{{0,6}}|[^零一两双二三四五六七八九十\d、，,“”]{{1,14}})"
)
_NO_NAME = re.compile(
    rf"第{_N}|{_N}+$|{_N}*[百千万亿]|(?:二十|十九|十八|十七)大|{_N}{{1,3}}(?:月|日|年|是|点钟|中全会|届)"
)
_COUNTERS = "个大项种类张条方面件步化"
_COUNTED = re.compile(
    r"(?<![第十百千万\d一二三四五六七八九])([两三四五六七八九十]|十[一二三四五六七八九]|[2-9]|1\d)"
    r"((?:个方面|方面|个|大|项|种|类|张|条|件|步)[^，。：；！？、“”（）]{0,12}?)(?:[：:]|，?(?:即|分别是|包括)[：:]?)"
)
_BEHIND_QUOTES = re.compile(
    rf"((?:“[^“”]{{1,14}}”[、和及与]?){{2,12}})(?:等)?({_N}{{1,2}})(大|项|个|种|类|张|条)([\u4e00-\u9fff]{{1,4}})"
)
_NAME_ENDS = re.compile("(?:功能|作用|等|建设|工作|行动|方面)$")
_GOVERNS = re.compile(
    "^(?:重点|着力|持续|深入|大力|突出|扎实|全面|切实)*"
    "(?:按时)?(?:看|查|列出|提交|报送|编制|确保|抓好|抓|做好|做到|推进|深化|开展|实施|落实|加强|完善|建立|健全|构建|打造|坚持|实现|包括|用好|办好|推行|建好)(?=..)"
)
_EACH = re.compile("^.*每[名位个]?[^一]{0,4}?(?:干部|党员|同志|成员|委员|人|户|村|年|月|周|季度|季|学期)+")
_MERE_VERB = re.compile("[^、“”]{0,8}")
_SHORT = re.compile(r"[\u4e00-\u9fff]{1,4}(?:[、，][\u4e00-\u9fff]{1,4}){2,}")
_POINTS = re.compile("[、，；]")
_LIST = re.compile("[、，；]|和|以及|及|与")
_STOPS = re.compile("[。！？；：，]")
_NUMBERS = re.compile(
    f"(?P<shi>{_N}{{1,2}})(?:是|要)|第(?P<di>{_N}{{1,2}})[，、]|[（(](?P<brackets>{_N}{{1,2}}|\\d{{1,2}})[）)]|"
    r"(?<!\d)(?P<digits>\d{1,2})[.．、](?!\d)"
)


@dataclass(frozen=True)
class _Found:
    """A name in its place: ``start`` and ``end`` of it, with its marks, in ``text``."""

    name: str
    text: str
    start: int
    end: int
    chapter: Chapter | None


def find(tree: Tree) -> tuple[Enumeration, ...]:
    """Every name once, in the order of the text, with the first list that fits its number."""
    items: dict[str, tuple[str, ...]] = {}
    for found in _names(tree):
        if not items.get(found.name):
            items[found.name] = tuple(_items(found))
    return tuple(Enumeration(name, listed) for name, listed in items.items())


def _names(tree: Tree) -> Iterator[_Found]:
    for chapter, text in _texts(tree):
        places: list[tuple[int, int, str]] = []
        for quoted in _QUOTED.finditer(text):
            name = next(group for group in quoted.groups() if group)
            if _is_name(name):
                places.append((quoted.start(), quoted.end(), name))
        for behind in _BEHIND_QUOTES.finditer(text):
            if chinese_number(behind[2].replace("双", "两")) == len(_QUOTED.findall(behind[1])):
                name = _NAME_ENDS.sub("", behind[2] + behind[3] + behind[4])
                places.append((behind.start(2), behind.start(2) + len(name), name))
        for counted in _COUNTED.finditer(text):
            name = (counted[1] + counted[2]).strip()
            if len(name) > 2 and not any(start <= counted.start() < end for start, end, _ in places):
                places.append((counted.start(), counted.start() + len(name), name))
        for start, end, name in sorted(places):
            found = _Found(name, text, start, end, chapter)
            if text[start] in '“‘「『"' or _items(found):
                yield found


def _texts(tree: Tree) -> Iterator[tuple[Chapter | None, str]]:
    def joined(parts: Iterable[Part]) -> str:
        return "".join(part.text for part in parts)

    yield None, joined(tree.title)
    yield None, joined(tree.preamble)
    for chapter in tree.chapters:
        if chapter.title:
            yield chapter, chapter.title.text
        yield chapter, joined(chapter.lead)
        for measure in chapter.measures:
            yield chapter, joined([measure.lead, *measure.rest])
        yield chapter, joined(chapter.closing)
    yield None, joined(tree.closing)


def _is_name(name: str) -> bool:
    """Whether what is quoted calls something by number: 四张牌, 一绳两网, 13710, 1+3+N; or lists in single words."""
    if _CODE.fullmatch(name):
        return not _HOT_LINE.fullmatch(name)
    if _SHORT.fullmatch(name) and len(name) <= 24 and not _units(name):
        words = re.split("[、，]", name)
        return max(map(len, words)) <= 2 or max(map(len, words)) == min(map(len, words))
    units = _units(name)
    if len(units) == 1 and units[0][0] == 0:
        return False  # 零容忍 counts nothing
    return bool(units) and _total(units) != 1 and (len(units) > 2 or any(count != 1 for count, _ in units))


def _units(name: str) -> list[tuple[int, str]]:
    """How many of what: 三提两点一议 is 3 提, 2 点, 1 议. Empty where a name counts nothing."""
    found: list[tuple[int, str]] = []
    for piece in re.split("[、，]", name):
        if _NO_NAME.match(piece) or not _UNIT.match(piece):
            return []
        place = 0
        while unit := _UNIT.match(piece, place):
            count = 0 if unit[1] == "零" else _count(unit[1])
            found.append((count, unit[2]))
            place = unit.end()
        if place < len(piece):
            return []
    return found


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else chinese_number(text.replace("双", "两"))


def _total(units: Sequence[tuple[int, str]]) -> int:
    return sum(count for count, _ in units)


def _items(found: _Found) -> list[str]:
    units = _units(found.name)
    if _CODE.fullmatch(found.name) and (parts := _CODE_PARTS.findall(found.name))[1:]:
        return _in_brackets(found, [(1, part) for part in parts])
    if not units:
        return re.split("[、，]", found.name) if "、" in found.name or "，" in found.name else []
    if all(count == 0 for count, _ in units):
        return [f"零{word}" for _, word in units]
    for look in (
        _in_brackets,
        _before,
        _quoted_before,
        _introduced,
        _numbered,
        _behind,
        _led,
        _clauses_before,
        _in_chapter,
    ):
        if listed := look(found, units):
            return listed
    return []


def _words_of(units: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """What is counted, without the word that counts it: 张牌 is 牌, 个“一” is 一."""
    return [(count, word[1:] if len(word) > 1 and word[0] in _COUNTERS else word) for count, word in units]


def _split(text: str, at: re.Pattern[str] = _LIST) -> list[str]:
    return [bare for piece in at.split(text) if (bare := piece.strip(" “”‘’「」（）()的"))]


def _fit(pieces: Sequence[str], units: Sequence[tuple[int, str]], *, from_end: bool) -> list[str]:
    """The run of pieces that holds each counted word as often as it is counted, in the order of the name."""
    total = _total(units)
    for offset in range(len(pieces) - total + 1):
        start = len(pieces) - total - offset if from_end else offset
        run, place = list(pieces[start : start + total]), 0
        for count, word in units:
            group = run[place : place + count]
            if not all(_holds(piece, word) for piece in group):
                break
            place += count
        else:
            return _trimmed(run, units)
    return []


def _holds(piece: str, word: str) -> bool:
    return len(piece) > len(word) and (piece.endswith(word) or word in piece[: len(piece) - len(word)])


def _trimmed(run: list[str], units: Sequence[tuple[int, str]]) -> list[str]:
    """Items without the verb that governs them: 深化减文件 is 减文件, 推进政治 beside 法治 is 政治. One that is counted
    by a mere 一 keeps its verb (联系一户), but not who does it."""
    found: list[str] = []
    for count, word in units:
        group = run[len(found) : len(found) + count]
        if word == "一":
            group[0] = _without_doer(group)
        else:
            group = [
                item[item.rindex(word) :] if word in item[:-1] and not item.endswith(word) else item for item in group
            ]
            group[0] = _as_long_as_others(group, word)
        found += group
    return found


def _as_long_as_others(group: Sequence[str], word: str) -> str:
    """The first of a group without the verb before it, where all others are of one length."""
    first, lengths = group[0], {len(item) for item in group[1:]}
    if len(lengths) != 1 or not all(item.endswith(word) for item in group):
        return first
    length = lengths.pop()
    over = len(first) - length
    return first[over:] if 0 < over <= 2 or len(_GOVERNS.sub("", first)) == length else first


def _without_doer(group: Sequence[str]) -> str:
    """联系一户 of 每名党员干部联系一户, beside 帮办一件实事."""
    first = group[0]
    longest = max([2, *(item.find("一") for item in group[1:])])
    if first.find("一") <= longest:
        return first
    bare = _EACH.sub("", first)
    return bare if bare != first and bare.find("一") <= longest + 2 else first[first.find("一") - longest :]


def _in_brackets(found: _Found, units: Sequence[tuple[int, str]]) -> list[str]:
    listed = re.match("[^，。；“”（(]{0,6}[（(]([^（）()]{3,160})[）)]", found.text[found.end :])
    if not listed:
        return []
    pieces = [piece.strip(" “”") for piece in re.split("[、，；]", re.sub("^(?:即|指)[：:]?", "", listed[1]))]
    return pieces if len(pieces) in (_total(units), len(units)) and len(pieces) > 1 else []


def _before(found: _Found, units: Sequence[tuple[int, str]]) -> list[str]:
    """减文件、减会议……和增关爱“五减一增”."""
    before = _STOPS.split(found.text[: found.start].rstrip("等的“"))[-1]
    words = _words_of(units)
    for at in (_POINTS, _LIST):
        pieces = _split(before, at)
        if listed := _fit(pieces, words, from_end=True):
            return listed
    exact = len(pieces) == _total(units) > 1 and len(pieces[0]) <= 2 * max(map(len, pieces[1:])) + 2
    pieces[:1] = [_GOVERNS.sub("", pieces[0])] if pieces else []
    return pieces if exact and found.text[found.start - 1 : found.start] not in ("、", "，") and "、" in before else []


def _quoted_before(found: _Found, units: Sequence[tuple[int, str]]) -> list[str]:
    """“红色引领”“栋梁锻造”……六大平台."""
    before = re.search("((?:“[^“”]{1,20}”[、和及与]?)+)等?$", found.text[: found.start])
    listed = re.findall("“([^“”]+)”", before[1]) if before else []
    return listed if len(listed) == _total(units) else []


def _introduced(found: _Found, units: Sequence[tuple[int, str]]) -> list[str]:
    """四项机制：, followed by four measures; or a chapter whose title says “三个坚持” and that has three."""
    chapter = found.chapter
    if chapter is None or not chapter.measures:
        return []
    leads = [measure.lead.text.rstrip("。；！;") for measure in chapter.measures]
    if chapter.title is not None and found.text == chapter.title.text:
        return leads if len(leads) == _total(units) > 1 else []
    if not chapter.lead or found.text != "".join(part.text for part in chapter.lead):
        return []
    if not chapter.lead[-1].text.rstrip().endswith(("：", ":")) or len(found.text) - found.end > 24:
        return []
    return leads if len(leads) in ({_total(units)} | {count for count, _ in units}) else []


def _numbered(found: _Found, units: Sequence[tuple[int, str]]) -> list[str]:
    """“四查四看”。一是查思想，……；二是查作风，……: what stands behind the numbers, up to the first stop."""
    behind = found.text[found.end :]
    marks = list(_NUMBERS.finditer(behind))
    if not marks or not re.fullmatch('[”’」』"]?[^，。；：:“”]{0,12}[，。：:]?\\s*', behind[: marks[0].start()]):
        return []
    kind = marks[0].lastgroup
    run = [mark for mark in marks if mark.lastgroup == kind]
    for place, mark in enumerate(run, start=1):
        if _count(mark[str(kind)]) != place:
            run = run[: place - 1]
            break
    if len(run) not in ({_total(units)} | {count for count, _ in units}) or len(run) < 2:
        return []
    listed = [_STOPS.split(behind[mark.end() :].lstrip("，、 "))[0].strip(" “”") for mark in run]
    return listed if all(listed) else []


def _behind(found: _Found, units: Sequence[tuple[int, str]]) -> list[str]:
    """“三提两点一议”，请基层群众提、……; 四张清单：……、……."""
    behind = re.match(
        '[”’」』"]?[^，。；：:“”]{0,8}(?P<mark>[，,：:—]+(?:即|就是|包括|分别是|分别为)?[：:]?|即|包括)(?P<list>[^。；]+)',
        found.text[_closing(found) :],
    )
    if not behind:
        return []
    said = behind["list"]
    said = re.sub("等(?:方式|形式|途径|措施|方法).*", "", said)
    for pieces in (_split(said, _POINTS), _split(said)):
        if listed := _fit(pieces, _words_of(units), from_end=False):
            return listed
    listed = [piece.strip("“”") for piece in re.split("[、]", _STOPS.split(said)[0])]
    exact = len(listed) == _total(units) > 1
    return (
        listed if exact and (behind["mark"][0] in "：:—" or "即" in behind["mark"] or "包括" in behind["mark"]) else []
    )


def _led(found: _Found, units: Sequence[tuple[int, str]]) -> list[str]:
    """“五减一增”。减文件，……；减会议，……: each clause begins with what is counted; or the next sentence lists it."""
    behind = re.match('[”’」』"]?[^，。；：:“”]{0,12}[。：:]', found.text[_closing(found) :])
    if not behind:
        return []
    said = found.text[_closing(found) + behind.end() :]
    clauses = [clause.strip() for clause in re.split("[；。]", said) if clause.strip()]
    words = _words_of(units)
    heads = [_STOPS.split(clause[mark.length if (mark := at_start(clause)) else 0 :])[0] for clause in clauses]
    return _fit(heads[: _total(units)], words, from_end=False) or (
        _fit(_split(clauses[0], _POINTS)[: _total(units)], words, from_end=False) if clauses else []
    )


def _clauses_before(found: _Found, units: Sequence[tuple[int, str]]) -> list[str]:
    """认识到位、责任到位、检查到位，确保“三个到位”: the list stands in the clauses before the one with the name."""
    *before, own = re.split("，", re.split("[。；：:！？]", found.text[: found.start])[-1])
    if not before or not _MERE_VERB.fullmatch(own) or "、" not in "".join(before):
        return []
    pieces = _split("，".join(before), _POINTS)
    words = _words_of(units)
    if listed := _fit(pieces[-_total(units) :], words, from_end=True):
        return [_GOVERNS.sub("", item) if item.endswith(words[-1][1]) else item for item in listed]
    return []


def _closing(found: _Found) -> int:
    """Where the text goes on behind the name; its closing mark, if any, is the first character there."""
    return found.end - 1 if found.text[found.end - 1] in '”’」』"' else found.end


def _in_chapter(found: _Found, units: Sequence[tuple[int, str]]) -> list[str]:
    """“一绳两网” in a chapter that quotes one “安全绳”, a “保护网” and a “监督网”."""
    chapter = found.chapter
    words = _words_of(units)
    if chapter is None or len(words) < 2:
        return []
    parts = [*chapter.lead, *(p for m in chapter.measures for p in (m.lead, *m.rest)), *chapter.closing]
    text = "".join(part.text for part in parts)
    quoted = list(dict.fromkeys(q for q in re.findall("“([^“”]{2,8})”", text) if q != found.name))
    listed = [[q for q in quoted if q.endswith(word) and not _units(q)] for _, word in words]
    return [q for some in listed for q in some] if [len(s) for s in listed] == [n for n, _ in words] else []
