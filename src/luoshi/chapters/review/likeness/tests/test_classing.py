"""What kind of problem a finding is: proposed from its words, decided by a person, learnt from that."""

import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from luoshi.chapters.review.actions import open_matter, take, take_from_public
from luoshi.chapters.review.likeness import actions, classing, queries
from luoshi.chapters.review.likeness.models import Look, WordCount
from luoshi.chapters.review.models import Channel, Finding
from luoshi.core.matters import actions as matters
from luoshi.core.matters.models import Category
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast

LAMP = "石桥沟村东头的路灯坏了，整夜不亮"
SignedIn = Callable[[Person], Client]


@pytest.fixture
def office(cast: Cast, now: datetime) -> Actor:
    return cast.actor(cast.office, now.date())


@pytest.fixture
def tree(cast: Cast, office: Actor, now: datetime) -> dict[str, Category]:
    assert actions.load_categories(cast.town, by=office, at=now) == len(classing.tree())
    assert actions.load_categories(cast.town, by=office, at=now) == 0
    return {one.code: one for one in Category.objects.filter(town=cast.town)}


def said(cast: Cast, at: datetime, words: str) -> Finding:
    return take_from_public(town=cast.town, channel=Channel.CITIZEN, words=words, address="192.0.2.7", at=at).finding


def test_the_tree_has_three_levels_and_every_leaf_words_of_its_own() -> None:
    codes = [branch.code for branch in classing.tree()]
    assert len(codes) == len(set(codes))
    depth = Counter(code.count("-") for code in codes)
    assert depth[0] == 13
    assert depth[2] > depth[1] > depth[0]
    for branch in classing.tree():
        assert bool(branch.words) == (branch.code.count("-") == 2)
        assert branch.parent == branch.code.rpartition("-")[0]


def test_a_category_and_a_unit_are_proposed_with_the_words_that_speak_for_them(
    cast: Cast, now: datetime, tree: dict[str, Category], office: Actor
) -> None:
    finding = said(cast, now, LAMP)
    actions.look(finding, at=now)
    proposal = queries.proposal(finding)
    assert proposal is not None
    assert proposal.path == "道路交通 › 道路管护 › 路灯"
    assert "路灯" in proposal.words
    assert proposal.unit == cast.units["shiqiaogou"]
    assert proposal.unit_why == "原话说到石桥沟村"
    assert all(word in LAMP for word in proposal.words)
    finding.refresh_from_db()
    assert finding.category is None

    actions.classify(finding, category=tree["roads-2-2"], unit=cast.units["nongye"], by=office, at=now)
    finding.refresh_from_db()
    assert (finding.category, finding.unit) == (tree["roads-2-2"], cast.units["nongye"])
    assert queries.proposal(finding) is None


def counts(kind: str = "category") -> dict[tuple[str, int], int]:
    rows = WordCount.objects.filter(kind=kind, count__gt=0)
    return {(row.word, row.target): row.count for row in rows}


def recounted() -> dict[tuple[str, int], int]:
    """The same from the findings themselves."""
    found: Counter[tuple[str, int]] = Counter()
    for look in Look.objects.exclude(learnt_category=None).select_related("finding"):
        finding = look.finding
        for word in {word[:24] for word in classing.heard(finding.title, f"{finding.words} {finding.place}")} | {""}:
            found[(word, look.learnt_category_id or 0)] += 1
    return dict(found)


def test_corrections_are_learnt_and_unlearnt_word_by_word(
    cast: Cast, now: datetime, tree: dict[str, Category], office: Actor
) -> None:
    odd = "老戏台的幕布被风撕了，戏台没法用"
    own = Category.objects.create(town=cast.town, code="stage", name="戏台")
    chance = random.Random(3)
    findings = [said(cast, now, f"{odd}，第{n}回说") for n in range(4)]
    for finding in findings * 2:
        category = chance.choice([own, tree["land-3-6"], None])
        actions.classify(finding, category=category, unit=cast.units["nongye"], by=office, at=now)
        assert counts() == recounted()
    for finding in findings:
        actions.classify(finding, category=own, unit=cast.units["nongye"], by=office, at=now)
    assert counts() == recounted()
    assert counts("unit") == {(f"#{own.pk}", cast.units["nongye"].pk): 4}

    new = said(cast, now, "村里戏台的幕布又撕了")
    actions.look(new, at=now)
    proposal = queries.proposal(new)
    assert proposal is not None
    assert proposal.category == own
    assert {"戏台", "幕布"} & set(proposal.words)
    assert proposal.unit == cast.units["nongye"]
    assert proposal.unit_why == "同类问题定给它 4 件"


def test_what_was_learnt_of_a_whole_level_leads_to_a_kind_below_it(
    cast: Cast, now: datetime, tree: dict[str, Category], office: Actor
) -> None:
    """A town that gave first levels alone is offered a leaf all the same, and under the level that it gave."""
    for n in range(6):
        actions.classify(
            said(cast, now, f"第{n}回说：老戏台前面的路灯又灭了"),
            category=tree["roads"],
            unit=None,
            by=office,
            at=now,
        )
    new = said(cast, now, "老戏台前面的路灯灭了，戏台边上没法走")
    first, *others = [category.code for category, _ in queries.offer(new).categories]
    assert first == "roads-2-2"
    assert "roads" not in others
    assert len({classing.top_of(code) for code in (first, *others)}) == 1 + len(others)


def test_a_unit_is_proposed_from_category_place_and_history(
    cast: Cast, now: datetime, tree: dict[str, Category], office: Actor
) -> None:
    lamps, village, station = tree["roads-2-2"], cast.units["shiqiaogou"], cast.units["nongye"]

    def proposed(words: str) -> tuple[str, str]:
        offer = queries.offer(said(cast, now, words))
        return (offer.unit.name if offer.unit else "", offer.unit_why)

    # the place alone
    assert proposed("柳河湾村的路灯坏了，整夜不亮") == ("柳河湾村", "原话说到柳河湾村")
    assert proposed("路灯坏了，整夜不亮") == ("", "")
    # history: what was given to villages at home is for the village that is named now, not for the one of before
    for n in range(3):
        actions.classify(said(cast, now, f"{LAMP}，{n}"), category=lamps, unit=village, by=office, at=now)
    assert proposed("柳河湾村的路灯坏了，整夜不亮") == ("柳河湾村", "同类问题定给所在的村 3 件")
    assert proposed("路灯坏了，整夜不亮") == ("", "")
    # history: a station that had more of the category
    for n in range(4):
        actions.classify(said(cast, now, f"{LAMP}，再{n}"), category=lamps, unit=station, by=office, at=now)
    assert proposed("柳河湾村的路灯坏了，整夜不亮") == ("农业农村服务中心", "同类问题定给它 4 件")
    # another category: to whom its matters were assigned, where nobody said it of findings
    matter = open_matter(said(cast, now, "石桥沟村自来水浑浊"), title="水浑", category=tree["water"], by=office, at=now)
    matters.assign(matter, lead_unit=cast.units["yingji"], leader=cast.leader, standard="水清", by=office, at=now)
    assert proposed("柳河湾村自来水浑浊有异味") == ("应急管理办公室", "同类事项交给它 1 件")


def test_a_finding_that_came_with_its_category_is_offered_a_unit_until_a_person_has_decided(
    cast: Cast, now: datetime, tree: dict[str, Category], office: Actor
) -> None:
    finding = said(cast, now, LAMP)
    Finding.objects.filter(pk=finding.pk).update(category=tree["roads"])
    finding.refresh_from_db()
    actions.look(finding, at=now)
    proposal = queries.proposal(finding)
    assert proposal is not None
    assert (proposal.category, proposal.unit) == (None, cast.units["shiqiaogou"])
    client = Client()
    client.force_login(cast.office.account, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/review/findings/{finding.pk}/").content.decode()
    assert "建议涉及单位：<b>石桥沟村</b>" in page
    actions.classify(finding, category=tree["roads"], unit=None, by=office, at=now)
    finding.refresh_from_db()
    assert queries.proposal(finding) is None


def test_taking_the_proposed_category_keeps_the_unit_that_a_cadre_named(
    cast: Cast, now: datetime, tree: dict[str, Category]
) -> None:
    at = now - timedelta(days=20)
    village = cast.actor(cast.village, at.date())
    finding = take(
        town=cast.town, channel=Channel.CADRE, words=LAMP, unit=cast.units["nongye"], by=village, at=at
    ).finding
    actions.look(finding, at=at)
    client = Client()
    client.force_login(cast.office.account, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/review/findings/{finding.pk}/").content.decode()
    form = page.partition(f'action="/likeness/classify/{finding.pk}/"')[2].partition("</form>")[0]
    told = dict(re.findall(r'name="(category|unit)" value="(\d+)"', form))
    assert client.post(f"/likeness/classify/{finding.pk}/", told).status_code == 302
    finding.refresh_from_db()
    assert (finding.category, finding.unit) == (tree["roads-2-2"], cast.units["nongye"])


def test_opening_a_matter_with_a_category_teaches_it_too(
    cast: Cast, now: datetime, tree: dict[str, Category], office: Actor
) -> None:
    finding = said(cast, now, LAMP)
    open_matter(finding, title="修路灯", category=tree["roads-2-2"], by=office, at=now)
    assert counts()[("路灯", tree["roads-2-2"].pk)] == 1
    assert counts() == recounted()


def test_only_the_office_of_the_town_decides_and_never_about_accusations(
    cast: Cast, now: datetime, tree: dict[str, Category]
) -> None:
    finding = said(cast, now, LAMP)
    foreign = Category.objects.create(town=cast.other_town, code="x", name="外镇")
    for person, words in ((cast.clerk, "督办室定"), (cast.outsider, "没有这件问题")):
        with pytest.raises(Refused, match=words):
            actions.classify(finding, category=None, unit=None, by=cast.actor(person, now.date()), at=now)
    office = cast.actor(cast.office, now.date())
    with pytest.raises(Refused, match="不属于本镇"):
        actions.classify(finding, category=foreign, unit=None, by=office, at=now)
    Finding.objects.filter(pk=finding.pk).update(is_accusation=True)
    with pytest.raises(Refused, match="没有这件问题"):
        actions.classify(finding, category=None, unit=None, by=office, at=now)
    with pytest.raises(Refused, match="督办室载入"):
        actions.load_categories(cast.town, by=cast.actor(cast.clerk, now.date()), at=now)


def test_one_press_on_the_page_takes_the_proposal(cast: Cast, now: datetime, tree: dict[str, Category]) -> None:
    finding = said(cast, now - timedelta(days=20), LAMP)
    actions.look(finding, at=now)
    client = Client()
    client.force_login(cast.office.account, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/review/findings/{finding.pk}/").content.decode()
    assert "道路交通 › 道路管护 › 路灯" in page
    assert "就定这个" in page
    category, unit = tree["roads-2-2"].pk, cast.units["shiqiaogou"].pk
    done = client.post(f"/likeness/classify/{finding.pk}/", {"category": category, "unit": unit}, follow=True)
    assert "已定下类别" in done.content.decode()
    finding.refresh_from_db()
    assert (finding.category_id, finding.unit_id) == (category, unit)
    wrong = client.post(f"/likeness/classify/{finding.pk}/", {"category": "999999"})
    assert wrong.status_code == 422
