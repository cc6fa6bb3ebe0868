"""Where the things of a kind stand among all ids: 16 bits of the kind's digest above 40 bits of the key.

Not more: FTS5 before SQLite 3.42 reads its lists backwards wrongly where an id is 2^56 or more above the one before.
"""

from hashlib import sha256

KEY_BITS = 40
_names: dict[int, str] = {}


def base(kind: str) -> int:
    """The id of key 0. ValueError: another kind has the same digest, and one of the two must be called otherwise."""
    slot = int.from_bytes(sha256(kind.encode()).digest()[:2], "big")
    if _names.setdefault(slot, kind) != kind:
        raise ValueError(f"search kinds {kind!r} and {_names[slot]!r} share a slot")
    return slot << KEY_BITS


def entry_id(kind: str, key: int) -> int:
    """The id of one thing. ValueError: the key is negative or beyond 40 bits."""
    if not 0 <= key < 1 << KEY_BITS:
        raise ValueError(f"key {key} is out of range")
    return base(kind) + key
