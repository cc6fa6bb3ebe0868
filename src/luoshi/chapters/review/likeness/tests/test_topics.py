"""What was said most in a month: every figure of the page counted again from the findings themselves."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from luoshi.chapters.review.actions import mark_accusation, merge, open_matter, take, take_from_public
from luoshi.chapters.review.likeness import jobs, topics
from luoshi.chapters.review.likeness.models import Topic, TopicFinding
from luoshi.chapters.review.models import Channel, Finding
from luoshi.core.matters.models import Category
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor
from luoshi.testing.cast import Cast

MONTH = date(2026, 11, 1)
LAMPS = (
    "石桥沟村东头变压器旁边的路灯坏了，整夜不亮",
    "石桥沟村变压器旁边那盏路灯整夜不亮，老人出门摔跤",
    "石桥沟村变压器旁边路灯整夜不亮，我电话13812345678",
)
WATER = "柳河湾村自来水浑浊有异味，烧开也不能喝"


@pytest.fixture
def office(cast: Cast, now: datetime) -> Actor:
    return cast.actor(cast.office, now.date())


def said(town: Unit, at: datetime, words: str, place: str = "") -> Finding:
    return take_from_public(
        town=town, channel=Channel.CITIZEN, words=words, place=place, address="192.0.2.7", at=at
    ).finding


@pytest.fixture
def month(cast: Cast, now: datetime, office: Actor) -> dict[str, Finding]:
    """Three of one lamp by two channels, two of the water merged by a person, one alone, one of October, one accusing."""
    at = now - timedelta(days=10)
    made = {f"lamp{n}": said(cast.town, at, words, "石桥沟村") for n, words in enumerate(LAMPS[:2])}
    made["lamp2"] = take(
        town=cast.town, channel=Channel.CADRE, words=LAMPS[2], by=cast.actor(cast.village, now.date()), at=at
    ).finding
    made["water"], made["pipes"] = said(cast.town, at, WATER), said(cast.town, at, "水管老化，请换新的")
    made["alone"] = said(cast.town, at, "合作医疗什么时候缴费")
    made["october"] = said(cast.town, now - timedelta(days=40), LAMPS[0])
    made["accused"] = said(cast.town, at, LAMPS[1])
    mark_accusation(made["accused"], by=office, at=at)
    merge(made["pipes"], into=made["water"], reason="", by=office, at=at)
    open_matter(made["water"], title="换水管", by=office, at=at)
    assert topics.remake(cast.town, MONTH, at=now) == 2
    return made


def test_what_is_alike_and_what_was_merged_stand_together_the_most_spoken_of_first(
    month: dict[str, Finding], office: Actor
) -> None:
    lamp, water = topics.told(office, MONTH)
    assert {one.pk for one in lamp.findings} == {month[name].pk for name in ("lamp0", "lamp1", "lamp2")}
    assert {one.pk for one in water.findings} == {month[name].pk for name in ("water", "pipes")}
    assert {"路灯", "变压器"} <= set(lamp.topic.words)
    assert "138" not in str(lamp.topic.words) + lamp.topic.title


def test_every_figure_is_what_counting_the_findings_again_gives(
    month: dict[str, Finding], office: Actor, cast: Cast
) -> None:
    for told in topics.told(office, MONTH):
        pks = set(TopicFinding.objects.filter(topic=told.topic).values_list("finding_id", flat=True))
        again = [one for one in Finding.objects.all() if one.pk in pks]
        assert told.count == len(again)
        assert dict(told.channels) == Counter(one.get_channel_display() for one in again)
        assert told.first == min(one.received_at for one in again)
        assert sum(part.count for part in told.done) == told.count
        assert all(not one.is_accusation for one in again)
        assert all(timezone.localdate(one.received_at).month == 11 for one in again)
    water = topics.told(office, MONTH)[1]
    assert [(part.words, part.count) for part in water.done] == [("已立项", 2)]
    assert [matter.title for matter in topics.matters_of(water)] == ["换水管"]


def test_categories_add_up_to_what_was_received_and_lead_to_just_those_rows(
    month: dict[str, Finding], office: Actor, cast: Cast
) -> None:
    top = Category.objects.create(town=cast.town, code="roads", name="道路交通")
    leaf = Category.objects.create(town=cast.town, code="roads-2", name="道路管护", parent=top)
    low = Category.objects.create(town=cast.town, code="roads-2-2", name="路灯", parent=leaf)
    for name, category in (("lamp0", top), ("lamp1", leaf), ("lamp2", low)):
        Finding.objects.filter(pk=month[name].pk).update(category=category)
    kinds = {kind.category: kind.count for kind in topics.kinds(office, MONTH)}
    assert kinds == {top: 3, None: 3}
    client = Client()
    client.force_login(cast.office.account, backend="django.contrib.auth.backends.ModelBackend")
    for key, names in ((top.pk, ("lamp0", "lamp1", "lamp2")), ("none", ("water", "pipes", "alone"))):
        url = f"/ledgers/findings/?category={key}&received_from=2026-11-01&received_to=2026-11-30"
        page = client.get(url).content.decode()
        for name, finding in month.items():
            assert (f"/review/findings/{finding.pk}/" in page) == (name in names)
    page = client.get("/likeness/topics/").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "6 件" in page
    assert "3 次" in page
    assert "13812345678" not in page
    assert client.get("/likeness/topics/?month=1999-01").status_code == 404
    one = client.get(f"/likeness/topics/{topics.told(office, MONTH)[1].topic.pk}/").content.decode()
    assert "换水管" in one
    assert "13812345678" not in one


def test_other_towns_and_who_sees_no_findings_learn_nothing(
    month: dict[str, Finding], cast: Cast, now: datetime
) -> None:
    for person in (cast.outsider, cast.clerk, cast.discipline):
        assert topics.told(cast.actor(person, now.date()), MONTH) == []
    client = Client()
    client.force_login(cast.outsider.account, backend="django.contrib.auth.backends.ModelBackend")
    topic = Topic.objects.get(place=1)
    assert client.get(f"/likeness/topics/{topic.pk}/").status_code == 404


def test_topics_are_made_again_only_when_something_happened(
    month: dict[str, Finding], cast: Cast, now: datetime, office: Actor
) -> None:
    class Context:
        payload, job_id = {}, 1

        def __init__(self, at: datetime) -> None:
            self.at = at

        def report(self, percent: int, message: str = "") -> None:
            pass

    assert jobs.make_topics(Context(now + timedelta(hours=1))) == {"topics": 0}
    said(cast.town, now + timedelta(hours=2), LAMPS[0], "石桥沟村")
    assert jobs.make_topics(Context(now + timedelta(hours=3))) == {"topics": 2}
    assert topics.told(office, MONTH)[0].count == 4


@pytest.mark.row("4.4")
def test_what_turns_out_an_accusation_leaves_its_topic_at_once_title_and_all(
    month: dict[str, Finding], cast: Cast, now: datetime, office: Actor
) -> None:
    before = topics.told(office, MONTH)[0]
    assert before.topic.title == month["lamp0"].title
    mark_accusation(month["lamp0"], by=office, at=now)
    told = topics.told(office, MONTH)[0]
    assert {one.pk for one in told.findings} == {month["lamp1"].pk, month["lamp2"].pk}
    assert (told.topic.title, told.topic.words) == (month["lamp1"].title, [])
    assert not topics.is_current(cast.town, MONTH)
    topics.remake(cast.town, MONTH, at=now + timedelta(minutes=1))
    assert "石桥沟" not in topics.told(office, MONTH)[0].topic.words
