"""The town after some weeks of work: a matter in every state and every turn that one can take, made by the actions.

``STORY_NOW`` is the moment at which pages look at it; ``story_clock`` makes it the present for a test.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from django.test import Client

from luoshi.chapters.review.causes import actions as causes
from luoshi.core.evidence import storage
from luoshi.core.evidence.models import Item, StoredFile
from luoshi.core.matters import jobs
from luoshi.core.matters.models import Category, Evaluation, Grade, Matter, Secrecy, State
from luoshi.core.org.models import Person
from luoshi.core.plan.actions import GoalRow, load_goals
from luoshi.testing.cast import MAKER, PASSWORD, make_cast
from luoshi.testing.snapshot import laid
from tests.support.scenes import (
    PLAN,
    tell_accusations,
    tell_examples,
    tell_findings,
    tell_meetings,
    tell_papers,
    tell_plan,
    tell_self_review,
)
from tests.support.told import ACCUSED, Story, Town, picture, receipt

STORY_NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Wednesday, a working day."""
_files: dict[str, bytes] = {}
"""What the story's files hold, for whoever lays its rows again where the files are gone."""


def client_of(person: Person | None) -> Client:
    """A browser in which the person is signed in; ``None``: a citizen without an account."""
    client = Client()
    if person is not None:
        client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def finish(answer: Any) -> Any:
    """Read an answer to its end, as a browser does. (``close`` would also close the database's connection.)"""
    if answer.streaming:
        for _ in answer.streaming_content:
            pass
    return answer


@contextmanager
def story_clock(at: datetime = STORY_NOW) -> Iterator[None]:
    """The present is a moment of the story; every reading of it is a little later than the one before."""
    past = iter(range(10**9))
    with mock.patch("django.utils.timezone.now", side_effect=lambda: at + timedelta(milliseconds=next(past))):
        yield


def make_story(now: datetime = STORY_NOW) -> Story:
    """The whole story, the last act some minutes before ``now``."""
    story = laid(("story", now), lambda: _told(now))
    for sha256 in StoredFile.objects.values_list("pk", flat=True):
        if sha256 in _files:
            storage.put(_files[sha256], sha256)
        else:
            _files[sha256] = storage.path_of(sha256).read_bytes()
    return story


def _told(now: datetime) -> Story:
    stage = Town(make_cast(now - timedelta(days=60)), now - timedelta(days=30))
    story = Story(stage)

    def add(name: str, state: State, *, days: float, **inputs: Any) -> Matter:
        stage.at = now - timedelta(days=days)
        title = inputs.pop("title", f"{name} {state.label}的事")
        story.matters[name] = stage.at_state(state, title=title, **inputs)
        return story.matters[name]

    def do(verb: str, name: str, by: str, **inputs: Any) -> Any:
        return stage.do(verb, story.fresh(name), by, **inputs)

    goals = [GoalRow("lights", "town", "村村有灯", source="镇人代会报告"), GoalRow("roads", "town", "路路通")]
    story.goal, _ = load_goals(town=stage.cast.town, rows=goals, by=MAKER, at=stage.tick())
    story.plan = tell_plan(stage)
    water = Category.objects.create(town=stage.cast.town, code="water", name="水利", goal=story.goal)
    for state, days in (
        (State.REGISTERED, 0.05),
        (State.ASSIGNED, 0.1),
        (State.CONTESTED, 1),
        (State.WORKING, 1),
        (State.PLANNED, 3),
        (State.WAITING, 3),
        (State.SENT_UP, 3),
        (State.CLAIMED, 2),
        (State.VERIFIED, 9),
        (State.CLOSED, 11),
        (State.VOIDED, 4),
    ):
        add(str(state), state, days=days, problem="三盏灯不亮，晚上看不见路。", place="石桥沟村口", category=water)
    add("overdue", State.WORKING, days=12, title="水渠堵塞")
    add("due_today", State.WORKING, days=7)
    add("extension_asked", State.WORKING, days=2)
    do("ask_extension", "extension_asked", "clerk")
    add("extension_granted", State.WORKING, days=2)
    do("ask_extension", "extension_granted", "clerk")
    do("decide_extension", "extension_granted", "office")
    add("second_extension", State.WORKING, days=2)
    do("ask_extension", "second_extension", "clerk")
    do("decide_extension", "second_extension", "office")
    do("ask_extension", "second_extension", "clerk")
    add("extension_refused", State.WORKING, days=2)
    do("ask_extension", "extension_refused", "clerk")
    do("decide_extension", "extension_refused", "office", granted=False, reason="三天就能办完")
    add("plan_asked", State.WORKING, days=2)
    do("draft_plan", "plan_asked", "clerk")
    add("ruling_proposed", State.CONTESTED, days=1)
    do("propose_ruling", "ruling_proposed", "office", unit=stage.cast.units["yingji"])
    add("regrade_asked", State.WORKING, days=2)
    do("ask_regrade", "regrade_asked", "office", grade=Grade.MAJOR)
    add("regraded", State.WORKING, days=2)
    do("ask_regrade", "regraded", "office", grade=Grade.MAJOR)
    do("regrade", "regraded", "office2")
    add("void_asked", State.WORKING, days=2)
    do("ask_void", "void_asked", "office")
    add("verifier_named", State.CLAIMED, days=2)
    do("name_verifier", "verifier_named", "office", person=stage.cast.organisation)
    add("returned", State.WORKING, days=2)
    do("return_report", "returned", "office")
    add("transferred", State.WORKING, days=2)
    do("transfer", "transferred", "office")
    add("urged", State.WORKING, days=2)
    do("urge", "urged", "office")
    stage.tick(days=1)
    do("escalate", "urged", "office")
    add("dissent", State.CLAIMED, days=2)
    do("evaluate", "dissent", "other_village", answer=Evaluation.Answer.UNSATISFIED, words="还有一盏不亮")
    add("dissent_answered", State.CLAIMED, days=2)
    do("evaluate", "dissent_answered", "other_village", answer=Evaluation.Answer.UNSATISFIED)
    do("answer_dissent", "dissent_answered", "organisation")
    add("withdrawn", State.CLAIMED, days=2)
    do("withdraw", "withdrawn", "clerk")
    add("refused_claim", State.CLAIMED, days=2)
    do("verify", "refused_claim", "organisation", passed=False, seen="还黑着")
    add("late_dissent", State.CLOSED, days=11)
    do("evaluate", "late_dissent", "other_village", answer=Evaluation.Answer.UNSATISFIED, words="又灭了")
    add("look", State.CLOSED, days=11)
    do("name_verifier", "look", "office", person=stage.cast.other_head, task="look")
    add("looked", State.CLOSED, days=11)
    do("name_verifier", "looked", "office", person=stage.cast.other_head, task="look")
    do("look_again", "looked", "other_head")
    add("reopened", State.CLOSED, days=11)
    do("reopen", "reopened", "office")
    add("from_above", State.SENT_UP, days=3)
    do("answer_from_above", "from_above", "office", result="县里已换线")
    add("internal", State.WORKING, days=2, secrecy=Secrecy.INTERNAL)
    add("restricted", State.WORKING, days=2, secrecy=Secrecy.RESTRICTED)
    add("major", State.WORKING, days=2, grade=Grade.MAJOR, raisers=False)
    add("with_file", State.WORKING, days=1)
    do("report", "with_file", "clerk", files=[picture()])
    tell_findings(story, now)
    story.file = Item.objects.get(stream=story["with_file"].stream)
    do("co_report", "with_file", "village")
    tell_accusations(story, now)
    tell_papers(story, now)
    tell_self_review(story, now)
    tell_examples(story)
    tell_meetings(story, now)
    story.cause = causes.record_cause(
        town=stage.cast.town,
        kind="follow",
        whys=["渠没人清", "清渠没有排班"],
        things=[story.fresh("overdue")],
        by=stage["office"],
        at=stage.tick(),
    )
    stage.at = now - timedelta(hours=1)
    jobs.evaluations(SimpleNamespace(at=now - timedelta(minutes=30)))  # type: ignore[arg-type]
    for name in story.matters:
        story.matters[name] = story.fresh(name)
    return story


__all__ = [
    "ACCUSED",
    "PASSWORD",
    "PLAN",
    "STORY_NOW",
    "Story",
    "client_of",
    "make_story",
    "picture",
    "receipt",
    "story_clock",
]
