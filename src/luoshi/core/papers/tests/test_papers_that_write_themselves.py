"""Papers drawn from the records: every figure is counted from rows, everything that is left to a person is marked."""

import re
from datetime import date

import pytest
from django.utils import timezone

from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Matter, Secrecy, State
from luoshi.core.org.models import Person
from luoshi.core.papers import actions, figures, registry, rules
from luoshi.core.papers.models import Kind, Paper, Reach
from luoshi.core.papers.tests.desk import Desk
from luoshi.kit.documents import written
from luoshi.kit.documents.model import Heading

ASKED = {
    "month": {"month": "2026-11"},
    "span": {"start": "2026-11-01", "end": "2026-11-25"},
    "circular": {"month": "2026-11"},
    "year": {"year": "2026"},
    "notice": {"about": "做好防汛工作"},
    "minutes": {"name": "第四次班子会"},
}


def made(desk: Desk, key: str, by: str = "office", **asked: str) -> Paper:
    source = registry.get(key)
    assert source is not None
    draft = source.write(desk[by], asked or ASKED[key], timezone.localdate())
    return actions.draft(draft, by=desk[by], at=desk.tick())


def counted(light: str) -> int:
    rows = Matter.objects.exclude(secrecy=Secrecy.ACCUSATION).filter(state__in=[s for s in State if s != State.CLOSED])
    today = timezone.localdate()
    return sum(1 for matter in rows if light == "open" or matters.light(matter, today=today) == light)


@pytest.mark.row("N8")
@pytest.mark.row("5.2")
@pytest.mark.parametrize("key", sorted(ASKED))
def test_every_listed_paper_writes_itself_and_all_its_figures_can_be_had(desk: Desk, key: str) -> None:
    desk.stage.register(title="内部的事", secrecy=Secrecy.ACCUSATION)
    paper = made(desk, key)
    seen = figures.see(paper.figures.all(), desk["office"])
    assert [one.figure.name for one in seen.values() if one.trouble] == []
    assert set(written.names(paper.body)) == set(seen)
    assert all(one.url for one in seen.values() if one.figure.source.startswith("matters"))
    if key in ("month", "span", "circular", "year"):
        assert seen["在办"].count == counted("open") == 2
        assert seen["逾期在办"].count == counted("red") == 1
    people = Person.objects.values_list("name", flat=True)
    assert rules.named_people(paper.body, list(people)) == []
    assert "内部的事" not in paper.body
    told = rules.obstacles(title=paper.title, body=paper.body, figures=[one.told for one in seen.values()])
    assert [one for one in told if "待填" not in one] == []
    assert bool(told) == ("（待填" in paper.body)


@pytest.mark.row("5.2")
def test_the_years_report_stands_on_three_orientations(desk: Desk) -> None:
    paper = made(desk, "year")
    body = written.read(paper.body, lambda name: name).body
    heads = [block.words for block in body if isinstance(block, Heading)]
    assert [head[:6] for head in heads] == ["坚持目标导向", "坚持问题导向", "坚持结果导向", "存在的不足和"]
    assert (paper.kind, paper.reach, paper.recipients) == (Kind.ANNUAL, Reach.NAMED, "县委")
    assert paper.copies_to == "县人民政府"
    assert paper.title.startswith(f"{paper.series.signed_as}关于2026年度")
    seen = figures.see(paper.figures.all(), desk["office"])
    assert seen["本年收到"].count == Matter.objects.exclude(secrecy=Secrecy.ACCUSATION).count()
    assert rules.limit(paper.kind).characters == 5000  # type: ignore[union-attr]  # a year's report has a limit


def test_a_paper_that_has_not_gone_out_is_found_again(desk: Desk) -> None:
    paper = made(desk, "month")
    assert actions.unfinished(desk["office2"], paper.origin) == paper
    assert actions.unfinished(desk["clerk"], paper.origin) is None
    desk.do("withdraw", paper, "office", words="重拟")
    assert actions.unfinished(desk["office"], paper.origin) is None


@pytest.mark.row("N8")
def test_an_order_is_filled_in_from_its_matter(desk: Desk) -> None:
    matter = Matter.objects.get(title="水渠堵塞")
    paper = made(desk, "matter", matter=str(matter.pk))
    assert paper.title == "关于“水渠堵塞”的督办通知"
    assert paper.recipients == matter.lead_unit.name
    assert [d.unit_id for d in paper.deliveries.all()] == [matter.lead_unit_id]
    late = (date(2026, 11, 25) - matter.resolve_due).days
    for said in (matter.number, f"截至2026年11月25日已超{late}天", "现在的状态是“办理中”"):
        assert said in paper.body
    desk.do("submit", paper, "office")


def test_an_order_is_refused_where_it_would_tell_or_has_no_unit(desk: Desk) -> None:
    matter = Matter.objects.get(title="路灯不亮")
    Matter.objects.filter(pk=matter.pk).update(secrecy=Secrecy.RESTRICTED)
    assert desk.refused(lambda: made(desk, "matter", matter=str(matter.pk))).code == "papers.restricted"
    fresh = desk.stage.register(title="没交办", raisers=[])
    assert desk.refused(lambda: made(desk, "matter", matter=str(fresh.pk))).code == "papers.no_unit"
    assert desk.refused(lambda: made(desk, "matter", matter="x")).code == "papers.matter"
    assert desk.refused(lambda: made(desk, "matter", by="village", matter=str(fresh.pk))).code == "papers.not_office"


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("month", {"month": "2026-13"}),
        ("month", {"month": "2026-12"}),
        ("month", {"month": "昨天"}),
        ("month", {}),
        ("span", {"start": "2026-11-20", "end": "2026-11-01"}),
        ("span", {"start": "x", "end": ""}),
        ("year", {"year": "2027"}),
        ("year", {"year": "二〇二六"}),
    ],
)
def test_a_span_that_is_none_is_refused_in_words(desk: Desk, key: str, asked: dict[str, str]) -> None:
    source = registry.get(key)
    assert source is not None
    refusal = desk.refused(lambda: source.write(desk["office"], asked, timezone.localdate()))
    assert refusal.code.startswith("papers.")
    assert refusal.field
    assert refusal.fix


def test_a_restricted_title_stays_out_of_the_brief(desk: Desk) -> None:
    Matter.objects.filter(title="水渠堵塞").update(secrecy=Secrecy.RESTRICTED)
    body = made(desk, "month").body
    assert "限定知悉范围" in body
    assert "水渠堵塞" not in body
    assert not re.search(r"\|2026-\d+\|水渠", body)
