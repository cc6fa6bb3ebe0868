"""A paragraph to sentences. A sentence ends with 。！？ and the marks that close behind it, and where a paragraph ends."""

from luoshi.core.plan.reading.lines import CLOSES, OPENS

ENDS = "。！？!?"
_PAIRS = dict(zip("”’」』）)】》]", "“‘「『（(【《[", strict=True))
_FAR = 400


def cuts(text: str) -> list[int]:
    """The places behind each sentence of a paragraph, the paragraph's own end last.

    What stands in brackets or quotation marks is not cut, as long as they close before the paragraph ends and within
    some hundred characters.
    """
    found: list[int] = []
    inside = _inside(text)
    i = 0
    while i < len(text):
        if not _ends(text, i) or inside[i]:
            i += 1
            continue
        i += 1
        while i < len(text) and (text[i] in ENDS or text[i] == "…" or _closes(text, i)):
            i += 1
        if i < len(text):
            found.append(i)
    return [*found, len(text)]


def _ends(text: str, i: int) -> bool:
    if text[i] in "!?":
        return not text[i + 1 : i + 2].isascii() or text[i + 1 : i + 2] in ("", " ")
    return text[i] in ENDS or (text[i : i + 2] == "……" and text[i + 2 : i + 3] not in ("", "”", "…"))


def _closes(text: str, i: int) -> bool:
    """Whether the character closes; of the plain marks ``"`` every second one does."""
    return text[i] in CLOSES and (text[i] not in "\"'" or text.count(text[i], 0, i) % 2 == 1)


def _inside(text: str) -> list[bool]:
    """For each character, whether it stands within a pair of marks; the one that closes behind 。 stands without."""
    inside = [False] * len(text)
    opened: list[tuple[str, int]] = []
    for i, char in enumerate(text):
        if char in OPENS:
            opened.append((char, i))
        elif char in _PAIRS:
            while opened and opened[-1][0] != _PAIRS[char]:
                opened.pop()
            if opened:
                _, start = opened.pop()
                last = i - 1 if i and text[i - 1] in ENDS else i
                if not opened and i - start <= _FAR:
                    for place in range(start, last):
                        inside[place] = True
    return inside
