"""The clock in a matter's life: what moves a date, what never does, and that the old date is kept."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from luoshi.core.matters import actions, rules
from luoshi.core.matters.models import ClockRule, DateMove, Grade, Matter, Pause, State
from luoshi.core.matters.tests.stage import Stage, refused
from luoshi.kit.workdays import queries as workdays

DAY = timedelta(days=1)


def now_of(matter: Matter) -> Matter:
    return Matter.objects.get(pk=matter.pk)


def moves(matter: Matter) -> list[tuple[str, date, date, str]]:
    return list(DateMove.objects.filter(matter=matter).order_by("pk").values_list("which", "old", "new", "why"))


@pytest.mark.row("3.1")
def test_clock_starts_when_the_town_received_the_words(stage: Stage) -> None:
    received = stage.at
    stage.tick(days=2)
    matter = stage.register(received_at=received)
    start = timezone.localdate(received)
    assert (matter.clock_from, matter.assign_due, matter.report_due, matter.resolve_due) == (
        start,
        start,
        start + 3 * DAY,
        start + 7 * DAY,
    )
    assert matter.calendar_version == workdays.current().version
    later = {"received_at": stage.at + 2 * DAY}
    assert refused(lambda: stage.register(raisers=False, **later)) == "matter.received_later"
    explicit = {"explicit_due": stage.day + 20 * DAY, "grade": Grade.MAJOR}
    assert stage.register(raisers=False, **explicit).resolve_due == stage.day + 20 * DAY
    early = {"explicit_due": stage.day - DAY}
    assert refused(lambda: stage.register(raisers=False, **early)) == "matter.due_before_start"


def test_number_of_a_matter_bears_the_year_in_the_town(stage: Stage) -> None:
    stage.at = timezone.make_aware(timezone.datetime(2027, 1, 1, 0, 30))
    assert stage.register(raisers=False).number.startswith("2027-")


def test_town_with_its_own_clock_counts_by_the_version_in_force_when_the_words_came(stage: Stage) -> None:
    for version, days, begins in ((1, 5, stage.day - DAY), (2, 9, stage.day + DAY)):
        ClockRule.objects.create(
            town=stage.cast.town,
            version=version,
            source="镇政府会议纪要",
            figures={"ordinary_days": days},
            in_force_from=begins,
        )
    matter = stage.register(raisers=False)
    assert (matter.resolve_due, matter.clock_version) == (stage.day + 5 * DAY, 1)
    stage.tick(days=1)
    assert stage.register(raisers=False).resolve_due == stage.day + 9 * DAY


def test_reopened_matter_follows_the_clock_in_force_on_that_day(stage: Stage) -> None:
    matter = stage.at_state(State.CLOSED)
    ClockRule.objects.create(
        town=stage.cast.town, version=1, source="会议纪要", figures={"ordinary_days": 4}, in_force_from=stage.day
    )
    opened = stage.do("reopen", matter, "office")
    assert (opened.resolve_due, opened.clock_version) == (stage.day + 4 * DAY, 1)


@pytest.mark.row("3.1")
def test_extension_is_asked_in_time_decided_by_others_and_capped_and_keeps_the_old_date(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    first = matter.resolve_due
    asked = {"new_due": first}
    assert refused(lambda: stage.do("ask_extension", matter, "clerk", **asked)) == "matter.due_not_later"
    far = {"new_due": stage.day + 4000 * DAY}
    assert refused(lambda: stage.do("ask_extension", matter, "clerk", **far)) == "matter.due_too_far"
    assert refused(lambda: stage.do("ask_extension", matter, "clerk", reason="")) == "text.reason.missing"
    stage.do("ask_extension", matter, "clerk", new_due=first + 5 * DAY)
    assert refused(lambda: stage.do("ask_extension", matter, "clerk")) == "matter.pending"
    assert refused(lambda: stage.do("decide_extension", matter, "leader")) == "matter.extension_office"
    assert refused(lambda: stage.do("decide_extension", matter, "office", granted=False)) == "text.reason.missing"
    stage.do("decide_extension", matter, "office", granted=False, reason="可以按期办完")
    assert now_of(matter).resolve_due == first
    stage.do("ask_extension", matter, "clerk", new_due=first + 5 * DAY)
    stage.do("decide_extension", matter, "office")
    assert moves(matter) == [("resolve", first, first + 5 * DAY, "extend")]
    stage.do("ask_extension", matter, "deputy", new_due=first + 9 * DAY)
    assert refused(lambda: stage.do("decide_extension", matter, "office")) == "matter.extension_leader"
    stage.do("decide_extension", matter, "leader")
    assert moves(matter)[1:] == [("resolve", first + 5 * DAY, first + 9 * DAY, "extend")]
    assert refused(lambda: stage.do("ask_extension", matter, "clerk")) == "matter.extension_cap"


def test_extension_asked_on_the_day_itself_is_too_late(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    last = rules.extension_ask_ends(matter.resolve_due, calendar=workdays.current())
    assert last < matter.resolve_due
    stage.tick(days=(last - stage.day).days)
    stage.do("ask_extension", matter, "clerk")
    stage.do("decide_extension", matter, "office", granted=False, reason="抓紧")
    stage.tick(days=1)
    assert refused(lambda: stage.do("ask_extension", matter, "clerk")) == "matter.extension_late"


def test_granting_never_makes_a_date_earlier_that_has_moved_since_it_was_asked(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    stage.do("ask_extension", matter, "clerk", new_due=matter.resolve_due + 2 * DAY)
    stage.do("suspend", matter, "office")
    stage.tick(days=5)
    moved = stage.do("resume", matter, "office").resolve_due
    assert moved == matter.resolve_due + 5 * DAY
    assert refused(lambda: stage.do("decide_extension", matter, "office")) == "matter.due_not_later"
    stage.do("decide_extension", matter, "office", granted=False, reason="恢复后期限已顺延")
    assert now_of(matter).resolve_due == moved


def test_nobody_lengthens_the_time_of_their_own_work(stage: Stage) -> None:
    cast, matter = stage.cast, stage.register()
    stage.do("assign", matter, "office", lead_unit=cast.units["dangzheng"], co_units=[])
    stage.do("sign", matter, "office", handler=cast.office)
    stage.do("ask_extension", matter, "office")
    for verb in ("decide_extension", "suspend", "send_up"):
        code = "matter.own_request" if verb == "decide_extension" else "matter.own_matter"
        assert refused(lambda verb=verb: stage.do(verb, matter, "office")) == code
    stage.do("decide_extension", matter, "office2")
    assert stage.do("suspend", matter, "office2").state == State.WAITING


@pytest.mark.row("3.1")
@pytest.mark.parametrize(("stop", "go"), [("suspend", "resume"), ("send_up", "answer_from_above")])
def test_waiting_moves_dates_that_had_not_passed_by_its_days(stage: Stage, stop: str, go: str) -> None:
    matter = stage.at_state(State.ASSIGNED)
    stage.do("sign", matter, "head")
    stage.tick(days=4)
    assert stage.day > matter.report_due
    assert stage.do(stop, matter, "office").paused_on == stage.day
    stage.tick(days=30)
    again = stage.do(go, matter, "office")
    assert (again.state, again.paused_on) == (State.WORKING, None)
    assert again.report_due == matter.report_due, "it had passed before"
    assert again.resolve_due == matter.resolve_due + 30 * DAY
    assert [(which, old) for which, old, _, _ in moves(matter)] == [("resolve", matter.resolve_due)]
    pause = Pause.objects.get(matter=matter)
    assert pause.until == stage.day


def test_answer_from_above_that_solves_it_is_a_claim_which_its_writer_may_not_verify(stage: Stage) -> None:
    matter = stage.at_state(State.SENT_UP)
    assert refused(lambda: stage.do("answer_from_above", matter, "office", decision="")) == "text.decision.missing"
    done = stage.do("answer_from_above", matter, "office", result="县里已换线")
    assert (done.state, done.claimed_at) == (State.CLAIMED, stage.at)
    assert matter.evaluations.count() == 2
    assert refused(lambda: stage.do("verify", matter, "office")) == "matter.own_verification"
    assert stage.do("verify", matter, "office2").claim.result == "县里已换线"


@pytest.mark.row("3.1")
def test_plan_has_dated_steps_approved_by_the_leader_and_moves_both_dates(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    day = stage.day
    for steps, code in (
        ([], "matter.plan_steps"),
        ([(day + n * DAY, "换灯") for n in range(1, 26)], "matter.plan_steps"),
        ([(day + 2 * DAY, "换线"), (day + DAY, "换灯")], "matter.plan_dates"),
        ([(day - DAY, "换线")], "matter.plan_dates"),
        ([(day + 4000 * DAY, "换线")], "matter.plan_dates"),
        ([(day + DAY, " ")], "text.steps.missing"),
    ):
        assert refused(lambda steps=steps: stage.do("draft_plan", matter, "clerk", steps=steps)) == code
    end = day + 90 * DAY
    stage.do("draft_plan", matter, "clerk", steps=[(day + 30 * DAY, "换线"), (end, "换灯")])
    assert refused(lambda: stage.do("draft_plan", matter, "clerk")) == "matter.pending"
    assert refused(lambda: stage.do("approve_plan", matter, "leader", granted=False)) == "text.reason.missing"
    stage.do("approve_plan", matter, "leader", granted=False, reason="再细一些")
    assert now_of(matter).state == State.WORKING
    stage.do("draft_plan", matter, "clerk", steps=[(day + 30 * DAY, "换线"), (end, "换灯")])
    planned = stage.do("approve_plan", matter, "leader")
    assert (planned.state, planned.resolve_due) == (State.PLANNED, end)
    assert planned.report_due == workdays.current().month_due(stage.day).on
    assert [(which, old, why) for which, old, _, why in moves(matter)] == [
        ("resolve", matter.resolve_due, "plan"),
        ("report", matter.report_due, "plan"),
    ]
    claimed = stage.do("claim", matter, "clerk")
    stage.do("verify", matter, "other_clerk", passed=False)
    assert (now_of(matter).state, claimed.result) == (State.PLANNED, "三盏全亮"), "back to what it left"


def test_plan_whose_last_day_passed_before_approval_is_not_approved(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    stage.do("draft_plan", matter, "clerk", steps=[(stage.day + DAY, "换灯")])
    stage.tick(days=2)
    assert refused(lambda: stage.do("approve_plan", matter, "leader")) == "matter.plan_passed"
    stage.do("approve_plan", matter, "leader", granted=False, reason="请重报")


@pytest.mark.row("3.1")
def test_change_of_grade_is_a_second_persons_and_shows_both_dates(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    same = {"grade": Grade.ORDINARY}
    assert refused(lambda: stage.do("ask_regrade", matter, "office", **same)) == "matter.same_grade"
    stage.do("ask_regrade", matter, "office")
    assert refused(lambda: stage.do("ask_regrade", matter, "office2")) == "matter.pending"
    assert refused(lambda: stage.do("regrade", matter, "office")) == "matter.own_request"
    assert refused(lambda: stage.do("regrade", matter, "leader", granted=False)) == "text.reason.missing"
    raised = stage.do("regrade", matter, "leader")
    month = workdays.current().month_due(matter.clock_from).on
    assert (raised.grade, raised.resolve_due) == (Grade.MAJOR, month)
    assert moves(matter) == [("resolve", matter.resolve_due, month, "regrade")]
    stage.tick(days=10)
    stage.do("ask_regrade", matter, "office", grade=Grade.ORDINARY)
    lowered = stage.do("regrade", matter, "office2")
    assert lowered.resolve_due == stage.day, "not overdue at once"
    stage.do("ask_regrade", matter, "office", grade=Grade.MAJOR)
    stage.do("regrade", matter, "office2", granted=False, reason="不必")
    assert now_of(matter).grade == Grade.ORDINARY


def test_change_of_grade_leaves_an_explicit_date_and_counts_the_days_of_waiting(stage: Stage) -> None:
    explicit = stage.at_state(State.WORKING, explicit_due=stage.day + 3 * DAY)
    stage.do("ask_regrade", explicit, "office")
    assert stage.do("regrade", explicit, "office2").resolve_due == explicit.resolve_due
    matter = stage.at_state(State.WAITING, raisers=False)
    stage.tick(days=4)
    stage.do("resume", matter, "office")
    stage.do("ask_regrade", matter, "office")
    month = workdays.current().month_due(matter.clock_from).on
    assert stage.do("regrade", matter, "office2").resolve_due == month + 4 * DAY


def test_higher_grade_never_makes_an_extended_date_earlier(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    stage.do("ask_extension", matter, "clerk", new_due=stage.day + 60 * DAY)
    stage.do("decide_extension", matter, "office")
    stage.do("ask_regrade", matter, "office")
    assert stage.do("regrade", matter, "office2").resolve_due == stage.day + 60 * DAY


@pytest.mark.row("3.1")
def test_refused_claim_never_stopped_the_clock_and_resolved_is_the_claim_that_held(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    stage.do("claim", matter, "clerk")
    stage.tick(days=9)
    stage.do("verify", matter, "other_clerk", passed=False, seen="一盏不亮")
    back = now_of(matter)
    assert (back.claimed_at, back.resolved_at, back.resolve_due) == (None, None, matter.resolve_due)
    red = rules.light(today=stage.day, resolve_due=back.resolve_due, state=back.state)
    assert red is rules.Light.RED
    stage.do("claim", matter, "clerk")
    stage.do("withdraw", matter, "clerk")
    assert now_of(matter).claimed_at is None
    claim = stage.do("claim", matter, "clerk")
    held = stage.at
    stage.tick(days=3)
    stage.do("verify", matter, "other_clerk")
    assert now_of(matter).resolved_at == held == claim.claimed_at
    stage.tick(days=9)
    closed = stage.do("close", matter, "office")
    assert closed.resolved_at == held
    assert moves(matter) == [], "waiting for verifiers and raisers moves nothing"


@pytest.mark.row("3.1")
def test_reopened_matter_has_new_dates_and_the_old_are_kept(stage: Stage) -> None:
    matter = stage.at_state(State.CLOSED, explicit_due=stage.day + 2 * DAY)
    assert refused(lambda: stage.do("reopen", matter, "office", reason="")) == "text.reason.missing"
    opened = stage.do("reopen", matter, "office")
    assert (opened.round, opened.state, opened.clock_from, opened.explicit_due) == (2, State.WORKING, stage.day, None)
    assert (opened.report_due, opened.resolve_due) == (stage.day + 3 * DAY, stage.day + 7 * DAY)
    assert (opened.claimed_at, opened.resolved_at, opened.reported_at, opened.ended_at) == (None, None, None, None)
    assert [(which, old, why) for which, old, _, why in moves(matter)] == [
        ("report", matter.report_due, "reopen"),
        ("resolve", matter.resolve_due, "reopen"),
    ]
    report = stage.do("report", matter, "clerk")
    assert (report.round, report.due) == (2, opened.report_due)
    assert stage.do("claim", matter, "clerk").round == 2


def test_nothing_is_dated_before_the_last_step(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    told = stage.inputs("claim", matter)
    early = matter.last_at - timedelta(seconds=1)
    assert refused(lambda: actions.claim(matter, by=stage["clerk"], at=early, **told)) == "matter.before_last"
    assert actions.claim(matter, by=stage["clerk"], at=matter.last_at, **told)
