"""反馈、协办反馈、阅评、退回: what is said of the work, and how it is read."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from luoshi.core.matters.actions.assigning import reason_of
from luoshi.core.matters.actions.frame import Act, File, begin
from luoshi.core.matters.models import Matter, Report, State
from luoshi.core.org.rules import Actor
from luoshi.kit import rows
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
    files: Sequence[File] = (),
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
        act.move_date("report", act.calendar.month_due(max(act.day, act.matter.report_due)).on, why="plan")
    event = act.done(
        data={"due": due.isoformat() if due else None}, words={"measures": measures, "progress": progress}, files=files
    )
    return rows.insert(
        Report(
            matter=act.matter,
            event_id=event.pk,
            round=act.matter.round,
            unit=act.lead_unit,
            reporter=act.person,
            is_lead=True,
            due=due,
            reported_at=at,
        )
    )


@transaction.atomic
def co_report(matter: Matter, *, progress: str, by: Actor, at: datetime, files: Sequence[File] = ()) -> Report:
    """协办反馈 by somebody of a co-unit."""
    act = begin(matter, "co_report", by=by, at=at)
    progress = required(progress, label="进展", field="progress", longest=TEXT)
    helping = [act.hat.unit_id] if act.hat else [unit.pk for unit in act.standing.co_units]
    if not helping:
        raise Refused("matter.not_co_unit", "该事项没有协办单位。", "请联系督办室增加协办单位。")
    unit_id = helping[0]
    event = act.done(data={"unit": unit_id}, words={"progress": progress}, files=files)
    return rows.insert(
        Report(
            matter=act.matter,
            event_id=event.pk,
            round=act.matter.round,
            unit_id=unit_id,
            reporter=act.person,
            is_lead=False,
            reported_at=at,
        )
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
    """退回 with a reason: the report counts as not given, and its due date holds again."""
    act = begin(matter, "return_report", by=by, at=at)
    said = reason_of(reason, label="退回理由")
    found = _unread(act.standing.unread, report.pk)
    if found.is_lead and found.round == act.matter.round:
        given = act.matter.reports.filter(round=found.round, is_lead=True).exclude(pk=found.pk)
        last = given.exclude(review=Report.Review.RETURNED).order_by("pk").last()
        act.set(reported_at=last.reported_at if last else None)
        if act.matter.state == State.PLANNED and found.due and (last is None or last.pk < found.pk):
            act.move_date("report", found.due, why="plan")
    return _review(act, found, Report.Review.RETURNED, words=said)


def _review(act: Act, report: Report, review: Report.Review, *, words: str) -> Report:
    found = _unread(act.standing.unread, report.pk)
    own = found.reporter_id in act.by.people_ids or (found.is_lead and act.by.people_ids & act.standing.handlers)
    if act.person is not None and own:
        raise Refused("matter.own_report", "不能阅评自己的反馈。", "请由督办室另一人阅评。", field="report")
    found.review, found.reviewer = review, act.person
    found.save(update_fields=["review", "reviewer"])
    act.done(data={"report": found.pk, "review": str(review)}, words={"reason": words})
    return found
