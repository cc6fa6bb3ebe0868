"""Causes, examples and meetings as somebody clicks through them; what was typed stays where something is refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from luoshi.chapters.review.causes.models import Cause, PainRule, VillageSpot
from luoshi.chapters.review.examples.models import Example
from luoshi.chapters.review.meetings.models import Meeting, Resolution
from luoshi.chapters.review.models import Finding
from luoshi.core.matters import actions as matters
from luoshi.core.matters.models import Matter
from luoshi.core.org.models import Person
from luoshi.testing.cast import Cast, make_cast


@pytest.fixture
def now() -> datetime:
    """Pages read the real clock, so the cast lives in the present."""
    return timezone.now() - timedelta(hours=1)


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return make_cast(now - timedelta(days=30))


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.row("1.2")
def test_a_meeting_is_recorded_agreed_issued_and_registered_page_by_page(cast: Cast, now: datetime) -> None:
    office = client_of(cast.office)
    told: dict[str, Any] = {
        "name": "党委会",
        "held_at": timezone.localtime(now).strftime("%Y-%m-%dT%H:%M"),
        "chair": cast.secretary.pk,
        "agenda": "",
        "present": [cast.secretary.pk, cast.leader.pk],
        "sitting_in": [cast.leader.pk],
        "guests": "县里来的林工",
    }
    refused = office.post(reverse("meeting-new"), told)
    assert refused.status_code == 422
    assert "县里来的林工" in page(refused)
    told["agenda"] = "研究灌溉用水\n研究路灯"
    assert "王建军填了两次" in page(office.post(reverse("meeting-new"), told))
    assert office.post(reverse("meeting-new"), {**told, "sitting_in": []}).status_code == 302
    meeting = Meeting.objects.get()
    first = meeting.agenda.get(position=1)
    agree = reverse("meeting-agree", args=[meeting.pk, first.pk])
    refused = office.post(agree, {"kind": "task", "text": "三台泵修好"})
    assert "任务没有说由哪个单位办" in page(refused)
    assert "三台泵修好" in page(refused)
    office.post(agree, {"kind": "task", "text": "三台泵修好", "unit": cast.units["nongye"].pk})
    assert office.post(reverse("meeting-issue", args=[meeting.pk])).status_code == 302
    task = Resolution.objects.get()
    shown = page(office.get(reverse("meeting", args=[meeting.pk])))
    assert Finding.objects.get().number in shown
    assert "立项</button>" in shown
    word = office.get(reverse("meeting-minutes", args=[meeting.pk, 1]))
    assert word.content.startswith(b"PK")
    assert office.get(reverse("meeting-minutes", args=[meeting.pk, 2])).status_code == 404
    done = office.post(reverse("meeting-register", args=[meeting.pk, task.pk]))
    assert done["Location"] == reverse("matter", args=[Matter.objects.get().pk])
    again = page(office.get(f"{reverse('meeting-new')}?name=党委会"))
    assert f'value="{cast.leader.pk}" id="id_present_' in again
    assert again.count(" checked") == 2
    next_one = office.post(
        reverse("meeting-new"),
        {**told, "sitting_in": [], "held_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M")},
    )
    shown = page(office.get(next_one["Location"]))
    assert "以前议定的，办得怎样" in shown
    assert "已立项" in shown
    assert client_of(cast.clerk).get(next_one["Location"]).status_code == 404
    assert client_of(cast.leader).get(next_one["Location"]).status_code == 200


@pytest.mark.row("1.4")
def test_a_cause_is_found_from_the_matter_s_page_and_the_rule_and_the_sketch_are_changed(
    cast: Cast, now: datetime
) -> None:
    office = client_of(cast.office)
    by = cast.actor(cast.office, timezone.localdate(now))
    matter = matters.register(town=cast.town, title="泵坏了", received_at=now, place="石桥沟村", by=by, at=now)
    found = f"{reverse('cause-new')}?matter={matter.pk}"
    assert found in page(office.get(reverse("matter", args=[matter.pk])))
    refused = office.post(found, {"why1": "没人修", "why3": "没有定责任", "kind": "follow"})
    assert refused.status_code == 422
    assert "没有定责任" in page(refused)
    assert client_of(cast.other_clerk).get(found).status_code == 404
    done = office.post(found, {"why1": "没人修", "why2": "没有定责任", "kind": "follow"})
    cause = Cause.objects.get()
    assert done["Location"] == reverse("cause", args=[cause.pk])
    assert "没有定责任" in page(office.get(reverse("matter", args=[matter.pk])))
    assert office.get(found)["Location"] == reverse("cause", args=[cause.pk])
    board = page(office.get(reverse("causes")))
    assert "没有定责任" in board
    assert 'class="village-map"' in board
    village = page(office.get(reverse("cause-village", args=[cast.units["shiqiaogou"].pk])))
    assert "泵坏了" in village
    assert (
        office.post(reverse("cause-rule"), {"people": 101, "weeks": 1, "places": 1, "reason": "试"}).status_code == 422
    )
    assert (
        office.post(reverse("cause-rule"), {"people": 5, "weeks": 1, "places": 1, "reason": "人多的先办"}).status_code
        == 302
    )
    assert "人多的先办" in page(office.get(reverse("causes")))
    assert PainRule.objects.get().version == 1
    spots = {f"{axis}{cast.units[code].pk}": 40 for axis in "xy" for code in ("shiqiaogou", "liuhewan")}
    assert office.post(reverse("cause-villages"), spots).status_code == 302
    assert VillageSpot.objects.count() == 2
    office.post(reverse("cause-unlink", args=[cause.pk]), {"matter": matter.pk})
    assert not cause.links.exists()


@pytest.mark.row("1.5")
def test_an_example_is_proposed_and_decided_by_another(cast: Cast) -> None:
    office, leader = client_of(cast.office), client_of(cast.leader)
    new = reverse("example-new", args=["benchmark"])
    told = {"name": "邻县清溪镇", "why": "渠边立牌", "learn": "名字贴在现场"}
    refused = office.post(new, told)
    assert refused.status_code == 422
    assert "渠边立牌" in page(refused)
    assert office.post(new, {**told, "source": "现场会材料"}).status_code == 302
    example = Example.objects.get()
    assert "等您审定" in page(leader.get(reverse("home")))
    assert client_of(cast.village).get(reverse("example", args=[example.pk])).status_code == 404
    assert leader.post(reverse("example-approve", args=[example.pk])).status_code == 302
    assert "名字贴在现场" in page(client_of(cast.village).get(reverse("examples")))
    assert leader.post(reverse("example-withdraw", args=[example.pk]), {"reason": ""}).status_code == 422
    leader.post(reverse("example-withdraw", args=[example.pk]), {"reason": "牌子倒了没人扶"})
    assert "牌子倒了没人扶" in page(office.get(reverse("example", args=[example.pk])))
    assert office.get(reverse("example-new", args=["nothing"])).status_code == 404
