from datetime import datetime

import pytest

from luoshi.chapters.review import queries
from luoshi.chapters.review.actions import (
    answer,
    mark_accusation,
    merge,
    open_matter,
    take_from_public,
    unmark_accusation,
)
from luoshi.chapters.review.models import Channel, Finding, State
from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Secrecy
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast


def raised(cast: Cast, at: datetime, *, accusation: bool) -> Finding:
    return take_from_public(
        town=cast.town,
        channel=Channel.CITIZEN,
        words="村干部收了修路的好处费",
        address="192.0.2.1",
        at=at,
        is_accusation=accusation,
    ).finding


@pytest.mark.row("1.2")
def test_an_accusation_is_seen_by_discipline_inspection_alone(cast: Cast, now: datetime) -> None:
    secret, plain = raised(cast, now, accusation=True), raised(cast, now, accusation=False)
    seers = {
        part
        for part, who in cast.everybody.items()
        if queries.visible_to(cast.actor(who, now.date())).filter(pk=secret.pk)
    }
    assert seers == {"discipline"}
    office, discipline = cast.actor(cast.office, now.date()), cast.actor(cast.discipline, now.date())

    assert queries.page(office).rows == [plain]
    assert queries.page(office, q="好处费").rows == [plain]
    assert queries.page(discipline, q="好处费").rows == []
    assert queries.similar(office, plain) == []
    assert (queries.waiting(office), queries.waiting(discipline)) == (1, 1)
    assert queries.reckoning(office, year=2026).found == 1
    assert queries.may_see_stream(discipline, secret.stream)
    assert not queries.may_see_stream(office, secret.stream)
    for act in (
        lambda: open_matter(secret, title="查", by=office, at=now),
        lambda: answer(secret, text="好", by=office, at=now),
        lambda: merge(plain, into=secret, reason="", by=office, at=now),
        lambda: unmark_accusation(secret, reason="不是", by=office, at=now),
    ):
        with pytest.raises(Refused, match="没有这件问题"):
            act()


@pytest.mark.row("1.2")
def test_marking_hides_at_once_and_unmarking_brings_back(cast: Cast, now: datetime) -> None:
    finding = raised(cast, now, accusation=False)
    office, discipline = cast.actor(cast.office, now.date()), cast.actor(cast.discipline, now.date())
    with pytest.raises(Refused, match="督办室办理"):
        mark_accusation(finding, by=cast.actor(cast.clerk, now.date()), at=now)
    mark_accusation(finding, by=office, at=now)
    assert queries.page(office).rows == []
    assert queries.page(office, q="好处费").rows == []
    assert queries.page(discipline).rows == [finding]
    with pytest.raises(Refused, match="逐件处理"):
        merge(finding, into=raised(cast, now, accusation=False), reason="", by=discipline, at=now)
    unmark_accusation(finding, reason="是对收费标准的疑问", by=discipline, at=now)
    assert finding in queries.page(office, q="好处费").rows


@pytest.mark.row("1.2")
def test_an_accusation_becomes_a_matter_of_discipline_inspection(cast: Cast, now: datetime) -> None:
    office, discipline = cast.actor(cast.office, now.date()), cast.actor(cast.discipline, now.date())
    plain = raised(cast, now, accusation=False)
    with pytest.raises(Refused, match="纪检监察立项"):
        open_matter(plain, title="查", secrecy=Secrecy.ACCUSATION, by=office, at=now)
    secret = raised(cast, now, accusation=True)
    matter = open_matter(secret, title="核实好处费", by=discipline, at=now)
    assert matter.secrecy == Secrecy.ACCUSATION
    assert not matters.visible_to(office).filter(pk=matter.pk).exists()
    assert matters.visible_to(discipline).filter(pk=matter.pk).exists()
    secret.refresh_from_db()
    assert secret.state == State.OPENED
