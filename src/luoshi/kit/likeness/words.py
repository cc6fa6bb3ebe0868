"""Words of a text, for a person to read and for counting; and a text with some of them marked."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import rjieba

from luoshi.kit.likeness.lexicon import common
from luoshi.kit.likeness.normal import plain, runs, simplified

_IDLE_WORDS = """
我们 你们 他们 大家 自己 这个 那个 这些 那些 这样 那样 这里 那里 什么 怎么 为什么 如何
是否 可以 能够 不能 没有 不是 就是 还是 已经 一直 现在 目前 今年 去年 每天 晚上 早上 白天
时候 因为 所以 但是 而且 如果 或者 以及 并且 然后 之后 之前 以后 以前 非常 十分 特别 严重
比较 很多 许多 一些 一个 一下 几个 多次 再次 希望 请求 恳请 要求 建议 反映 投诉 举报 咨询
请问 关于 有关 相关 问题 情况 领导 政府 部门 单位 人员 村民 居民 群众 市民 业主 老百姓
书记 市长 县长 镇长 尊敬 您好 你好 谢谢 感谢 解决 处理 答复 回复 进行 作为 由于 根据 按照
通过 对于 需要 应该 必须 不要 不到 起来 出来 下来 过来 知道 觉得 认为 开始 继续 导致 造成
影响
"""
_IDLE = frozenset(_IDLE_WORDS.split())
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}|[a-z]{3,}[0-9]*")


def words_of(text: str) -> list[str]:
    """Words of two characters and more that say something, in order, repeated as often as they stand there."""
    return [word for word in rjieba.cut(plain(text), False) if _WORD.fullmatch(word) and says(word)]


def says(word: str) -> bool:
    """Whether a word tells anything in a letter to an office."""
    return word not in _IDLE and word not in common()


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is one of the words. Put together the pieces are the text.

    The words are as ``plain`` leaves them; the text may be in full width, traditional characters and capitals.
    """
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return [(text, False)] if text else []
    folded = "".join(map(_one, text))
    pieces: list[tuple[str, bool]] = []
    done = 0
    for found in re.finditer("|".join(map(re.escape, wanted)), folded):
        if found.start() > done:
            pieces.append((text[done : found.start()], False))
        pieces.append((text[found.start() : found.end()], True))
        done = found.end()
    if done < len(text):
        pieces.append((text[done:], False))
    return pieces


@lru_cache(maxsize=8192)
def _one(sign: str) -> str:
    """One character as ``plain`` would leave it, itself where that is not one character. Letters use few thousand."""
    if sign.isascii():
        return sign.lower()
    folded = simplified(unicodedata.normalize("NFKC", sign)).lower()
    return folded if len(folded) == 1 else sign


def is_number(piece: str) -> bool:
    """Whether a piece holds a long number, which is never shown as a reason."""
    return any(symbol.isdigit() and len(symbol) >= 5 for run in runs(piece) for symbol in run)
