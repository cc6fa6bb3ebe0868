from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from luoshi.chapters.review import queries
from luoshi.chapters.review.actions import answer, mark_accusation, merge, open_matter, take_from_public, unmerge
from luoshi.chapters.review.models import Channel, Finding, State
from luoshi.chapters.review.tests.conftest import SignedIn
from luoshi.core.journal.models import Event
from luoshi.core.matters import actions as matters
from luoshi.core.matters.models import Evaluation, Matter, Raiser
from luoshi.core.matters.queries import story
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast


def raised(cast: Cast, at: datetime, words: str = "村东头路灯坏了一个月", place: str = "石桥沟村") -> Finding:
    return take_from_public(
        town=cast.town, channel=Channel.CITIZEN, words=words, place=place, address="192.0.2.1", at=at
    ).finding


def verbs(thing: Finding | Matter) -> list[str]:
    return list(Event.objects.filter(stream=thing.stream).order_by("seq").values_list("verb", flat=True))


def raisers(matter: Matter) -> set[str]:
    return set(Raiser.objects.filter(matter=matter).values_list("origin_ref", flat=True))


@pytest.fixture
def office(cast: Cast, now: datetime) -> Actor:
    return cast.actor(cast.office, now.date())


@pytest.mark.row("1.3")
def test_like_findings_are_shown_and_merged_by_a_person_alone(cast: Cast, now: datetime, office: Actor) -> None:
    first = raised(cast, now)
    again = raised(cast, now, "村东头的路灯一个月没亮，路灯坏了没人修")
    raised(cast, now, "合作医疗报销什么时候到账", "镇便民服务中心")
    assert [c.ref for c in queries.similar(office, again)] == [first.stream]
    assert Finding.objects.filter(state=State.NEW).count() == 3

    with pytest.raises(Refused, match="督办室办理"):
        merge(again, into=first, reason="", by=cast.actor(cast.clerk, now.date()), at=now)
    with pytest.raises(Refused, match="没有这件问题"):
        merge(again, into=first, reason="", by=cast.actor(cast.outsider, now.date()), at=now)
    with pytest.raises(Refused, match="不能并入自己"):
        merge(again, into=again, reason="", by=office, at=now)
    merge(again, into=first, reason="同一盏路灯", by=office, at=now)

    again.refresh_from_db()
    assert (again.state, again.merged_into) == (State.MERGED, first)
    assert verbs(again) == ["finding.taken", "finding.merged"]
    assert verbs(first) == ["finding.taken", "finding.joined"]
    with pytest.raises(Refused, match="已经并入这一件"):
        merge(first, into=again, reason="", by=office, at=now)
    with pytest.raises(Refused, match="已经并入别的问题"):
        merge(raised(cast, now), into=again, reason="", by=office, at=now)


@pytest.mark.row("1.3")
def test_raisers_follow_through_every_merge_into_the_matter(cast: Cast, now: datetime, office: Actor) -> None:
    one, two, three, four = (raised(cast, now) for _ in range(4))
    merge(one, into=two, reason="", by=office, at=now)
    merge(two, into=three, reason="", by=office, at=now)
    matter = open_matter(three, title="修好村东头路灯", by=office, at=now)
    assert raisers(matter) == {str(f.pk) for f in (one, two, three)}
    merge(four, into=three, reason="", by=office, at=now)
    assert raisers(matter) == {str(f.pk) for f in (one, two, three, four)}

    unmerge(two, reason="不是同一处", by=office, at=now)
    assert raisers(matter) == {str(three.pk), str(four.pk)}
    two.refresh_from_db()
    assert two.state == State.NEW
    assert verbs(two) == ["finding.taken", "finding.joined", "finding.merged", "finding.unmerged"]
    assert verbs(three)[-1] == "finding.parted"
    assert verbs(matter)[-1] == "matter.raiser_parted"
    assert story(matter, files=())[-1].sentence == "并入的提出人又拆出"
    other = open_matter(two, title="修好村西头路灯", by=office, at=now)
    assert raisers(other) == {str(one.pk), str(two.pk)}
    with pytest.raises(Refused, match="已立项"):
        unmerge(two, reason="再拆", by=office, at=now)


@pytest.mark.row("1.3")
def test_a_finding_may_join_an_open_matter_but_not_one_that_ended(cast: Cast, now: datetime, office: Actor) -> None:
    matter = matters.register(town=cast.town, title="全镇路灯检修", received_at=now, by=office, at=now)
    joined, late = raised(cast, now), raised(cast, now)
    merge(joined, into=matter, reason="已在检修计划内", by=office, at=now)
    assert raisers(matter) == {str(joined.pk)}
    joined.refresh_from_db()
    assert (joined.state, joined.matter) == (State.MERGED, matter)

    matters.ask_void(matter, reason="重复", by=office, at=now)
    matters.void(matter, granted=True, by=cast.actor(cast.office2, now.date()), at=now)
    with pytest.raises(Refused, match="不能并入"):
        merge(late, into=matter, reason="", by=office, at=now)
    late.refresh_from_db()
    assert late.state == State.NEW


@pytest.mark.row("1.3")
def test_what_to_merge_into_is_found_by_its_number_however_it_was_typed(
    cast: Cast, now: datetime, office: Actor
) -> None:
    matter = matters.register(town=cast.town, title="全镇路灯检修", received_at=now, by=office, at=now)
    one, other = raised(cast, now), raised(cast, now, "合作医疗报销什么时候到账", "镇便民服务中心")
    accused = raised(cast, now, "村里路灯坏了没人修")
    mark_accusation(accused, reason="说的是人", by=office, at=now)
    year = one.number[1:5]

    def found(q: str) -> list[str]:
        return [c.ref for c in queries.similar(office, one, q=q)]

    for typed in (other.number, f" {other.number.replace('-', '－')} ", f"问{year}—{other.pk}"):
        assert found(typed) == [other.stream], typed
    assert matter.stream in found(matter.number)
    assert found(f"问{matter.number}") in ([], [f"finding:{matter.pk}"]), "with 问 it is a finding's number"
    assert found(f"问{int(year) - 1}-{other.pk:06d}") == [], "another year's number"
    assert found(one.number) == [], "not itself"
    assert found(accused.number) == [], "an accusation is never offered"
    matters.ask_void(matter, reason="重复", by=office, at=now)
    matters.void(matter, granted=True, by=cast.actor(cast.office2, now.date()), at=now)
    assert matter.stream not in found(matter.number), "what has ended is not offered"


@pytest.mark.row("1.3")
def test_the_page_of_merging_says_by_what_it_found(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    one, other = raised(cast, now), raised(cast, now, "合作医疗报销什么时候到账", "镇便民服务中心")
    raised(cast, now)
    client, url = signed_in(cast.office), reverse("finding-merge", args=[one.pk])
    for q, words in (
        (other.number, f"编号是“{other.number}”的。"),
        ("报销", "含“报销”的，像的在前。"),
        ("", "系统觉得"),
    ):
        page = client.get(url, {"q": q}).content.decode()
        assert words in page
        assert (other.title in page) == bool(q), q


@pytest.mark.row("1.3")
def test_a_finding_whose_matter_has_ended_is_shown_but_cannot_be_chosen_and_one_that_is_open_can(
    cast: Cast, now: datetime, office: Actor, signed_in: SignedIn
) -> None:
    one, ended, opened = raised(cast, now), raised(cast, now), raised(cast, now)
    matter = open_matter(ended, title="修路灯", by=office, at=now)
    open_matter(opened, title="换路灯", by=office, at=now)
    matters.ask_void(matter, reason="重复", by=office, at=now)
    matters.void(matter, granted=True, by=cast.actor(cast.office2, now.date()), at=now)
    for q in ("", "路灯", ended.number):
        told = {c.ref: (c.state, c.ended) for c in queries.similar(office, one, q=q)}
        assert told[ended.stream] == ("已撤销", True), q
    assert queries.similar(office, one, q=opened.number)[0].ended is False
    client, url = signed_in(cast.office), reverse("finding-merge", args=[one.pk])
    page = client.get(url).content.decode()
    assert f'value="{ended.stream}" disabled' in page
    assert f'value="{opened.stream}">' in page
    assert client.post(url, {"into": ended.stream, "reason": ""}).status_code == 422
    assert client.post(url, {"into": opened.stream, "reason": ""}).status_code == 302


@pytest.mark.row("1.3")
def test_who_was_asked_about_the_result_cannot_be_taken_out_and_is_not_offered_to_be(
    cast: Cast, now: datetime, office: Actor, signed_in: SignedIn
) -> None:
    one, two = raised(cast, now), raised(cast, now)
    matter = open_matter(one, title="修路灯", by=office, at=now)
    merge(two, into=one, reason="", by=office, at=now)
    page = reverse("finding-unmerge", args=[two.pk])
    assert 'name="reason"' in signed_in(cast.office).get(page).content.decode()
    raiser = Raiser.objects.get(origin_ref=str(two.pk))
    head = cast.actor(cast.head, now.date())
    matters.assign(matter, lead_unit=cast.units["nongye"], leader=cast.leader, standard="灯亮", by=office, at=now)
    matters.sign(matter, handler=cast.clerk, by=head, at=now)
    matters.claim(matter, result="已换灯", by=cast.actor(cast.clerk, now.date()), at=now)
    assert Evaluation.objects.filter(raiser=raiser).exists()
    with pytest.raises(Refused, match="征询过"):
        unmerge(two, reason="不同", by=office, at=now)
    assert raisers(matter) == {str(one.pk), str(two.pk)}
    told = signed_in(cast.office).get(page).content.decode()
    assert "不能再拆出" in told
    assert "请另录一件问题" in told
    assert 'name="reason"' not in told


@pytest.mark.row("1.3")
def test_what_was_found_always_adds_up(cast: Cast, now: datetime, office: Actor) -> None:
    found = [raised(cast, now) for _ in range(7)]
    merge(found[0], into=found[1], reason="", by=office, at=now)
    answer(found[2], text="已于上周修好。", by=office, at=now)
    open_matter(found[3], title="修路灯", by=office, at=now)
    voided = open_matter(found[4], title="重复的事", by=office, at=now)
    matters.ask_void(voided, reason="重复", by=office, at=now)
    matters.void(voided, granted=True, by=cast.actor(cast.office2, now.date()), at=now)
    mark_accusation(found[5], by=office, at=now)
    raised(cast, now - timedelta(days=400))

    this_year = queries.reckoning(office, year=2026)
    assert this_year.balanced
    assert (this_year.found, this_year.merged, this_year.answered) == (6, 1, 1)
    assert (this_year.waiting, this_year.working, this_year.voided, this_year.closed) == (2, 1, 1, 0)
    assert queries.reckoning(office, year=2025).found == 1
    assert queries.reckoning(cast.actor(cast.outsider, now.date()), year=2026).found == 0
