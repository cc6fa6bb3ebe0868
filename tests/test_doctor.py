"""Doctor finds a well town well, and says of each thing that was broken on purpose that it is, and what to do."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import F
from django.test import override_settings

from luoshi.chapters.review.causes.models import Cause, CauseLink
from luoshi.chapters.review.examples.models import Example
from luoshi.chapters.review.likeness.models import Look, Suggestion, Topic
from luoshi.chapters.review.meetings.models import Meeting, Resolution
from luoshi.chapters.review.models import Finding
from luoshi.chapters.review.selfreview.models import Answer, Sheet
from luoshi.core.evidence import storage
from luoshi.core.evidence.models import StoredFile
from luoshi.core.matters.models import Category, Claim, CoUnit, DateMove, Handling, Matter, Pause, Verdict
from luoshi.core.org.models import Person, Unit
from luoshi.core.papers.models import Delivery, Paper, PaperFigure
from luoshi.kit import health
from luoshi.kit.jobs.models import Job, Schedule
from luoshi.kit.search.models import Entry
from tests.support.story import STORY_NOW

MACHINE = {"installation.settings", "installation.disk", "installation.secret", "installation.clock", "journal.clock"}
"""What depends on where the tests run; the others have to be well."""
LONG_AGO = datetime(2020, 1, 2, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def files(tmp_path, settings, story):
    """The story's files, in a folder where they can be spoilt."""
    shutil.copytree(settings.MEDIA_ROOT, tmp_path / "files")
    settings.MEDIA_ROOT = tmp_path / "files"
    for place in Path(settings.MEDIA_ROOT).rglob("*"):
        if place.is_file() and not StoredFile.objects.filter(sha256=place.name).exists():
            place.unlink()


def told(*names, at=STORY_NOW, full=False):
    """What is wrong according to these checks, in one text."""
    results = health.examine(health.Examination(at, full=full), names or set(health._checks) - MACHINE)
    return "\n".join(f"{one.label}：{symptom}" for one in results for symptom in one.symptoms if symptom.is_wrong)


@pytest.mark.parametrize("full", [False, True])
def test_a_well_town_is_found_well(full):
    assert told(full=full) == ""


def spoil_file():
    place = storage.path_of(StoredFile.objects.first().sha256)
    data = bytearray(place.read_bytes())
    data[-1] ^= 1
    place.write_bytes(data)


def lose_file():
    storage.path_of(StoredFile.objects.first().sha256).unlink()


def judge_had_handled():
    one = Verdict.objects.first()
    Handling.objects.create(matter=one.matter, person=one.judge, unit=one.judge_unit, since=one.judged_at)


def co_unit_judged():
    one = Verdict.objects.filter(passed=True, matter__state="closed", round=F("matter__round")).first()
    CoUnit.objects.create(matter=one.matter, unit=one.judge_unit)


def unit_above_judged():
    one = Verdict.objects.first()
    one.lead_unit.path = one.judge_unit.path + "below/"
    one.lead_unit.save()


def cut_stream():
    sql("UPDATE journal_stream SET count = count - 1 WHERE count = (SELECT max(count) FROM journal_stream)")


def lose_waiting():
    sql("DELETE FROM journal_outbox WHERE id = (SELECT min(id) FROM journal_outbox WHERE consumer = 'seal')")


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def accusation_found():
    one = Matter.objects.filter(secrecy="open").first()
    Matter.objects.filter(pk=one.pk).update(secrecy="accusation")


def dead_worker():
    Schedule.objects.update(next_at=STORY_NOW)
    Schedule.objects.get_or_create(kind="jobs.forget", defaults={"next_at": STORY_NOW})
    Job.objects.create(
        kind="jobs.forget",
        state="running",
        lease_until=STORY_NOW - timedelta(hours=1),
        run_at=STORY_NOW,
        created_at=STORY_NOW,
    )


def failed_job():
    Job.objects.create(
        kind="jobs.forget",
        state="failed",
        error="磁盘满",
        run_at=STORY_NOW,
        created_at=STORY_NOW,
        finished_at=STORY_NOW,
    )


def circle_of_causes():
    one = Cause.objects.first()
    other = Cause.objects.create(
        town=one.town, kind=one.kind, whys=["更深"], under=one, made_at=one.made_at, last_at=one.last_at
    )
    Cause.objects.filter(pk=one.pk).update(under=other)


def cause_left_behind():
    opened = Finding.objects.filter(state="opened").first()
    CauseLink.objects.filter(pk=CauseLink.objects.first().pk).update(matter=None, finding=opened)


def circle_of_merges():
    one, other = Finding.objects.filter(is_accusation=False, state="new").order_by("pk")[:2]
    for a, b in ((one, other), (other, one)):
        Finding.objects.filter(pk=a.pk).update(state="merged", merged_into=b)


def circle_of_categories():
    town = Matter.objects.first().town
    one = Category.objects.create(town=town, code="zz-1", name="甲")
    other = Category.objects.create(town=town, code="zz-2", name="乙", parent=one)
    Category.objects.filter(pk=one.pk).update(parent=other)


def example_of_nothing():
    example = Example.objects.filter(state="proposed").first()
    person = example.proposed_by
    Example.objects.filter(pk=example.pk).update(kind="person", person=person)


def learnt_too_often():
    finding = Finding.objects.filter(is_accusation=False).first()
    category = Category.objects.create(town=finding.town, code="zz-1", name="甲")
    Look.objects.update_or_create(finding=finding, defaults={"looked_at": STORY_NOW, "learnt_category": category})


def reviewer_wrote():
    paper = Paper.objects.filter(serial__isnull=False).first()
    paper.versions.update(by=paper.reviewer)


def other_town():
    return Unit.objects.filter(kind="town").exclude(pk=Matter.objects.first().town_id).first()


ISSUED = {"serial__isnull": False}
BROKEN = [
    ("causes.chains", circle_of_causes, "绕成一圈"),
    ("causes.chains", lambda: Cause.objects.update(whys=[]), "没有写为什么"),
    ("causes.chains", cause_left_behind, "没有跟到事项上"),
    ("causes.chains", lambda: CauseLink.objects.first().cause and Cause.objects.update(town=other_town()), "外镇的事"),
    ("review.merging", circle_of_merges, "绕成一圈"),
    ("matters.categories", circle_of_categories, "绕成一圈"),
    ("examples.proofs", example_of_nothing, "没有任何凭据"),
    ("examples.proofs", lambda: Example.objects.filter(state="approved").update(state="withdrawn", reason="x"), "流水"),
    ("meetings.minutes", lambda: Meeting.objects.filter(version=1).update(version=2), "版次不连续"),
    ("meetings.minutes", lambda: Resolution.objects.filter(since=1).update(finding=None), "没有成为问题"),
    ("meetings.minutes", lambda: Resolution.objects.update(since=9), "对不上"),
    ("meetings.minutes", lambda: Finding.objects.filter(channel="meeting").update(received_at=LONG_AGO), "编号找不到"),
    (
        "selfreview.sheets",
        lambda: Sheet.objects.filter(state="draft").update(state="handed_in", handed_in_at=STORY_NOW),
        "流水",
    ),
    ("selfreview.sheets", lambda: Answer.objects.update(text=""), "找不到"),
    ("selfreview.sheets", lambda: Answer.objects.filter(benchmark="tasks").update(benchmark="nothing"), "表上没有"),
    (
        "selfreview.sheets",
        lambda: Sheet.objects.filter(state="draft", kind="person").update(unit=other_town()),
        "不属于这一轮的乡镇",
    ),
    (
        "likeness.suggestions",
        lambda: Suggestion.objects.update(state="accepted", decided_at=STORY_NOW, waits=False),
        "没有并在一起",
    ),
    ("likeness.waiting", lambda: Suggestion.objects.update(waits=False), "该不该等着核对"),
    ("likeness.suggestions", lambda: Suggestion.objects.update(town=other_town()), "外镇"),
    ("likeness.learnt", learnt_too_often, "对不上"),
    ("likeness.topics", lambda: Topic.objects.update(town=other_town()), "外镇"),
    (
        "papers.figures",
        lambda: PaperFigure.objects.filter(paper__serial__isnull=False).update(value=None),
        "没有全部定下来",
    ),
    ("papers.figures", lambda: Paper.objects.filter(**ISSUED).update(version=3), "稿次不全"),
    ("papers.hands", reviewer_wrote, "写稿的人自己核稿"),
    (
        "papers.hands",
        lambda: Paper.objects.filter(**ISSUED).update(alone=True, signer=Person.objects.get(name="赵小兰")),
        "不是书记",
    ),
    ("papers.hands", lambda: Delivery.objects.update(received_at=STORY_NOW - timedelta(days=9)), "签收对不上"),
    ("evidence.files", spoil_file, "内容和上传时不一样"),
    ("evidence.files", lose_file, "文件不见了"),
    ("evidence.files", lose_file, "，所属 "),
    ("matters.separation", judge_had_handled, "经办过的人自己核查"),
    ("matters.separation", co_unit_judged, "由协办单位核查"),
    ("matters.separation", unit_above_judged, "上级或下级单位核查"),
    ("matters.counters", lambda: Matter.objects.filter(pk=Matter.objects.first().pk).update(round=3), "轮次"),
    ("matters.counters", lambda: Claim.objects.filter(pk=Claim.objects.first().pk).update(number=9), "申请次数"),
    ("matters.counters", lambda: Pause.objects.filter(until__isnull=True).first().delete(), "中止计时"),
    ("matters.counters", lambda: Handling.objects.all().delete(), "经办人不在经办记录里"),
    (
        "matters.counters",
        lambda: DateMove.objects.filter(which="resolve").update(new=STORY_NOW.date() + timedelta(days=999)),
        "最后一次改期",
    ),
    ("matters.counters", lambda: sql("DELETE FROM journal_stream WHERE name LIKE 'matter:%'"), "没有任何流水"),
    (
        "matters.dates",
        lambda: Matter.objects.filter(state="working", round=1).update(
            report_due=STORY_NOW.date() + timedelta(days=99)
        ),
        "按规则推算的不一样",
    ),
    ("papers.search", lambda: Entry.objects.filter(kind="paper").first().delete(), "检索不到"),
    ("matters.search", lambda: Entry.objects.filter(kind="matter").first().delete(), "检索不到"),
    ("matters.search", accusation_found, "不该找到"),
    ("matters.search", lambda: Matter.objects.filter(secrecy="open").update(title="别的"), "检索词和内容不一样"),
    ("review.search", lambda: Finding.objects.update(words="别的话"), "检索词和内容不一样"),
    (
        "review.reckoning",
        lambda: Finding.objects.filter(state="opened").update(state="new", matter=None),
        "找不到那条问题",
    ),
    ("journal.whole", cut_stream, "流水不完好"),
    ("journal.whole", lose_waiting, "不在待封之列"),
    ("jobs.work", dead_worker, "办到一半没有下文"),
    ("jobs.work", failed_job, "磁盘满"),
]


@pytest.mark.parametrize(("name", "breaks", "said"), BROKEN)
def test_what_was_broken_is_named_with_the_way_out(name, breaks, said):
    assert told(name) == ""
    breaks()
    assert said in told(name)
    assert "请" in told(name) or "会自动" in told(name)


def test_changed_columns_are_found_and_of_a_long_journal_it_is_said_that_they_were_not_looked_at(monkeypatch):
    sql("UPDATE journal_event SET post = 'post:9' WHERE id = (SELECT min(id) FROM journal_event)")
    assert "被改动" in told("journal.whole")
    monkeypatch.setattr("luoshi.core.journal.health.READ", 1)
    (result,) = health.examine(health.Examination(STORY_NOW), ["journal.whole"])
    assert result.is_well
    assert "只核对了条数和首尾" in str(result.symptoms[0])
    lose_waiting()
    assert "对不上" in told("journal.whole")
    assert "被改动" in told("journal.whole", full=True)


def test_a_clock_that_was_put_back_is_seen_in_the_journal_and_in_what_is_to_come():
    assert told("journal.clock", at=datetime(2030, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))) == ""
    assert "时钟被往回拨过" in told("journal.clock", at=STORY_NOW - timedelta(days=400))
    Schedule.objects.update_or_create(kind="jobs.forget", defaults={"next_at": STORY_NOW + timedelta(hours=3)})
    assert "时钟被往回拨过" in told("jobs.work")


def test_next_years_days_are_missed_from_december_on():
    assert told("workdays.years") == ""
    assert "2027" in told("workdays.years", at=STORY_NOW + timedelta(days=20))


def test_files_that_nobody_names_are_told_and_left_alone(settings):
    strange = storage.path_of("c" * 64)
    strange.parent.mkdir(parents=True)
    strange.write_text("of another town")
    (result,) = health.examine(health.Examination(STORY_NOW), ["evidence.files"])
    assert result.is_well
    assert "没有任何记录" in str(result.symptoms[0])
    assert strange.exists()


def test_a_secret_that_others_may_read_is_told(tmp_path):
    place = tmp_path / "secret"
    place.write_text("x" * 64)
    place.chmod(0o644)
    with override_settings(VAR=tmp_path):
        assert "chmod 600" in told("installation.secret")
        place.chmod(0o600)
        assert "密钥文件" not in told("installation.secret")


def test_a_check_that_falls_over_is_a_symptom_and_hides_no_other():
    def falls(examination):
        raise ZeroDivisionError("by zero")

    health.register("test.falls", "会倒的", falls)
    try:
        results = list(health.examine(health.Examination(STORY_NOW), ["test.falls", "workdays.years"]))
    finally:
        del health._checks["test.falls"]
    assert sorted(one.is_well for one in results) == [False, True]
