"""Whether the days to come are known."""

from collections.abc import Iterator

from django.utils import timezone

from luoshi.kit.health import Examination, Symptom
from luoshi.kit.workdays.queries import current

PUBLISHED_BY = 12
"""The State Council's office has published the next year's days by December since 2007."""


def calendar(examination: Examination) -> Iterator[Symptom]:
    today = timezone.localdate(examination.at)
    known = current()
    fix = "请在“工作日历”一页导入国务院办公厅的放假安排。"
    if not known.is_published(today.year):
        yield Symptom(f"{today.year} 年的放假安排还没有导入，期限按周末推算。", fix)
    if not known.is_published(today.year + 1):
        yield Symptom(
            f"{today.year + 1} 年的放假安排还没有导入，跨年的期限先按周末推算。",
            f"公布以后，{fix}",
            is_wrong=today.month >= PUBLISHED_BY,
        )
