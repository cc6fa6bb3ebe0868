"""可能是同一件事: what is suggested to whom, what a person says of it, and what becomes of the pair."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from luoshi.chapters.review.actions import (
    answer,
    mark_accusation,
    merge,
    open_matter,
    take_from_public,
    unmark_accusation,
    unmerge,
)
from luoshi.chapters.review.likeness import actions, health, jobs, queries, rules
from luoshi.chapters.review.likeness.models import Look, Suggestion, Vocabulary
from luoshi.chapters.review.models import Channel, Finding, State
from luoshi.core.journal.models import Event
from luoshi.core.matters import actions as matters
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor
from luoshi.kit import counting
from luoshi.kit.errors import Refused
from luoshi.kit.health import Examination
from luoshi.testing.cast import Cast

LAMP = "石桥沟村东头变压器旁边的路灯坏了，整夜不亮"
LAMP_AGAIN = "石桥沟村变压器旁边那盏路灯整夜不亮，老人出门摔跤，打我电话13812345678"
WATER = "柳河湾村自来水浑浊有异味，烧开也不能喝"

SignedIn = Callable[[Person], Client]


@pytest.fixture
def office(cast: Cast, now: datetime) -> Actor:
    return cast.actor(cast.office, now.date())


@pytest.fixture
def signed_in() -> SignedIn:
    def client_of(person: Person) -> Client:
        client = Client()
        client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of


def said(town: Unit, at: datetime, words: str, place: str = "") -> Finding:
    return take_from_public(
        town=town, channel=Channel.CITIZEN, words=words, place=place, address="192.0.2.7", at=at
    ).finding


def seen(actor: Actor) -> list[tuple[int, int]]:
    return [(s.one_id, s.other_id) for s in queries.page(actor).rows]


@pytest.fixture
def pair(cast: Cast, now: datetime) -> Suggestion:
    before = now - timedelta(days=20)  # pages act at the clock's own time, which is earlier than ``now``
    one, other = said(cast.town, before, LAMP), said(cast.town, before, LAMP_AGAIN)
    said(cast.town, before, WATER)
    made = actions.look(other, at=before)
    assert [(s.one, s.other) for s in made] == [(one, other)]
    return made[0]


@pytest.mark.row("1.3")
def test_a_likeness_is_told_with_its_reasons_and_nothing_is_merged(pair: Suggestion, office: Actor) -> None:
    told = {reason.label: reason.words for reason in queries.told_reasons(pair)}
    assert "石桥沟村" in told["同一地点"]
    assert "变压器" in told["都说到"]
    assert "138" not in str(pair.reasons)
    assert seen(office) == [(pair.one_id, pair.other_id)]
    assert set(Finding.objects.values_list("state", flat=True)) == {State.NEW}


@pytest.mark.row("1.3")
def test_only_who_sees_both_findings_learns_of_a_pair_and_only_the_office_decides(
    pair: Suggestion, cast: Cast, now: datetime, office: Actor
) -> None:
    for person in (cast.clerk, cast.village, cast.discipline, cast.outsider):
        other = cast.actor(person, now.date())
        assert seen(other) == []
        with pytest.raises(Refused, match="没有这条提示"):
            actions.accept(pair, source=pair.other, by=other, at=now)
    secretary = cast.actor(cast.secretary, now.date())
    assert seen(secretary) == [(pair.one_id, pair.other_id)]
    with pytest.raises(Refused, match="督办室核对"):
        actions.reject(pair, by=secretary, at=now)
    with pytest.raises(Refused, match="督办室核对"):
        actions.accept(pair, source=pair.other, by=secretary, at=now)
    actions.accept(pair, source=pair.other, by=office, at=now)
    pair.other.refresh_from_db()
    assert (pair.other.state, pair.other.merged_into) == (State.MERGED, pair.one)
    assert seen(office) == []


@pytest.mark.row("1.3")
def test_the_list_is_what_the_plain_query_gives_page_by_page_and_of_one_finding(cast: Cast, now: datetime) -> None:
    """Asked once and asked again: the statements are kept."""
    found = [said(cast.town, now, LAMP, f"{n} 组") for n in range(4)]
    made = [
        Suggestion.objects.create(town=cast.town, one=one, other=other, score=0.9, digest="", made_at=now)
        for n, one in enumerate(found)
        for other in found[n + 1 :]
    ]
    Suggestion.objects.filter(pk=made[2].pk).update(waits=False)
    for part in (*cast.everybody, *cast.everybody):
        actor = cast.actor(getattr(cast, part), now.date())
        for of in (None, *found):
            for before in (None, made[0].pk, made[3].pk):
                wanted = queries.open_to(actor).order_by("-pk")
                wanted = wanted.filter(Q(one=of) | Q(other=of)) if of else wanted
                wanted = wanted.filter(pk__lt=before) if before else wanted
                for size in (2, queries.SIZE):
                    page = queries.page(actor, before=before, of=of, size=size)
                    assert page.rows == list(wanted[:size]), part
                    assert page.before == (page.rows[-1].pk if wanted.count() > size else None)
                    assert all((s.one.pk, s.other.pk) == (s.one_id, s.other_id) for s in page.rows)
    newest = queries.page(cast.actor(cast.office, now.date())).rows[0]
    assert (newest.one.place, newest.other.place) == ("2 组", "3 组")


def test_what_citizens_wrote_stands_in_the_list_as_words(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    before = now - timedelta(days=20)
    one, other = (said(cast.town, before, f"<b>&路灯</b>不亮{n}", "<i>村口</i>13812345678") for n in range(2))
    Suggestion.objects.create(
        town=cast.town,
        one=one,
        other=other,
        score=0.9,
        digest="",
        made_at=before,
        reasons=[["都说到", ["<b>", "路灯"]]],
    )
    page = signed_in(cast.office).get("/likeness/").content.decode()
    assert "<b>&" not in page
    assert "<i>村口" not in page
    assert "13812345678" not in page
    assert "<span>都说到：&lt;b&gt;、路灯</span>" in page
    assert page.count("<mark>&lt;b&gt;</mark>&amp;<mark>路灯</mark>&lt;/b&gt;不亮") == 4
    assert page.count("&lt;i&gt;村口&lt;/i&gt;〔手机号〕") == 2


@pytest.mark.row("1.3")
@pytest.mark.row("4.4")
def test_accusations_and_other_towns_are_never_suggested(cast: Cast, now: datetime, office: Actor) -> None:
    one, other = said(cast.town, now, LAMP), said(cast.town, now, LAMP_AGAIN)
    abroad = said(cast.other_town, now, LAMP_AGAIN)
    assert actions.look(abroad, at=now) == []
    accused = take_from_public(
        town=cast.town, channel=Channel.CITIZEN, words=LAMP, address="192.0.2.8", is_accusation=True, at=now
    ).finding
    assert actions.look(accused, at=now) == []
    actions.look(other, at=now)
    assert seen(office) == [(one.pk, other.pk)]
    mark_accusation(one, by=office, at=now)
    assert seen(office) == []
    discipline = cast.actor(cast.discipline, now.date())
    assert seen(discipline) == []
    with pytest.raises(Refused, match="没有这条提示"):
        queries.get(discipline, Suggestion.objects.get().pk)
    assert queries.alike(Finding.objects.get(pk=other.pk)) == []


@pytest.mark.row("1.3")
def test_a_refused_pair_stays_away_until_a_text_changes(pair: Suggestion, office: Actor, now: datetime) -> None:
    actions.reject(pair, by=office, at=now)
    assert seen(office) == []
    for stream in (pair.one.stream, pair.other.stream):
        assert Event.objects.filter(stream=stream, verb="finding.kept_apart").count() == 1
    with pytest.raises(Refused, match="已经核对过"):
        actions.accept(pair, source=pair.other, by=office, at=now)
    actions.look(pair.one, at=now)
    assert seen(office) == []
    Finding.objects.filter(pk=pair.one_id).update(words=LAMP + "，已经三个月了")
    actions.look(Finding.objects.get(pk=pair.one_id), at=now)
    assert seen(office) == [(pair.one_id, pair.other_id)]


@pytest.mark.row("1.3")
def test_what_was_refused_or_merged_by_mistake_is_found_again_and_undone(
    pair: Suggestion, cast: Cast, office: Actor, now: datetime, signed_in: SignedIn
) -> None:
    client, url = signed_in(cast.office), f"/likeness/{pair.pk}/"
    with pytest.raises(Refused, match="没有定过"):
        actions.reconsider(pair, by=office, at=now)
    client.post(f"{url}reject/")
    assert f'href="{url}"' in client.get("/likeness/decided/").content.decode()
    assert "改回待核对" in client.get(url).content.decode()
    secretary = signed_in(cast.secretary)
    assert "改回待核对" not in secretary.get(url).content.decode()
    assert secretary.post(f"{url}reconsider/").status_code == 422
    assert signed_in(cast.clerk).post(f"{url}reconsider/").status_code == 404
    assert "已改回待核对" in client.post(f"{url}reconsider/", follow=True).content.decode()
    assert seen(office) == [(pair.one_id, pair.other_id)]
    assert queries.decided(office) == []
    for stream in (pair.one.stream, pair.other.stream):
        verbs = list(Event.objects.filter(stream=stream).order_by("pk").values_list("verb", flat=True))
        assert verbs[-2:] == ["finding.kept_apart", "finding.reconsidered"]

    client.post(f"{url}accept/", {"source": str(pair.other_id)})
    part = f"/review/findings/{pair.other_id}/unmerge/"
    assert part in client.get(url).content.decode()
    assert client.post(part, {"reason": "看错了"}).status_code == 302
    pair.other.refresh_from_db()
    assert pair.other.state == State.NEW
    assert part not in client.get(url).content.decode()
    late = timezone.now()  # after what the pages did
    actions.reconsider(pair, by=office, at=late)
    answer(pair.one, text="已修好。", by=office, at=late)
    actions.reject(pair, by=office, at=late)
    open_matter(pair.other, title="修路灯", by=office, at=late)
    with pytest.raises(Refused, match="都已经处理过"):
        actions.reconsider(pair, by=office, at=late)


@pytest.mark.row("1.3")
def test_what_was_parted_again_is_not_suggested_again(pair: Suggestion, office: Actor, now: datetime) -> None:
    merge(pair.other, into=pair.one, reason="", by=office, at=now)
    assert seen(office) == []
    unmerge(pair.other, reason="看错了", by=office, at=now)
    actions.look(Finding.objects.get(pk=pair.other_id), at=now)
    assert seen(office) == []
    assert Suggestion.objects.get().state == Suggestion.State.REJECTED


@pytest.mark.row("1.3")
def test_a_pair_waits_as_long_as_one_of_it_may_be_merged_and_every_verb_keeps_that(
    pair: Suggestion, office: Actor, cast: Cast, now: datetime
) -> None:
    discipline = cast.actor(cast.discipline, now.date())

    def waits() -> bool:
        kept = Suggestion.objects.get().waits
        asks = rules.waits(*Finding.objects.order_by("pk")[:2]) and Suggestion.objects.get().state == "open"
        assert (kept, bool(seen(office))) == (asks, asks)
        assert list(health.waiting(Examination(now))) == []
        return kept

    one, other = (Finding.objects.get(pk=pk) for pk in (pair.one_id, pair.other_id))
    assert waits()
    answer(one, text="已修好。", by=office, at=now)
    assert waits(), "the other may still go into what is answered"
    mark_accusation(other, by=office, at=now)
    assert not waits()
    unmark_accusation(other, reason="不是", by=discipline, at=now)
    assert waits()
    merge(other, into=one, reason="", by=office, at=now)
    assert not waits()
    unmerge(other, reason="看错了", by=office, at=now)
    assert not waits(), "who takes it out says that it is another thing"
    actions.reconsider(pair, by=office, at=now)
    assert waits()
    open_matter(other, title="修路灯", by=office, at=now)
    assert not waits()
    # doctor and the migration count it again
    Suggestion.objects.update(waits=True)
    (said,) = health.waiting(Examination(now))
    assert str(pair.pk) in said.sentence
    import_module("luoshi.chapters.review.likeness.migrations.0003_whether_a_pair_waits").count(apps, None)
    assert not waits()


@pytest.mark.row("1.3")
def test_today_says_how_many_pairs_wait_as_far_as_it_counts(
    pair: Suggestion, cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said() -> str:
        return signed_in(cast.office).get("/home/").content.decode().replace("\N{NO-BREAK SPACE}", " ")

    assert "1 处可能是同一件事" in said()
    monkeypatch.setattr(counting, "MOST", 0)
    assert "0 处以上可能是同一件事" in said()


@pytest.mark.row("1.3")
def test_merging_both_ways_at_once_ends_in_one_merge(pair: Suggestion, office: Actor, now: datetime) -> None:
    merge(pair.one, into=pair.other, reason="", by=office, at=now)
    with pytest.raises(Refused, match="已经并入这一件"):
        actions.accept(pair, source=pair.other, by=office, at=now)
    assert Finding.objects.filter(state=State.MERGED).count() == 1
    assert Suggestion.objects.get().state == Suggestion.State.OPEN
    assert seen(office) == []


@pytest.mark.row("1.3")
def test_an_opened_finding_stays_and_a_closed_one_takes_nothing_more(
    pair: Suggestion, cast: Cast, office: Actor, now: datetime, signed_in: SignedIn
) -> None:
    matter = open_matter(pair.other, title="修路灯", by=office, at=now)
    with pytest.raises(Refused, match="已立项，不能并入"):
        actions.accept(pair, source=pair.other, by=office, at=now)
    matters.ask_void(matter, reason="重复", by=office, at=now)
    matters.void(matter, granted=True, by=cast.actor(cast.office2, now.date()), at=now)
    with pytest.raises(Refused, match="不能并入"):
        actions.accept(pair, source=pair.one, by=office, at=now)
    pair.one.refresh_from_db()
    assert pair.one.state == State.NEW
    assert Suggestion.objects.get().state == Suggestion.State.OPEN
    assert queries.alike(pair.one) == []
    page = signed_in(cast.office).get(f"/likeness/{pair.pk}/").content.decode()
    assert "已经办完，不能再并进去" in page
    assert "是同一件：" not in page
    assert "不是同一件" in page


@pytest.mark.row("1.3")
def test_merges_never_run_in_a_circle(cast: Cast, office: Actor, now: datetime) -> None:
    a, b, c = (said(cast.town, now, LAMP) for _ in range(3))
    merge(a, into=b, reason="", by=office, at=now)
    merge(b, into=c, reason="", by=office, at=now)
    with pytest.raises(Refused, match="已经并入别的问题"):
        merge(c, into=a, reason="", by=office, at=now)
    unmerge(b, reason="拆", by=office, at=now)
    with pytest.raises(Refused, match="已经并入这一件"):
        merge(b, into=a, reason="", by=office, at=now)
    a.refresh_from_db()
    assert a.merged_into == b


@pytest.mark.row("1.3")
def test_the_same_message_many_times_is_held_against_the_first_and_merged_with_few_presses(
    cast: Cast, office: Actor, now: datetime, signed_in: SignedIn
) -> None:
    """More copies than the search brings at once, and than one press merges."""
    before = now - timedelta(days=20)
    copies = [said(cast.town, before + timedelta(days=n // 15), LAMP) for n in range(58)]
    for copy in copies:
        actions.look(copy, at=before + timedelta(days=5))
    first, others = copies[0], copies[1:]
    assert {(s.one_id, s.other_id) for s in Suggestion.objects.all()} == {(first.pk, one.pk) for one in others}
    office_at_desk, url = signed_in(cast.office), f"/likeness/of/{first.pk}/"
    page = office_at_desk.get(url).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert f"有 57 件和 {first.number} 原话一字不差" in page
    assert "一字不差" not in signed_in(cast.secretary).get(url).content.decode()
    assert signed_in(cast.secretary).post(f"/likeness/same/{first.pk}/").status_code == 404
    assert "50 件原话一样的已并入" in office_at_desk.post(f"/likeness/same/{first.pk}/", follow=True).content.decode()
    assert Finding.objects.filter(merged_into=first).count() == 50
    office_at_desk.post(f"/likeness/same/{first.pk}/")
    assert set(Finding.objects.filter(merged_into=first)) == set(others)
    assert Event.objects.filter(verb="finding.merged").count() == len(others)
    assert office_at_desk.post(f"/likeness/same/{first.pk}/").status_code == 422
    # what comes later is held against the one that stays, also where that was merged itself
    later = said(cast.town, before + timedelta(days=6), LAMP)
    assert [s.one for s in actions.look(later, at=before + timedelta(days=6))] == [first]
    assert queries.same_as(cast.actor(cast.clerk, now.date()), first) == []


def test_what_was_merged_counts_once_among_the_words_of_the_town(cast: Cast, office: Actor, now: datetime) -> None:
    first, *others = (said(cast.town, now, LAMP + "。" * n) for n in range(4))
    said(cast.town, now, WATER)
    assert actions.learn_words(cast.town, at=now)
    assert queries.lexicon_of(cast.town.pk).counts["变压"] == 4

    for other in others:
        merge(other, into=first, reason="同一盏路灯", by=office, at=now)
    later = now + actions.AGAIN + timedelta(hours=1)
    assert actions.learn_words(cast.town, at=later)
    assert "变压" not in queries.lexicon_of(cast.town.pk).counts
    assert not actions.learn_words(cast.town, at=later)


def test_the_job_looks_at_every_finding_once_also_at_one_that_was_committed_late(cast: Cast, now: datetime) -> None:
    class Context:
        at, payload, job_id = now, {}, 1

        def report(self, percent: int, message: str = "") -> None:
            pass

    late, first, again = (said(cast.town, now, words) for words in (WATER, LAMP, LAMP_AGAIN))
    Look.objects.create(finding=again, looked_at=now)
    assert jobs.look(Context()) == {"looked": 2, "suggestions": 1}
    assert set(Look.objects.values_list("finding_id", flat=True)) == {late.pk, first.pk, again.pk}
    assert jobs.look(Context()) == {"looked": 0, "suggestions": 0}
    assert jobs.learn(Context()) == {"towns": 1}
    assert Vocabulary.objects.get().texts == 3
    assert jobs.learn(Context()) == {"towns": 0}


@pytest.mark.row("1.3")
def test_the_page_shows_both_texts_with_their_numbers_masked(
    pair: Suggestion, cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    office = signed_in(cast.office)
    for url in ("/likeness/", f"/likeness/of/{pair.one_id}/", f"/likeness/{pair.pk}/", "/review/findings/"):
        page = office.get(url).content.decode()
        assert "13812345678" not in page
        if "likeness" in url:
            assert "<mark>变压器</mark>" in page
            assert "〔手机号〕" in page
    assert office.post(f"/likeness/{pair.pk}/accept/", {"source": "999"}).status_code == 404
    assert signed_in(cast.outsider).post(f"/likeness/{pair.pk}/reject/").status_code == 404
    done = office.post(f"/likeness/{pair.pk}/accept/", {"source": str(pair.other_id)}, follow=True)
    assert "已并入" in done.content.decode()
    again = office.post(f"/likeness/{pair.pk}/reject/")
    assert again.status_code == 422
    assert "已经核对过" in again.content.decode()


@pytest.mark.row("1.3")
def test_numbers_are_shown_to_the_office_on_a_press_and_the_story_keeps_it(
    pair: Suggestion, cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    url, press = f"/review/findings/{pair.other_id}/", f"/review/findings/{pair.other_id}/numbers/"
    page = signed_in(cast.secretary).get(url).content.decode()
    assert "13812345678" not in page
    assert "显示号码" not in page
    assert signed_in(cast.secretary).post(press).status_code == 404
    office = signed_in(cast.office)
    assert "显示号码" in office.get(url).content.decode()
    assert "13812345678" in office.post(press).content.decode()
    assert "查看原话里的号码" in office.get(url).content.decode()
    assert "13812345678" not in office.get("/ledgers/findings/?cols=words").content.decode()
    matter = open_matter(pair.other, title="修路灯", by=cast.actor(cast.office, now.date()), at=now)
    assert "138" not in matter.problem


def test_answered_findings_may_still_be_the_one_that_stays(pair: Suggestion, office: Actor, now: datetime) -> None:
    answer(pair.one, text="已修好。", by=office, at=now)
    assert seen(office) == [(pair.one_id, pair.other_id)]
    actions.accept(pair, source=pair.other, by=office, at=now)
    pair.other.refresh_from_db()
    assert pair.other.merged_into_id == pair.one_id
