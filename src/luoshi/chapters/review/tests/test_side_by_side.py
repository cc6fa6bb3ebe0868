import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.conf import settings
from django.db import connections

from luoshi.chapters.review import rules
from luoshi.chapters.review.actions import merge, open_matter, present, take_from_public, unmerge
from luoshi.chapters.review.likeness import actions as likeness
from luoshi.chapters.review.likeness.models import Suggestion
from luoshi.chapters.review.models import Channel, Finding, State, Tally
from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Matter, Raiser
from luoshi.kit.errors import Refused
from luoshi.testing.cast import make_cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "sqlite" in settings.DATABASES["default"]["ENGINE"],
        reason="SQLite has one writer at a time, and its database of the tests belongs to one thread",
    ),
]


def at_once(*acts: Callable[[], object]) -> list[str]:
    """All acts from threads that begin together; of each ``done`` or the code of what was refused."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        gate.wait(20)
        try:
            act()
        except Refused as said:
            return said.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_two_people_pressing_at_once_open_one_matter(now: datetime) -> None:
    cast = make_cast(now)
    taken = [
        take_from_public(town=cast.town, channel=Channel.CITIZEN, words="路灯坏了", address="192.0.2.1", at=now)
        for _ in range(3)
    ]
    one, two, three = (t.finding for t in taken)
    office, office2 = (cast.actor(p, now.date()) for p in (cast.office, cast.office2))
    assert at_once(
        lambda: open_matter(one, title="修路灯", by=office, at=now),
        lambda: open_matter(one, title="换路灯", by=office2, at=now),
    ) == ["done", "review.state"]
    assert Matter.objects.count() == 1

    # Each into the other: one goes, the other then finds its target merged already. No deadlock, no ring.
    assert at_once(
        lambda: merge(two, into=three, reason="", by=office, at=now),
        lambda: merge(three, into=two, reason="", by=office2, at=now),
    ) == ["done", "review.target_merged"]
    assert Finding.objects.filter(state=State.MERGED).count() == 1
    assert Event.objects.filter(verb="finding.merged").count() == 1


def test_suggestions_decided_by_two_at_once_end_in_one_merge(now: datetime) -> None:
    cast = make_cast(now)
    town = cast.town
    office, office2 = (cast.actor(p, now.date()) for p in (cast.office, cast.office2))

    def pair() -> Suggestion:
        one, other = (
            take_from_public(town=town, channel=Channel.CITIZEN, words="路灯坏了", address="192.0.2.1", at=now).finding
            for _ in range(2)
        )
        return Suggestion.objects.create(town=town, one=one, other=other, score=0.9, made_at=now)

    # each into the other, by two people
    both = pair()
    assert at_once(
        lambda: likeness.accept(both, source=both.one, by=office, at=now),
        lambda: likeness.accept(both, source=both.other, by=office2, at=now),
    ) == ["done", "likeness.decided"]
    # one takes it out again while the other says from the list that it is one thing: neither waits for ever
    both.refresh_from_db()
    merged = Finding.objects.get(state=State.MERGED)
    at_once(
        lambda: unmerge(merged, reason="看错了", by=office, at=now),
        lambda: likeness.accept(both, source=merged, by=office2, at=now),
    )
    # 是同一件 and 不是同一件 at once
    other = pair()
    said = at_once(
        lambda: likeness.accept(other, source=other.other, by=office, at=now),
        lambda: likeness.reject(other, by=office2, at=now),
    )
    assert said == ["done", "likeness.decided"]


def test_guesses_made_at_once_are_all_counted(now: datetime) -> None:
    said = at_once(*[lambda: present("2222222222", address="192.0.2.9", at=now)] * 16)
    assert said == ["review.receipt_unknown"] * 10 + ["review.too_many"] * 6
    assert Tally.objects.get().count == rules.GUESSES.times
    assert not Raiser.objects.exists()
