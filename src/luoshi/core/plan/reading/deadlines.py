"""Until when a sentence says that it is to be done, where it names a day. Pure."""

import re
from calendar import monthrange
from datetime import date

_DAY = re.compile(
    r"(?:(?P<year>\d{4})\s*年\s*)?(?P<month>\d{1,2})\s*月\s*(?:(?P<day>\d{1,2})\s*日|(?P<part>底|末|上旬|中旬|下旬))?"
    r"\s*(?:之前|以前|前|止)"
)
_END = re.compile(r"(?:(?P<year>\d{4})\s*年|本年|今年|年)(?:年)?(?P<part>底|末|内)(?:之前|以前|前)?")
_TENS = {"上旬": 10, "中旬": 20}


def deadline(text: str, *, year: int) -> tuple[date | None, str]:
    """The first day until which something is to be done, and the words that say so; ``year`` where none is named.

    ``6月底前`` is 30 June, ``5月前`` 30 April, ``年底前`` 31 December. (``None``, empty) where no day is named.
    """
    if found := _DAY.search(text):
        named, month = int(found["year"] or year), int(found["month"])
        if 1 <= month <= 12 and 1900 < named < 2200:
            last = monthrange(named, month)[1]
            if found["day"]:
                day = int(found["day"])
                return (date(named, month, day), found[0]) if 1 <= day <= last else (None, "")
            if found["part"]:
                return date(named, month, _TENS.get(found["part"], last)), found[0]
            return date.fromordinal(date(named, month, 1).toordinal() - 1), found[0]
    if found := _END.search(text):
        named = int(found["year"] or year)
        if 1900 < named < 2200 and (found["part"] != "内" or found["year"] or "年内" in found[0]):
            return date(named, 12, 31), found[0]
    return None, ""
