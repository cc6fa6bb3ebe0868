"""反馈、协办反馈、阅评、退回."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.core.evidence.models import Item
from luoshi.core.matters.models import DateMove, Matter, Report, State
from luoshi.core.matters.tests.stage import Stage, refused


@pytest.mark.row("3.1")
def test_first_report_answers_the_three_days_and_later_ones_have_no_date(stage: Stage) -> None:
    matter = stage.at_state(State.ASSIGNED)
    stage.do("sign", matter, "head")
    assert refused(lambda: stage.do("report", matter, "clerk", progress="")) == "text.progress.missing"
    first = stage.do("report", matter, "clerk")
    assert (first.due, first.unit, first.is_lead) == (matter.report_due, stage.cast.units["nongye"], True)
    second = stage.do("report", matter, "deputy", measures="", progress="电工已到")
    assert (second.due, second.reporter) == (None, stage.parts["deputy"])
    helped = stage.do("co_report", matter, "village")
    assert (helped.unit, helped.is_lead) == (stage.cast.units["shiqiaogou"], False)
    assert refused(lambda: stage.do("co_report", matter, "village", progress=" ")) == "text.progress.missing"
    found = Matter.objects.get(pk=matter.pk)
    assert (found.measures, found.progress) == ("联系电工", "电工已到")


def test_office_grades_a_report_or_returns_it_with_a_reason(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    assert refused(lambda: stage.do("accept", matter, "office", review=Report.Review.RETURNED)) == "matter.review"
    assert refused(lambda: stage.do("accept", matter, "office", report=Report(pk=0))) == "matter.report_unknown"
    assert refused(lambda: stage.do("return_report", matter, "office", reason="")) == "text.reason.missing"
    returned = stage.do("return_report", matter, "office")
    assert (returned.review, returned.reviewer) == (Report.Review.RETURNED, stage.cast.office)
    assert Matter.objects.get(pk=matter.pk).reported_at is None, "the report counts as not given"
    again = stage.do("report", matter, "clerk")
    assert again.due == matter.report_due
    assert stage.do("accept", matter, "office2").review == Report.Review.GOOD
    assert refused(lambda: stage.do("accept", matter, "office", report=again)) == "matter.nothing_unread"


def test_returned_report_leaves_the_earlier_one_standing(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    first = matter.reports.get()
    second = stage.do("report", matter, "clerk")
    stage.do("return_report", matter, "office", report=second)
    assert Matter.objects.get(pk=matter.pk).reported_at == first.reported_at


@pytest.mark.row("3.1")
def test_plan_wants_a_report_every_month_and_a_returned_one_again(stage: Stage) -> None:
    matter = stage.at_state(State.PLANNED)
    stage.do("accept", matter, "office")
    due = matter.report_due
    assert due.month == stage.day.month % 12 + 1
    report = stage.do("report", matter, "clerk")
    moved = Matter.objects.get(pk=matter.pk).report_due
    assert (report.due, moved.month) == (due, due.month % 12 + 1)
    assert DateMove.objects.filter(matter=matter, which="report", old=due, new=moved).exists()
    stage.do("return_report", matter, "office", report=report)
    assert Matter.objects.get(pk=matter.pk).report_due == due


def test_nobody_reads_their_own_report_nor_one_given_for_them(stage: Stage) -> None:
    cast, matter = stage.cast, stage.register()
    stage.do("assign", matter, "office", lead_unit=cast.units["dangzheng"], co_units=[])
    stage.do("sign", matter, "office", handler=cast.office)
    stage.do("report", matter, "office")
    assert refused(lambda: stage.do("accept", matter, "office")) == "matter.own_report"
    assert refused(lambda: stage.do("return_report", matter, "office")) == "matter.own_report"
    assert stage.do("accept", matter, "office2").reviewer == cast.office2


def test_files_come_with_the_report_and_a_bad_one_refuses_all_of_it(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    good = SimpleUploadedFile("说明.txt", "已换灯。".encode())
    bad = SimpleUploadedFile("照片.jpg", b"MZ no picture")
    assert refused(lambda: stage.do("report", matter, "clerk", files=[good, bad])).startswith("evidence.")
    assert not Item.objects.exists()
    report = stage.do("report", matter, "clerk", files=[good])
    item = Item.objects.get()
    assert (item.stream, item.event_id, item.name) == (matter.stream, report.event_id, "说明.txt")
