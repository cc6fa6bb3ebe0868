"""The Merkle tree of RFC 6962 §2.1: as a frontier that only appends, and as a tree that can also prove."""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 of ``0x00 || entry``."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of ``0x01 || left || right``."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The tree hash over these leaves; of none, the hash of the empty string."""
    frontier = Frontier()
    for leaf in leaf_hashes:
        frontier.append(leaf)
    return frontier.root()


class Frontier:
    """What is needed of a log to append to it: the perfect subtrees that make up its root, left to right.

    There is one of them for every 1 in the binary form of ``size``; appending costs two hashes on average.
    """

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Raises ``ValueError`` when the peaks can't be those of a log of this size."""
        if size < 0 or len(peaks) != size.bit_count() or any(len(peak) != HASH_BYTES for peak in peaks):
            raise ValueError("these peaks do not make up a log of this size")
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at position ``size``."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The tree hash over everything appended so far."""
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node

    def to_json(self) -> str:
        """The peaks as a JSON list of lowercase hex, without spaces."""
        return json.dumps([peak.hex() for peak in self.peaks], separators=(",", ":"))

    @classmethod
    def from_json(cls, size: int, text: str) -> "Frontier":
        """The frontier that ``to_json`` wrote at this size. Raises ``ValueError`` for anything else."""
        peaks = json.loads(text)
        if not isinstance(peaks, list) or not all(isinstance(peak, str) for peak in peaks):
            raise ValueError("a frontier is a JSON list of hex texts")
        return cls(size, [bytes.fromhex(peak) for peak in peaks])


class Tree:
    """All perfect subtrees of a log, 64 bytes a leaf, so that any root and any proof of any past size is at hand."""

    __slots__ = ("_levels",)

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels = [bytearray()]
        for leaf in leaf_hashes:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0]) // HASH_BYTES

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the end."""
        node, height = leaf, 0
        while True:
            level = self._levels[height]
            level += node
            if len(level) // HASH_BYTES % 2:
                return
            node = node_hash(bytes(level[-2 * HASH_BYTES : -HASH_BYTES]), node)
            height += 1
            if height == len(self._levels):
                self._levels.append(bytearray())

    def hash(self, start: int, end: int) -> bytes:
        """The tree hash over the leaves ``start`` to before ``end``, where ``start`` begins a subtree of the log."""
        size = end - start
        if size == 0:
            return EMPTY_ROOT
        if size & (size - 1) == 0:
            at = (start // size) * HASH_BYTES
            return bytes(self._levels[size.bit_length() - 1][at : at + HASH_BYTES])
        middle = start + split(size)
        return node_hash(self.hash(start, middle), self.hash(middle, end))

    def root(self, size: int | None = None) -> bytes:
        """The root when the log had ``size`` leaves (now, unless said)."""
        return self.hash(0, self._size(size))

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """PATH of RFC 6962 §2.1.1: the leaf at ``index`` in the log of ``size``. Raises ``ValueError`` outside it."""
        end = self._size(size)
        if not 0 <= index < end:
            raise ValueError("no such leaf")
        start, path = 0, []
        while end - start > 1:
            middle = start + split(end - start)
            if index < middle:
                path.append(self.hash(middle, end))
                end = middle
            else:
                path.append(self.hash(start, middle))
                start = middle
        return path[::-1]

    def consistency_proof(self, old: int, size: int | None = None) -> list[bytes]:
        """PROOF of RFC 6962 §2.1.2: the log of ``size`` continues that of ``old``; empty for 0 and for equal sizes."""
        end = self._size(size)
        if not 0 <= old <= end:
            raise ValueError("the older log is the longer one")
        if old in (0, end):
            return []
        start, path, whole = 0, [], True
        while old != end:
            middle = start + split(end - start)
            if old <= middle:
                path.append(self.hash(middle, end))
                end = middle
            else:
                path.append(self.hash(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self.hash(start, end))
        return path[::-1]

    def _size(self, size: int | None) -> int:
        size = len(self) if size is None else size
        if not 0 <= size <= len(self):
            raise ValueError("the log never had this size yet")
        return size


def split(size: int) -> int:
    """The largest power of two below ``size`` (which is at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)
