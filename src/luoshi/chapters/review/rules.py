"""Receipt codes, titles, and what one address may do. Pure: no database, no clock."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from luoshi.core.org.rules import PUBLIC
from luoshi.kit.errors import Refused
from luoshi.kit.personal import shortened

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs that can't be taken for one another (no 0 O 1 I L); 31 is prime, as the check sign wants."""
LENGTH = 10
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC) - timedelta(hours=8)
TITLE_LENGTH = 40


def check_sign(body: str) -> str:
    """The sign that makes the weighted sum of all a multiple of 31: one wrong sign or two exchanged are always seen."""
    total = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def make_code(choose: Callable[[str], str]) -> str:
    """A receipt code of ten signs, nine of them drawn by ``choose`` (44 bits), the last a check: ``K7M2-9QXT-4C``."""
    body = "".join(choose(ALPHABET) for _ in range(LENGTH - 1))
    code = body + check_sign(body)
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def plain_code(typed: str) -> str | None:
    """What was typed as ten signs, whatever the width, case, spaces and hyphens; ``None`` where it can't be a code."""
    code = re.sub(r"[\s\-‐-―－_.·]", "", unicodedata.normalize("NFKC", typed[:64])).upper()
    if len(code) != LENGTH or any(sign not in ALPHABET for sign in code):
        return None
    return code if check_sign(code[:-1]) == code[-1] else None


def digest(code: str) -> str:
    """SHA-256 of the ten signs, lowercase hex: all that is kept of a receipt."""
    return hashlib.sha256(code.replace("-", "").encode()).hexdigest()


def hidden_address(address: str, *, secret: str, day: date) -> str:
    """An address as a hash with a key of the day: the same all day, unlinkable to the day before."""
    key = hmac.digest(secret.encode(), f"address:{day.isoformat()}".encode(), "sha256")
    return hmac.new(key, address.encode(), "sha256").hexdigest()


@dataclass(frozen=True)
class Limit:
    """At most ``times`` within ``window`` from the first; ``sentence`` and ``fix`` say so."""

    kind: str
    times: int
    window: timedelta
    sentence: str
    fix: str

    def refusal(self) -> Refused:
        return Refused("review.too_many", self.sentence, self.fix)


GUESSES = Limit(
    "look",
    10,
    timedelta(hours=1),
    "一小时内输错了十次，查询先停一会儿。",
    "请核对回执，一小时后再试；回执丢了，请到镇督办室窗口查询。",
)
SUBMISSIONS = Limit(
    "raise",
    20,
    timedelta(days=1),
    "您这里今天反映的问题已有二十件，我们先把这些办好。",
    "请明天再来；急事请直接打电话或到镇督办室窗口。",
)
COMPLAINTS = Limit(
    "complain",
    20,
    timedelta(days=1),
    "您这里今天的投诉建议已有二十条，我们先看这些。",
    "请明天再来，或直接打电话到镇督办室。",
)
UNNAMED = PUBLIC.signature()
"""How an act is signed whose doer the journal must not name."""


def title_of(words: str) -> str:
    """A title for words that came without one: their first sentence, at most 40 characters, no number of a person's cut through."""
    first = re.split(r"[\n。！？!?；;]", words.strip(), maxsplit=1)[0].strip() or words.strip()
    first = " ".join(first.split())
    return shortened(first, TITLE_LENGTH)


def check_received(received: datetime, *, at: datetime) -> None:
    """Refuses words that came in the future, or before the year 2000."""
    if received > at:
        raise Refused("review.received_later", "收到时间晚于现在。", "请填实际听到或收到的时间。", field="received_at")
    if received < EARLIEST:
        raise Refused("review.received_too_early", "收到时间早于 2000 年。", "请核对年份。", field="received_at")


def without_names(text: str, names: Iterable[str]) -> str:
    """Text for the public, without the names of who works on it."""
    for name in sorted({n for n in names if len(n) > 1}, key=len, reverse=True):
        text = text.replace(name, "工作人员")
    return text
