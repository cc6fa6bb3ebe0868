"""One tokenizer for both databases: text into overlapping pairs of Chinese characters, and words.

``落实到人2026年`` is ``落实 实到 到人 人 2026 年``. The last character of a run stands once more alone, so that every
character begins some token and a single one is found as a prefix. Tokens hold letters and digits alone: whatever an
index takes for an operator is gone before it gets there. Both scripts are one: who types 路灯 finds 路燈 too.
"""

import re
import unicodedata
from dataclasses import dataclass

from luoshi.kit.han import simple

LONGEST = 64
MOST = 16_000
"""Tokens of one text that are kept: PostgreSQL counts positions to 16,383."""

_CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"  # 々〇 too
_RUN = re.compile(f"([{_CJK}]+)|([^\\W_{_CJK}]+)")


@dataclass(frozen=True)
class Phrase:
    """Tokens that must stand side by side, in this order; with ``prefix`` the last may be the beginning of one."""

    tokens: tuple[str, ...]
    prefix: bool


def _runs(text: str) -> list[tuple[str, bool]]:
    plain = simple(unicodedata.normalize("NFKC", text).lower())
    return [(found[0], bool(found[1])) for found in _RUN.finditer(plain)]


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def tokens(text: str) -> list[str]:
    """The tokens of a text to be indexed, in order; at most ``MOST``."""
    found: list[str] = []
    for run, cjk in _runs(text):
        found.extend([*_pairs(run), run[-1]] if cjk else [run[:LONGEST]])
        if len(found) >= MOST:
            break
    return found[:MOST]


def phrases(text: str) -> list[Phrase]:
    """What somebody looks for: the parts between spaces must all be there, each as one phrase. May be empty."""
    asked: list[Phrase] = []
    for part in text.split():
        runs = _runs(part)
        if not runs:
            continue
        before = [token for run, cjk in runs[:-1] for token in ([*_pairs(run), run[-1]] if cjk else [run[:LONGEST]])]
        last, cjk = runs[-1]
        if cjk and len(last) > 1:
            asked.append(Phrase((*before, *_pairs(last)), prefix=False))
        else:
            asked.append(Phrase((*before, last[:LONGEST]), prefix=True))
    return asked
