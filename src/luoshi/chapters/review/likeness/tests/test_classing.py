"""What kind of problem a finding is: proposed from its words, decided by a person, learnt from that."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from luoshi.chapters.review.actions import open_matter, take_from_public
from luoshi.chapters.review.likeness import actions, classing, queries
from luoshi.chapters.review.likeness.models import Look, WordCount
from luoshi.chapters.review.models import Channel, Finding
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
