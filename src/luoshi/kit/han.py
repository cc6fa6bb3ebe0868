"""Chinese characters in two scripts."""

from functools import cache

_FIRST, _LAST = 0x3400, 0x9FFF


@cache
def _simple() -> dict[int, str]:
    """What OpenCC's table makes of each character that stands alone, where it makes another of it."""
    from opencc import OpenCC

    characters = [chr(code) for code in range(_FIRST, _LAST + 1)]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {
        ord(one): other for one, other in zip(characters, converted, strict=True) if one != other and len(other) == 1
    }


def simple(text: str) -> str:
    """Traditional characters as simplified ones, each by itself, so that a piece of a text becomes what it is in the whole:
    路燈 is 路灯, and 乾坤 is 干坤 wherever it stands. Of the same length. To look for, not to show."""
    return text.translate(_simple())
