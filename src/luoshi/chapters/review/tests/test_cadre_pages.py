import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from luoshi.chapters.review.actions import mark_accusation, merge, open_matter, take, take_from_public
from luoshi.chapters.review.forms import CHANNELS
from luoshi.chapters.review.models import Channel, Finding, State, Via
from luoshi.chapters.review.tests.conftest import SignedIn
from luoshi.core.matters.models import Matter, Raiser
from luoshi.testing.cast import Cast, make_cast

WORDS = "村东头路灯坏了一个月"


@pytest.fixture
def now() -> datetime:
    """Pages read the real clock, so the cast lives in the present."""
    return timezone.now() - timedelta(hours=1)


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return make_cast(now - timedelta(days=30))


def raised(cast: Cast, at: datetime, **more: Any) -> Finding:
    told = {"words": WORDS, "place": "石桥沟村", "channel": Channel.CITIZEN, "address": "192.0.2.1", **more}
    return take_from_public(town=cast.town, at=at, **told).finding


def page(response: Any) -> str:
    return response.content.decode()


@pytest.mark.row("1.2")
def test_a_village_cadre_reports_in_three_fields_and_two_taps(cast: Cast, signed_in: SignedIn) -> None:
    village = signed_in(cast.village)
    report = reverse("report-problem")
    assert f'href="{report}"' in page(village.get(reverse("findings")))
    form = re.search("<main.*</main>", page(village.get(report)), re.S)
    assert form
    assert re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"', form[0]) == [
        "csrfmiddlewaretoken",
        "words",
        "place",
        "files",
    ]
    assert village.post(report, {"words": "", "place": "村口"}).status_code == 422
    sent = village.post(report, {"words": WORDS, "place": "村口"})
    finding = Finding.objects.get()
    assert sent["Location"] == reverse("finding", args=[finding.pk])
    assert (finding.channel, finding.unit, finding.entered_by) == ("cadre", cast.units["shiqiaogou"], cast.village)
    assert village.get(sent["Location"]).status_code == 200


@pytest.mark.row("1.2")
@pytest.mark.parametrize("key", CHANNELS)
def test_each_channel_has_its_own_short_form(cast: Cast, signed_in: SignedIn, key: str) -> None:
    office = signed_in(cast.office)
    assert reverse("finding-new", args=[key]) in page(office.get(reverse("finding-channels")))
    channel, mode, _ = CHANNELS[key]
    form = page(office.get(reverse("finding-new", args=[key])))
    assert ('name="document"' in form) == (mode == "written")
    assert ('name="heard_by"' in form) == (mode == "in_person")
    assert ('name="meeting_on"' in form) == (channel == Channel.MEETING)
    assert ('name="via"' in form) == (channel in (Channel.CITIZEN, Channel.CADRE, Channel.SERVED))

    sent = {
        "words": WORDS,
        "via": "phone" if channel in (Channel.CITIZEN, Channel.SERVED) else "",
        "name": "县委督查室",
        "document": "督办单〔2026〕7号",
        "heard_by": cast.secretary.pk,
        "meeting_name": "党委会",
        "meeting_on": timezone.localdate().isoformat(),
        "meeting_people": "全体班子成员",
        "unit": cast.units["shiqiaogou"].pk,
        "source_hidden": "on",
    }
    assert office.post(reverse("finding-new", args=[key]), {**sent, "words": ""}).status_code == 422
    assert office.post(reverse("finding-new", args=[key]), sent).status_code == 302
    finding = Finding.objects.get()
    assert (finding.channel, finding.mode, finding.unit) == (channel, mode, cast.units["shiqiaogou"])
    assert Raiser.objects.get().receipt_digest is None or finding.via == Via.PHONE


def test_on_another_s_behalf_the_receipt_is_handed_over(cast: Cast, signed_in: SignedIn) -> None:
    office = signed_in(cast.office)
    yesterday = timezone.localtime() - timedelta(days=1)
    sent = office.post(
        reverse("finding-new", args=["citizen"]),
        {"words": WORDS, "via": "counter", "received_at": yesterday.strftime("%Y-%m-%dT%H:%M")},
    )
    assert sent["Location"] == reverse("public-receipt")
    shown = page(office.get(sent["Location"]))
    assert re.search(r'class="code">[2-9A-Z]{4}-', shown)
    finding = Finding.objects.get()
    assert reverse("finding", args=[finding.pk]) in shown
    assert timezone.localtime(finding.received_at).date() == yesterday.date()
    wrong = office.post(
        reverse("finding-new", args=["citizen"]), {"words": WORDS, "via": "counter", "received_at": "0001-01-01T00:00"}
    )
    assert "早于 2000 年" in page(wrong)
    garbage = office.post(
        reverse("finding-new", args=["citizen"]), {"words": WORDS, "via": "counter", "received_at": "昨天"}
    )
    assert "时间填写有误" in page(garbage)
    assert WORDS in page(garbage)


@pytest.mark.parametrize("key", CHANNELS)
def test_every_text_of_every_channel_is_refused_beside_its_field(cast: Cast, signed_in: SignedIn, key: str) -> None:
    office = signed_in(cast.office)
    address = reverse("finding-new", args=[key])
    good = {
        "words": WORDS,
        "place": "村口",
        "via": "phone" if key in ("citizen", "served") else "",
        "name": "县委督查室",
        "contact": "电话",
        "document": "督办单",
        "meeting_name": "党委会",
        "meeting_on": timezone.localdate().isoformat(),
        "meeting_people": "全体",
    }
    controls = re.findall(r"<(?:input|textarea)[^>]*>", page(office.get(address)))
    plain = [c for c in controls if c.startswith("<textarea") or 'type="text"' in c]
    fields = {found[1] for c in plain if (found := re.search(r' name="(\w+)"', c))}
    wanted = {"name"} if CHANNELS[key][1] else {"meeting_name", "meeting_people"} if key == "meeting" else {"contact"}
    assert {"words", "place"} | wanted <= fields
    for field in fields:
        refused = office.post(address, {**good, field: "长" * 10_000})
        assert refused.status_code == 422, field
        assert re.search(rf'id="id_{field}_error"[^>]*>[^<]*超过', page(refused)), field
    hostile = "<b>x</b>'; DROP TABLE review_finding; --\x00\x1b"
    assert office.post(address, {**good, **dict.fromkeys(fields, hostile)}).status_code == 302
    shown = page(office.get(reverse("finding", args=[Finding.objects.get().pk])))
    assert "<b>x</b>" not in shown
    assert "&lt;b&gt;x&lt;/b&gt;" in shown


@pytest.mark.row("0.3")
@pytest.mark.row("1.2")
def test_a_finding_becomes_a_matter_with_problem_and_goal(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    finding = raised(cast, now)
    office = signed_in(cast.office)
    address = reverse("finding-open", args=[finding.pk])
    assert WORDS in page(office.get(address))
    sent = {"title": "修好路灯", "problem": WORDS, "grade": "ordinary", "secrecy": "open", "share_files": "on"}
    long = office.post(address, {**sent, "title": "长" * 10_000})
    assert long.status_code == 422
    assert "超过 120 字" in page(long)
    early = office.post(address, {**sent, "explicit_due": "1999-01-01"})
    assert early.status_code == 422
    assert "早于收到日期" in page(early)
    assert Matter.objects.count() == 0
    assert signed_in(cast.clerk).get(address).status_code == 404
    assert office.post(address, sent).status_code == 302
    matter = Matter.objects.get()
    assert (matter.title, matter.problem, matter.received_at) == ("修好路灯", WORDS, finding.received_at)
    assert matter.raisers.get().origin_ref == str(finding.pk)
    twice = office.post(address, sent)
    assert "已立项" in page(twice)
    assert Matter.objects.count() == 1
    assert f'href="{reverse("matter", args=[matter.pk])}"' in page(office.get(reverse("finding", args=[finding.pk])))


@pytest.mark.row("1.3")
def test_like_problems_are_offered_and_a_person_merges(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    first, again = raised(cast, now), raised(cast, now, words="村东头路灯坏了没人修")
    far = raised(cast, now, words="医保卡办不下来", place="便民大厅")
    office = signed_in(cast.office)
    address = reverse("finding-merge", args=[again.pk])
    shown = page(office.get(address))
    assert f'value="{first.stream}"' in shown
    assert f'value="{far.stream}"' not in shown
    assert f'value="{far.stream}"' in page(office.get(address, {"q": "医保卡"}))
    assert "没有可以检索的字" in page(office.get(address, {"q": "！？"}))
    for wrong in ("finding:999999", "matter:1", "finding:abc", "x", f"finding:{again.pk}"):
        assert office.post(address, {"into": wrong}).status_code == 422
    assert office.post(address, {"into": first.stream, "reason": "同一盏"}).status_code == 302
    again.refresh_from_db()
    assert again.state == State.MERGED
    assert office.post(reverse("finding-unmerge", args=[again.pk]), {"reason": "不是"}).status_code == 302
    again.refresh_from_db()
    assert again.state == State.NEW


@pytest.mark.row("1.2")
def test_an_accusation_has_left_every_page_of_the_office(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    finding = raised(cast, now, words="村干部收好处费")
    office, discipline = signed_in(cast.office), signed_in(cast.discipline)
    pages = [
        reverse("findings"),
        reverse("ledger", args=["findings"]) + "?q=好处费",
        reverse("ledger_xlsx", args=["findings"]),
        reverse("reckoning"),
    ]
    assert "好处费" in page(office.get(pages[0]))
    assert office.post(reverse("finding-mark", args=[finding.pk]), {"reason": ""}).status_code == 302
    for address in pages:
        response = office.get(address)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert "村干部收好处费" not in content.decode("utf-8", "ignore")
    for name in ("finding", "finding-open", "finding-answer", "finding-merge", "finding-mark", "finding-unmark"):
        assert office.get(reverse(name, args=[finding.pk])).status_code == 404
    assert "好处费" in page(discipline.get(reverse("findings")))
    assert discipline.get(reverse("ledger", args=["findings"])).status_code == 404
    assert '收到</td><td class="number"><a' in page(office.get(reverse("reckoning"))).replace("\n", "")
    assert "0\N{NO-BREAK SPACE}件" in page(office.get(reverse("reckoning")))


def test_who_may_open_which_page(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    """Everybody of the town may enter and see their own; the office and the secretary see all; outsiders nothing."""
    finding = raised(cast, now)
    one = {
        name: [
            part
            for part, who in cast.everybody.items()
            if signed_in(who).get(reverse(name, args=[finding.pk])).status_code == 200
        ]
        for name in ("finding", "finding-open", "finding-answer", "finding-merge", "finding-mark")
    }
    assert one["finding"] == ["secretary", "office", "office2"]
    assert {tuple(parts) for name, parts in one.items() if name != "finding"} == {("office", "office2")}
    for name in ("findings", "finding-channels", "report-problem", "reckoning", "complaint-box", "poster"):
        gone = Client().get(reverse(name))
        assert (gone.status_code, gone["Location"].split("?")[0]) == (302, reverse("signin"))
    assert WORDS not in page(signed_in(cast.outsider).get(reverse("findings")))
    assert signed_in(cast.clerk).get(reverse("reckoning")).status_code == 404
    assert signed_in(cast.office).get(reverse("reckoning") + "?year=1").status_code == 404


def test_the_inbox_goes_on_by_key(cast: Cast, now: datetime, signed_in: SignedIn) -> None:
    made = [
        raised(cast, now + timedelta(seconds=n), words=f"第{n}处路灯坏了", address=f"10.0.0.{n}").pk for n in range(35)
    ]
    office = signed_in(cast.office)
    first = page(office.get(reverse("findings")))
    onward = re.search(r'href="(\?before=\d+)"', first)
    assert onward
    second = page(office.get(reverse("findings") + onward[1]))
    shown = [int(pk) for text in (first, second) for pk in re.findall(r'/findings/(\d+)/"', text)]
    assert shown == made[::-1]
    assert office.get(reverse("findings") + "?before=x").status_code == 200


def test_every_page_takes_at_most_twelve_statements(
    cast: Cast, now: datetime, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    office_actor = cast.actor(cast.office, now.date())
    found = [raised(cast, now, address=f"10.0.0.{n}") for n in range(12)]
    matter = open_matter(found[0], title="修路灯", by=office_actor, at=now)
    merge(found[1], into=found[0], reason="", by=office_actor, at=now)
    merge(found[2], into=matter, reason="", by=office_actor, at=now)
    mark_accusation(found[3], by=office_actor, at=now)
    take(town=cast.town, channel=Channel.CADRE, words=WORDS, by=cast.actor(cast.clerk, now.date()), at=now)
    office = signed_in(cast.office)
    addresses = [
        reverse("findings"),
        *(reverse("finding", args=[found[n].pk]) for n in (0, 1, 2, 5)),
        *(reverse(f"finding-{verb}", args=[found[5].pk]) for verb in ("open", "answer", "merge", "mark")),
        reverse("finding-channels"),
        *(reverse("finding-new", args=[key]) for key in CHANNELS),
        reverse("report-problem"),
        reverse("reckoning"),
        reverse("complaint-box"),
        reverse("ledger", args=["findings"]),
        reverse("poster") + "",
        reverse("public-front", args=["yunling"]),
        reverse("public-raise", args=["yunling"]),
        reverse("complaints", args=["yunling"]),
        reverse("public-look"),
    ]
    for address in addresses:
        with django_assert_max_num_queries(12):
            assert office.get(address).status_code == 200, address
