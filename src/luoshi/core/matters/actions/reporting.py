"""反馈、协办反馈、阅评、退回: what is said of the work, and how it is read."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from luoshi.core.matters.actions.assigning import reason_of
from luoshi.core.matters.actions.frame import Act, begin
from luoshi.core.matters.models import Matter, Report, State
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional, required

TEXT = 4000


@transaction.atomic
def report(
    matter: Matter,
    *,
    progress: str,
    by: Actor,
    at: datetime,
    measures: str = "",
    files: Sequence[UploadedFile] = (),
) -> Report:
    """反馈 by the handler: measures and progress. The first one is due on day 3; under a plan one every month."""
    act = begin(matter, "report", by=by, at=at)
    progress = required(progress, label="进展", field="progress", longest=TEXT)
    measures = optional(measures, label="措施", field="measures", longest=TEXT)
    due = act.matter.report_due if act.matter.reported_at is None or act.matter.state == State.PLANNED else None
    act.set(progress=progress, reported_at=at)
    if measures:
        act.set(measures=measures)
    if act.matter.state == State.PLANNED:
        act.set(report_due=act.calendar.month_due(max(act.day, act.matter.report_due)).on)
    event = act.done(
        data={"due": due.isoformat() if due else None}, words={"measures": measures, "progress": progress}, files=files
    )
    return Report.objects.create(
        matter=act.matter,
        event_id=event.pk,
        round=act.matter.round,
        unit=act.matter.lead_unit,
        reporter=act.person,
        is_lead=True,
        due=due,
        reported_at=at,
    )


@transaction.atomic
def co_report(matter: Matter, *, progress: str, by: Actor, at: datetime, files: Sequence[UploadedFile] = ()) -> Report:
    """协办反馈 by somebody of a co-unit."""
    act = begin(matter, "co_report", by=by, at=at)
    progress = required(progress, label="进展", field="progress", longest=TEXT)
    unit_id = act.hat.unit_id if act.hat else act.standing.co_units[0].pk
    event = act.done(data={"unit": unit_id}, words={"progress": progress}, files=files)
    return Report.objects.create(
        matter=act.matter,
        event_id=event.pk,
        round=act.matter.round,
        unit_id=unit_id,
        reporter=act.person,
        is_lead=False,
        reported_at=at,
    )


def _unread(act_reports: Sequence[Report], report_id: int) -> Report:
    for found in act_reports:
        if found.pk == report_id:
            return found
    raise Refused("matter.report_unknown", "没有这件待阅评的反馈。", "可能已由他人阅评，请刷新。", field="report")


@transaction.atomic
def accept(
    matter: Matter, *, report: Report, review: Report.Review, by: Actor, at: datetime, words: str = ""
) -> Report:
    """阅评 by the office with a grade: 优秀, 良好 or 合格."""
    act = begin(matter, "accept", by=by, at=at)
    if review not in (Report.Review.EXCELLENT, Report.Review.GOOD, Report.Review.PASS):
        raise Refused("matter.review", "请选择优秀、良好或合格。", "不合要求的请退回。", field="review")
    return _review(act, report, review, words=optional(words, label="阅评意见", field="words", longest=2000))


@transaction.atomic
def return_report(matter: Matter, *, report: Report, reason: str, by: Actor, at: datetime) -> Report:
    """退回 with a reason: the report counts as not given, its due date stays."""
    act = begin(matter, "return_report", by=by, at=at)
    said = reason_of(reason, label="退回理由")
    given = act.matter.reports.filter(round=act.matter.round, is_lead=True).exclude(review=Report.Review.RETURNED)
    if report.is_lead and not given.exclude(pk=report.pk).exists():
        act.set(reported_at=None)
    return _review(act, report, Report.Review.RETURNED, words=said)


def _review(act: Act, report: Report, review: Report.Review, *, words: str) -> Report:
    found = _unread(act.standing.unread, report.pk)
    if act.person is not None and found.reporter_id in act.by.people_ids:
        raise Refused("matter.own_report", "不能阅评自己的反馈。", "请由督办室另一人阅评。", field="report")
    found.review, found.reviewer = review, act.person
    found.save(update_fields=["review", "reviewer"])
    act.done(data={"report": found.pk, "review": str(review)}, words={"reason": words})
    return found
