"""How an event is written down so that two programs agree on its hash."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from luoshi.kit import sealing

Code: TypeAlias = str | int | bool | list["Code"] | dict[str, "Code"] | None

NO_HASH = "0" * 64
ERASED = "journal.erased"
COLUMNS = (
    "id",
    "stream",
    "seq",
    "verb",
    "actor",
    "principal",
    "post",
    "unit",
    "happened_at",
    "recorded_at",
    "data",
    "words_digest",
    "prev_hash",
)
MOMENTS = ("happened_at", "recorded_at")

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical_json(value: object) -> str:
    """JSON with sorted keys, no spaces and no escapes of Chinese: one text for one value."""
    return _encode(value)


def timestamp(moment: datetime) -> str:
    """A moment in UTC with microseconds, ``2026-11-22T06:05:04.000003Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(columns: Mapping[str, object]) -> bytes:
    """The bytes that stand for an event in the log: canonical JSON of all its columns but ``leaf_hash``, UTF-8."""
    plain = {name: columns[name] for name in COLUMNS}
    for name in MOMENTS:
        if isinstance(moment := plain[name], datetime):
            plain[name] = timestamp(moment)
    return canonical_json(plain).encode()


def leaf_hash(entry: bytes) -> str:
    """RFC 6962 §2.1 leaf hash, lowercase hex."""
    return sealing.leaf_hash(entry).hex()


def words_digest(salt: str, body: str) -> str:
    """SHA-256 over the salt (hex text) and the body, lowercase hex."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()


def late_entry(happened: datetime, recorded: datetime) -> bool:
    """Whether an event counts as entered afterwards (补录): more than a day between the act and its record."""
    return (recorded - happened).total_seconds() > 86_400
