"""What doctor says of papers."""

from datetime import datetime

from luoshi.core.evidence import storage
from luoshi.core.papers import health
from luoshi.core.papers.models import Paper
from luoshi.core.papers.tests.desk import Desk
from luoshi.core.papers.tests.test_templates import GOOD, added
from luoshi.kit.health import Examination


def test_a_gap_in_the_numbers_and_a_lost_template_are_told(desk: Desk, now: datetime) -> None:
    paper, template = desk.issued(), added(desk, *GOOD)
    examination = Examination(now)
    assert list(health.numbers(examination)) == list(health.files(examination)) == []
    Paper.objects.filter(pk=paper.pk).update(serial=3)
    assert "缺第 1 号" in str(*health.numbers(examination))
    storage.path_of(template.sha256).unlink()
    assert "督办专用（第 1 版）" in str(*health.files(examination))
