"""People are told of what concerns them, once, by day, and never of what they may not know or have done themselves."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from luoshi.core.journal.actions import record
from luoshi.core.journal.models import Event, Outbox
from luoshi.core.matters import actions as matters
from luoshi.core.matters import jobs
from luoshi.core.matters.models import Evaluation, Matter, Secrecy
from luoshi.core.matters.permissions import Standing
from luoshi.core.matters.transitions import VERBS
from luoshi.core.notices import actions, queries, rules
from luoshi.core.notices.models import Digest, Notice, Sweep
from luoshi.core.org import actions as org
from luoshi.core.org import queries as org_queries
from luoshi.core.org.models import Person
from luoshi.testing.cast import MAKER
from tests.support.story import STORY_NOW, client_of

if TYPE_CHECKING:
    from tests.support.story import Story

TOLD: dict[str, tuple[str, str, dict[str, Any], set[str]]] = {
    "assign": ("registered", "office", {}, {"head", "clerk", "former", "village"}),
    "contest": ("assigned", "head", {}, {"office", "office2"}),
    "propose_ruling": ("contested", "office", {}, {"leader"}),
    "rule": ("ruling_proposed", "leader", {}, {"other_head", "other_clerk", "deputy"}),
    "transfer": ("working", "office", {}, {"other_village"}),
    "hand_over": ("working", "clerk", {}, {"head"}),
    "return_report": ("working", "office", {}, {"clerk"}),
    "ask_extension": ("working", "clerk", {}, {"office", "office2"}),
    "decide_extension": ("extension_asked", "office", {}, {"clerk"}),
    "suspend": ("working", "office", {}, {"clerk"}),
    "resume": ("waiting", "office", {}, {"clerk"}),
    "draft_plan": ("working", "clerk", {}, {"leader"}),
    "approve_plan": ("plan_asked", "leader", {}, {"clerk"}),
    "answer_from_above": ("sent_up", "office", {}, {"clerk"}),
    "ask_regrade": ("working", "office", {}, {"office2"}),
    "regrade": ("regrade_asked", "office2", {}, {"clerk"}),
    "claim": ("working", "clerk", {}, {"office", "office2", "other_village"}),
    "name_verifier": ("claimed", "office", {}, {"discipline"}),
    "verify": ("claimed", "organisation", {}, {"office", "office2"}),
    "evaluate": ("claimed", "other_village", {}, {"office", "office2", "clerk"}),
    "answer_dissent": ("dissent", "organisation", {}, {"office", "office2", "clerk"}),
    "close": ("verified", "office", {}, {"clerk"}),
    "look_again": ("look", "other_head", {}, {"clerk"}),
    "reopen": ("closed", "office", {}, {"clerk"}),
    "ask_void": ("working", "office", {}, {"office2"}),
    "void": ("void_asked", "office2", {}, {"clerk", "other_village"}),
    "urge": ("working", "office", {}, {"head", "clerk", "former"}),
    "escalate": ("working", "office", {}, {"head", "clerk", "former"}),
}
"""On which matter, by whom, and who is told: nobody else, and never who did it."""


def fresh_start(story: Story) -> datetime:
    """Everything until now has been told and read."""
    Outbox.objects.all().delete()
    Notice.objects.all().delete()
    story.stage.at = timezone.now()
    return story.stage.at


def told(story: Story) -> dict[str, list[str]]:
    """Who has been told what, by the part they play."""
    parts = {person.pk: part for part, person in story.stage.parts.items()}
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.order_by("pk"):
        found.setdefault(parts[notice.person_id], []).append(notice.what)
    return found


@pytest.mark.parametrize("verb", TOLD)
def test_a_verb_tells_whom_it_concerns_once_and_nobody_else(story: Story, verb: str) -> None:
    name, by, inputs, whom = TOLD[verb]
    fresh_start(story)
    story.stage.do(verb, story[name], by, **inputs)
    assert actions.deliver(at=story.stage.at) == 1
    assert told(story) == {part: [VERBS[verb].event] for part in whom}
    assert by not in told(story)
    again = Event.objects.order_by("pk").last()
    assert again is not None
    Outbox.objects.create(event=again, consumer=actions.CONSUMER)
    before = Notice.objects.count()
    actions.deliver(at=story.stage.at)
    assert Notice.objects.count() == before


def test_every_verb_is_told_or_its_silence_is_meant() -> None:
    quiet = {
        "register": "the office itself did it",
        "sign": "seen in the list",
        "report": "waits in the office's list",
        "co_report": "waits in the office's list",
        "accept": "asks nothing of anybody",
        "send_up": "asks nothing of anybody here",
        "withdraw": "goes on with who withdrew",
        "describe": "asks nothing of anybody",
        "put_in_charge": "seen in the list",
    }
    names = {event.removeprefix("matter.") for event in rules.TELLS}
    assert {verb for verb in VERBS if verb not in names} == set(quiet)
    assert all(event.startswith("matter.") for event in rules.TELLS)


def test_nothing_of_an_accusation_is_ever_told_by_notice_or_mail(story: Story) -> None:
    fresh_start(story)
    story.stage.do("urge", story["accusation_working"], "discipline")
    Matter.objects.filter(pk=story["accusation_working"].pk).update(resolve_due=timezone.localdate())
    actions.deliver(at=story.stage.at)
    actions.remind(town_id=story.cast.town.pk, at=story.stage.at)
    assert not Notice.objects.filter(matter=story["accusation_working"]).exists()
    # One that was told before it was marked is neither listed, counted nor mailed afterwards.
    matter = story["working"]
    story.stage.do("urge", matter, "office")
    actions.deliver(at=story.stage.at)
    clerk = client_of(story.people["clerk"])
    assert matter.title in clerk.get("/notices/").content.decode()
    Matter.objects.filter(pk=matter.pk).update(secrecy=Secrecy.ACCUSATION, handler=story.cast.discipline)
    assert matter.title not in clerk.get("/notices/").content.decode()
    assert org.change_contact(story.cast.head, phone="", email="head@example.org", by=MAKER, at=story.stage.at)
    actions.mail(at=story.stage.at, sender="luoshi@example.org")
    assert all(matter.title not in str(sent.body) for sent in mail.outbox)


def test_only_who_may_see_the_matter_is_told(story: Story) -> None:
    fresh_start(story)
    Matter.objects.filter(pk=story["working"].pk).update(secrecy=Secrecy.RESTRICTED)
    story.stage.do("urge", story["working"], "office")
    actions.deliver(at=story.stage.at)
    standing = Standing(story.fresh("working"), day=timezone.localdate())
    assert set(told(story)) == {"head", "clerk"}
    for notice in Notice.objects.select_related("person"):
        assert standing.is_visible_to(org_queries.actor_of(notice.person, on=timezone.localdate()))


def test_handlers_are_reminded_once_of_what_newly_fell_due_and_of_nothing_else(story: Story) -> None:
    """Against a slow reading of every open matter, day by day over two weeks."""
    fresh_start(story)
    Sweep.objects.all().delete()
    town = story.cast.town.pk
    given: set[tuple[int, str]] = set()
    for day in range(14):
        at = STORY_NOW + timedelta(days=day)
        today = timezone.localdate(at)
        before = set(Notice.objects.values_list("matter_id", "what"))
        made = actions.remind(town_id=town, at=at)
        assert actions.remind(town_id=town, at=at + timedelta(hours=3)) == 0
        fresh = [pair for pair in Notice.objects.values_list("matter_id", "what") if pair not in before]
        assert len(fresh) == made
        wanted = set()
        for matter in Matter.objects.filter(state__in=["working", "planned"], handler__isnull=False):
            if matter.secrecy == Secrecy.ACCUSATION:
                continue
            if matter.resolve_due == today + timedelta(days=1):
                wanted.add((matter.pk, "due_soon"))
            if matter.resolve_due == today - timedelta(days=1):
                wanted.add((matter.pk, "overdue"))
            if matter.report_due == today and (matter.reported_at is None or matter.state == "planned"):
                wanted.add((matter.pk, "report_due"))
        assert set(fresh) == wanted, today
        assert not given & wanted
        given |= wanted
    assert len(given) > 10


def test_days_that_nobody_read_are_caught_up_at_once(story: Story) -> None:
    fresh_start(story)
    Sweep.objects.all().delete()
    matter = story["working"]
    actions.remind(town_id=story.cast.town.pk, at=STORY_NOW)
    Notice.objects.all().delete()
    Matter.objects.filter(pk=matter.pk).update(resolve_due=timezone.localdate(STORY_NOW) + timedelta(days=4))
    actions.remind(town_id=story.cast.town.pk, at=STORY_NOW + timedelta(days=10))
    assert set(Notice.objects.filter(matter=matter).values_list("what", flat=True)) >= {"overdue"}


def with_mail(story: Story, *parts: str) -> datetime:
    at = fresh_start(story)
    for part in parts:
        org.change_contact(story.stage.parts[part], phone="", email=f"{part}@example.org", by=MAKER, at=at)
    story.stage.do("urge", story["working"], "office")
    actions.deliver(at=story.stage.at)
    return story.stage.at


def test_one_digest_a_day_goes_by_day_to_who_has_an_address_and_says_what_happened(story: Story) -> None:
    at = with_mail(story, "clerk", "head")
    night = at.replace(hour=19)
    saturday = at + timedelta(days=3)
    assert actions.mail(at=night, sender="a@example.org") == 0
    assert actions.mail(at=saturday, sender="a@example.org") == 0
    assert actions.mail(at=at, sender="a@example.org") == 2
    assert sorted(sent.to[0] for sent in mail.outbox) == ["clerk@example.org", "head@example.org"]
    body = str(mail.outbox[0].body)
    assert story["working"].title in body
    assert "催办" in body
    story.stage.do("suspend", story["working"], "office")
    actions.deliver(at=story.stage.at)
    assert actions.mail(at=at + timedelta(hours=2), sender="a@example.org") == 0
    assert actions.mail(at=at + timedelta(days=1), sender="a@example.org") == 1
    assert "中止" in str(mail.outbox[-1].body)
    assert "催办" not in str(mail.outbox[-1].body)


def test_what_was_read_is_not_mailed(story: Story) -> None:
    at = with_mail(story, "clerk")
    client = client_of(story.people["clerk"])
    assert 'name="until"' in client.get("/notices/").content.decode()
    newest = Notice.objects.order_by("pk").last()
    assert newest is not None
    assert client.post("/notices/read/", {"until": newest.pk}).status_code == 302
    assert actions.mail(at=at, sender="a@example.org") == 0


class Refusing:
    """A mail server that refuses the first so many, as a backend of Django's."""

    left = 0

    def __init__(self, **given: Any) -> None:
        self.given = given

    def send_messages(self, messages: list[Any]) -> int:
        if Refusing.left:
            Refusing.left -= 1
            raise ConnectionRefusedError
        mail.outbox.extend(messages)
        return len(messages)


def test_a_digest_that_failed_is_tried_again_and_goes_once(story: Story) -> None:
    at = with_mail(story, "clerk")
    Refusing.left = 2
    with override_settings(EMAIL_BACKEND="tests.test_notices.Refusing"):
        assert [actions.mail(at=at + timedelta(minutes=10 * n), sender="a@example.org") for n in range(4)] == [
            0,
            0,
            1,
            0,
        ]
    digest = Digest.objects.get()
    assert (digest.tries, digest.error, len(mail.outbox)) == (3, "", 1)


def test_a_digest_that_may_have_gone_is_never_sent_a_second_time(story: Story) -> None:
    at = with_mail(story, "clerk")
    with override_settings(EMAIL_BACKEND="tests.test_notices.BreakingOff"), pytest.raises(KeyboardInterrupt):
        actions.mail(at=at, sender="a@example.org")
    assert actions.mail(at=at + timedelta(minutes=10), sender="a@example.org") == 0
    assert actions.mail(at=at + timedelta(days=1), sender="a@example.org") == 1


class BreakingOff(Refusing):
    """A mail server during whose answer the program is ended."""

    def send_messages(self, messages: list[Any]) -> int:
        raise KeyboardInterrupt


def test_people_whose_mail_never_goes_do_not_hold_up_the_others(story: Story) -> None:
    at = with_mail(story, "clerk", "head")
    first = Person.objects.filter(email__gt="").order_by("pk")[0]
    Digest.objects.create(person=first, on=timezone.localdate(at), notices=1, tries=actions.MOST_TRIES, error="X")
    assert actions.mail(at=at, sender="a@example.org", most=1) == 1


def test_raisers_who_say_nothing_are_reminded_once_and_then_count_as_no_answer(story: Story) -> None:
    fresh_start(story)
    matter = story["claimed"]
    asked = Evaluation.objects.filter(matter=matter, answer="")
    due = asked[0].answer_due
    for days in range(12):
        story.stage.at = STORY_NOW + timedelta(days=days)
        jobs.evaluations(_Context(story.stage.at))  # type: ignore[arg-type]
        jobs.evaluations(_Context(story.stage.at))  # type: ignore[arg-type]
    verbs = list(Event.objects.filter(stream=matter.stream).values_list("verb", flat=True))
    assert verbs.count("matter.evaluation_reminded") == verbs.count("matter.evaluation_lapsed") == 2
    lapsed = Event.objects.filter(stream=matter.stream, verb="matter.evaluation_lapsed").order_by("pk")[0]
    assert timezone.localdate(lapsed.happened_at) > due
    assert set(Evaluation.objects.filter(matter=matter).values_list("answer", flat=True)) == {"no_answer"}
    assert "satisfied" not in json.loads(lapsed.data).values()
    actions.deliver(at=story.stage.at, batch=10_000)
    assert told(story)["other_village"].count("matter.evaluation_reminded") >= 1
    late = matters.evaluate(
        story.stage.raiser(matter),
        answer=Evaluation.Answer.UNSATISFIED,
        by=story.stage["other_village"],
        at=story.stage.tick(),
    )
    assert late.is_late


class _Context:
    def __init__(self, at: datetime) -> None:
        self.at = at


def test_the_page_of_notices_shows_ones_own_and_turns_over_by_key(story: Story) -> None:
    fresh_start(story)
    clerk, head = client_of(story.people["clerk"]), client_of(story.people["head"])
    assert "没有消息" in clerk.get("/notices/").content.decode()
    rows = [
        Notice(
            person=story.cast.clerk,
            matter=story["working"],
            event_id=n,
            what="matter.urge",
            on=STORY_NOW.date(),
            made_at=STORY_NOW,
        )
        for n in range(1, 131)
    ]
    Notice.objects.bulk_create(rows)
    text = clerk.get("/notices/").content.decode()
    assert story["working"].title in text
    assert "更早的" in text
    assert story["working"].title not in head.get("/notices/").content.decode()
    assert head.post("/notices/read/", {"until": "9" * 30}).status_code == 302
    assert Notice.objects.filter(read_at__isnull=True).count() == 130
    clerk.post("/notices/read/", {"until": rows[0].pk or Notice.objects.order_by("pk")[0].pk})
    assert Notice.objects.filter(read_at__isnull=True).count() == 129


def test_dates_that_the_calendar_moved_are_told_to_each_once_with_how_many(story: Story) -> None:
    """Pressed in two goes, each in batches of its own: one notice a person, and none of accusations."""
    at = fresh_start(story)
    matters_moved = [story[name] for name in ("working", "planned", "registered", "accusation_working")]
    for matter in matters_moved:
        with transaction.atomic():
            record(
                stream=matter.stream,
                verb="matter.dates_recomputed",
                by=story.stage["organisation"].signature(),
                at=at,
                data={"resolve_due": ["2027-01-05", "2027-01-06"], "provisional": False},
            )
    with transaction.atomic():
        record(
            stream=story["claimed"].stream,
            verb="matter.dates_recomputed",
            by=story.stage["organisation"].signature(),
            at=at,
            data={"provisional": False},
        )
    assert actions.deliver(at=at, batch=2) == 2
    clerk = org_queries.actor_of(story.cast.clerk, on=at.date())
    assert actions.read(by=clerk, at=at) == 1
    while actions.deliver(at=at, batch=2):
        pass
    found = {notice.person.name: notice.count for notice in Notice.objects.select_related("person")}
    handled = sum(story.fresh(name).handler_id == story.cast.clerk.pk for name in ("working", "planned"))
    assert handled
    assert found == {"赵小兰": handled, "周敏": 3, "吴桐": 3}
    assert Notice.objects.count() == len(found)
    (said,) = queries.said(queries.mine(clerk)[:1], clerk)
    assert said.words == f"新公布的日历改了期限：您经办、督办的事项里有 {handled} 件"
    page = client_of(story.people["clerk"]).get("/notices/").content.decode()
    assert said.words in page
