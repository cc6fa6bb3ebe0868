"""The town's day of a moment is the same for the database and for Python, at midnight too."""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from luoshi.kit.days import LocalDay, in_time, later
from luoshi.kit.jobs.models import Job

MOMENTS = st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


class Days(TestCase):
    @settings(max_examples=25)
    @given(st.lists(MOMENTS, min_size=1, max_size=5), st.sampled_from([-1, 0, 1]))
    def test_a_moment_has_one_day(self, moments: list[datetime], seconds: int) -> None:
        edge = datetime(2026, 11, 25, 16, tzinfo=UTC) + timedelta(seconds=seconds)
        Job.objects.all().delete()
        for moment in [*moments, edge]:
            Job.objects.create(kind="k", run_at=moment, created_at=edge)
        for job in Job.objects.annotate(day=LocalDay("run_at")):
            assert job.day == timezone.localdate(job.run_at)
        day = date(2026, 11, 25)
        rows = Job.objects.annotate(day=LocalDay("created_at"))
        after = {job.pk for job in Job.objects.all() if timezone.localdate(job.run_at) > timezone.localdate(edge)}
        assert {job.pk for job in rows.filter(later("run_at", "day"))} == after
        assert not after & {job.pk for job in rows.filter(in_time("run_at", "day"))}
        assert rows.filter(in_time("run_at", "day")).count() + len(after) == len(moments) + 1
        assert timezone.localdate(edge) == (day if seconds < 0 else day + timedelta(days=1))
