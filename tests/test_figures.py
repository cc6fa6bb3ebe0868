"""Figures that keep their question, over the story of the town: each counts what its ledger lists, for whoever asks. Those
of the pages of 大查摆 are added up again in plain Python from whole tables."""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from luoshi.chapters.review import ledgers as finding_ledgers
from luoshi.chapters.review.causes.models import CauseLink
from luoshi.chapters.review.likeness.models import Suggestion, TopicFinding
from luoshi.chapters.review.models import Finding
from luoshi.chapters.review.selfreview.models import Sheet
from luoshi.core.matters import filters
from luoshi.core.matters.models import Claim, Evaluation, Matter, Raiser, Report, Secrecy, State, Verdict
from luoshi.core.org import queries as org
from luoshi.core.org.models import Unit
from luoshi.kit.ledgers import figures, registry
from luoshi.kit.ledgers.figures import Trouble, exactly, parse, read
from luoshi.kit.ledgers.state import read_state
from tests.support.story import STORY_NOW
from tests.test_routes_and_roles import clients

if TYPE_CHECKING:
    from luoshi.core.org.rules import Actor
    from tests.support.story import Story


def actor(story: Story, part: str) -> Actor:
    return org.actor_of(story.people[part], on=STORY_NOW.date())


def every(ledger: str, who: Actor) -> list[str]:
    """A source for every choice of every filter of a ledger."""
    declared = registry.get(ledger)
    assert declared is not None
    values = {"flag": ["1"], "text": ["2026-000001", "甲"]}
    found = [ledger]
    for one in declared.filters:
        if one.kind == "daterange":
            found.append(f"{ledger}?{one.key}_from=2026-11-10&{one.key}_to=2026-11-20")
            continue
        choices = [key for key, _ in one.choices(who)] if one.choices else values[one.kind]
        found += [f"{ledger}?{one.key}={key}" for key in choices]
    return found


@pytest.mark.parametrize("part", ["office", "clerk", "discipline", "secretary"])
def test_every_figure_is_the_length_of_its_list(story: Story, part: str) -> None:
    who = actor(story, part)
    for slug in ("matters", "findings"):
        ledger = registry.get(slug)
        assert ledger is not None
        if not ledger.may(who):
            told = read(parse(slug), who)
            assert (told.trouble, told.count, told.url) == (Trouble.FORBIDDEN, None, "")
            continue
        sources = [parse(text) for text in every(slug, who)]
        with CaptureQueriesContext(connection) as asked:
            told_all = exactly(sources, who)
        statements = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
        # a few keys of what stands beside, or how many serve a goal, for each such filter
        beside = [one for one in statements if "LIMIT 1001" in one or '"serving"' in one]
        assert len(beside) <= sum(any(f"?{key}=" in str(one) for key in ("said", "looked", "goal")) for one in sources)
        assert len(statements) - len(beside) <= 4
        for source in sources:
            state = read_state(ledger, who, QueryDict(str(source).partition("?")[2]))
            listed = list(state.rows(who, ledger.columns).values_list("pk", flat=True))
            assert told_all[source].count == len(listed), source


@pytest.mark.parametrize("few", [0, 1000])
def test_a_list_is_the_same_whether_its_rows_are_picked_or_walked(
    story: Story, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(filters, "FEW", few)
    monkeypatch.setattr(finding_ledgers, "MOST", few)
    who, days = actor(story, "office"), "received_from=2026-01-01&received_to=2026-12-31"
    filled = 0
    for slug, keys in (("matters", ("kind", "reopened", "said", "looked", "state")), ("findings", ("end", "goal"))):
        ledger = registry.get(slug)
        assert ledger is not None
        for source in [one for one in every(slug, who) if any(f"?{key}=" in one for key in keys)]:
            counted = exactly([parse(source)], who)[parse(source)].count
            for more in ("", f"&{days}", "&order=number"):
                state = read_state(ledger, who, QueryDict(source.partition("?")[2] + more))
                assert len(state.rows(who, ledger.columns)) == counted, source + more
            filled += bool(counted)
    assert filled > 12


def test_the_filters_that_reports_need_find_what_they_say(story: Story) -> None:
    office = actor(story, "office")

    def found(text: str) -> set[str]:
        ledger, source = registry.get("matters"), parse(text)
        assert ledger is not None
        rows = read_state(ledger, office, QueryDict(str(source).partition("?")[2])).rows(office, ledger.columns)
        assert read(source, office).count == len(rows)
        keys = {row.pk for row in rows}
        return {name for name, matter in story.matters.items() if matter.pk in keys}

    plain = {n: m for n, m in story.matters.items() if m.secrecy != Secrecy.ACCUSATION}
    number = story["overdue"].number
    for text in (number, f" {number} ", f"/ledgers/matters/?number={number}"):
        assert found(text) == {"overdue"}
    assert found(f"matters?number=2025-{number[5:]}") == set()
    assert found("matters?looked=1") == {"looked"}
    assert found("matters?reopened=1") == {n for n, m in plain.items() if m.round > 1}
    assert found("matters?state=closed&ended_from=2026-11-01") == {
        n for n, m in plain.items() if m.state == State.CLOSED
    }
    assert found("matters?ended_to=2026-11-01") == set()
    assert "dissent" in found("matters?said=unsatisfied")
    assert Verdict.objects.filter(kind="look").count() == 1


def test_accusations_are_in_nobody_s_figure(story: Story) -> None:
    answers = Evaluation.objects.exclude(matter__secrecy=Secrecy.ACCUSATION).exclude(answer=Evaluation.Answer.MOOT)
    for part in ("office", "discipline", "secretary"):
        who = actor(story, part)
        plain = Matter.objects.filter(town=story.cast.town).exclude(secrecy=Secrecy.ACCUSATION)
        if part != "discipline":
            assert read(parse("matters"), who).count == plain.count()
            assert read(parse("query:matters.answers"), who).count == answers.count()
        assert read(parse(f"matters?number={story['accusation'].number}"), who).count == 0
    assert read(parse("query:matters.answers?answer=unsatisfied"), actor(story, "office")).count == (
        answers.filter(answer="unsatisfied").count()
    )
    assert read(parse("query:matters.urgings?at_from=2026-11-01"), actor(story, "office")).count == 2
    assert read(parse("query:matters.urgings"), actor(story, "outsider")).count == 0
    assert figures.read(parse("matters"), actor(story, "outsider")).count == 0


def text_of(answer: Any) -> str:
    """What a page says, without tags and with plain spaces."""
    assert answer.status_code == 200
    page = re.sub(r"<(style|script)\b.*?</\1>", "", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page)).replace("\N{NO-BREAK SPACE}", " "))


def cells(answer: Any, table: str = "ledger") -> list[list[str]]:
    """The rows of the body of the first table whose class begins so."""
    page = answer.content.decode().partition(f'class="{table}')[2].partition("</table>")[0].partition("<tbody>")[2]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, flags=re.S) for row in page.split("<tr>")[1:]]
    return [[re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", cell))).strip() for cell in row] for row in rows]


def number(text: str) -> int:
    found = re.match(r"\d+", text)
    assert found, text
    return int(found[0])


def says(answer: Any, pattern: str) -> tuple[int, ...]:
    found = re.search(pattern, text_of(answer))
    assert found, (pattern, text_of(answer))
    return tuple(int(group) for group in found.groups())


@pytest.mark.row("1.1")
def test_figures_of_self_review_are_added_up_again(story: Story) -> None:
    everybody, cast = clients(story), story.cast
    sheets = list(Sheet.objects.filter(round=story.round).select_related("unit"))
    people, units = ([s for s in sheets if s.kind == kind] for kind in ("person", "unit"))

    def done(rows: list[Sheet]) -> int:
        return sum(sheet.state == "handed_in" for sheet in rows)

    page = everybody["organisation"].get("/selfreview/")
    told = says(page, r"个人自查表应交 (\d+) 份，已交 (\d+) 份；单位自查表应交 (\d+) 份，已交 (\d+) 份")
    assert told == (len(people), done(people), len(units), done(units))
    rows = {name: (int(of), int(handed), own) for name, of, handed, own in cells(page, "ledger coverage")}
    for name in {sheet.unit.name for sheet in sheets}:
        here, own = [s for s in people if s.unit.name == name], [s for s in units if s.unit.name == name]
        word = "不用交" if not own else "已交" if done(own) else "没有交"
        assert rows.pop(name) == (len(here), done(here), word)
    assert rows == {}
    left = len(sheets) - done(sheets)
    assert page.content.decode().partition("还没有交的<span")[2].partition("</ul>")[0].count("<li>") == left
    close = everybody["secretary"].get(f"/selfreview/rounds/{sheets[0].round_id}/close/")
    assert says(close, r"还有 (\d+) 份没有交") == (left,)
    check = everybody["clerk"].get(f"/selfreview/sheets/{story.sheets['draft'].pk}/check/")
    assert says(check, r"空着的 (\d+) 条") == (4 - sum(bool(a.text) for a in story.sheets["draft"].answers.all()),)
    waiting = [s for s in sheets if s.state == "draft" and s.person_id == cast.clerk.pk]
    assert says(everybody["clerk"].get("/home/"), r"自查表还有 (\d+) 份没有交") == (len(waiting),)

    facts = everybody["head"].get(f"/selfreview/sheets/{story.sheets['unit'].pk}/")
    mine = [
        m
        for m in Matter.objects.all()
        if m.lead_unit_id == cast.units["nongye"].pk and m.secrecy != "accusation" and m.state != "voided"
    ]
    assert says(facts, r"以来牵头 (\d+) 件") == (len(mine),)
    by_hand = {
        "反馈被退回过": {r.matter_id for r in Report.objects.all() if r.review == "returned"},
        "核查曾不通过": {c.matter_id for c in Claim.objects.all() if c.outcome == "refused"},
        "提出人不满意": {e.matter_id for e in Evaluation.objects.all() if e.answer == "unsatisfied"},
        "回头看没有真正解决": {v.matter_id for v in Verdict.objects.all() if v.kind == "look" and not v.passed},
        "现在逾期": {
            m.pk
            for m in mine
            if m.resolve_due and m.resolve_due < STORY_NOW.date() and m.state in ("assigned", "working", "planned")
        },
    }
    for label, keys in by_hand.items():
        found = re.search(label + r" (\d+) 件", text_of(facts))
        assert int(found[1] if found else 0) == len(keys & {m.pk for m in mine}), label


@pytest.mark.row("1.4")
def test_figures_of_causes_and_villages_are_added_up_again(story: Story) -> None:
    office, units = clients(story)["office"], {unit.pk: unit for unit in Unit.objects.all()}
    open_matters = [
        m for m in Matter.objects.all() if m.state not in ("closed", "voided") and m.secrecy != "accusation"
    ]
    raised = Counter(Raiser.objects.exclude(matter=None).values_list("matter_id", flat=True))
    villages = [u.name for u in units.values() if u.kind == "village" and u.town_id == story.cast.town.pk]

    def where(matter: Matter) -> str:
        named = [name for name in villages if name in matter.place]
        return (
            max(named, key=len) if named else units[matter.lead_unit_id].name if matter.lead_unit_id else matter.place
        )

    page = office.get("/causes/")
    told = {row[0]: [number(cell) for cell in row[1:]] for row in cells(page, "ledger pains")}
    under = [m for m in open_matters if CauseLink.objects.filter(matter=m, cause=story.cause).exists()]
    assert story.cause is not None
    people, weeks = sum(raised[m.pk] for m in under), 0
    weeks = max((STORY_NOW.date() - timezone.localdate(m.received_at)).days // 7 for m in under)
    places = len({where(m) for m in under})
    assert told[story.cause.root] == [len(under), people, weeks, places, people * 3 + weeks + places * 2]
    everything = [link for link in CauseLink.objects.filter(cause=story.cause) if link.matter]
    assert says(office.get(f"/causes/{story.cause.pk}/"), r"(\d+) 件事项") == (len(everything),)

    bare = re.findall(r"(\d+) 人提，", text_of(page))
    without = [m for m in open_matters if not CauseLink.objects.filter(matter=m).exists()]
    assert [int(n) for n in bare] == sorted((raised[m.pk] for m in without), reverse=True)[:10]

    table = page.content.decode().partition('class="sketch"')[2]
    rows = re.findall(r'villages/(\d+)/">([^<]+)</a></td><td[^>]*>(\d+)\D+?</td><td[^>]*>(\d+)', table)
    assert {name for _, name, _, _ in rows} == set(villages)
    for pk, name, count, told_by in rows:
        here = [m for m in open_matters if where(m) == name]
        assert (int(count), int(told_by)) == (len(here), sum(raised[m.pk] for m in here))
        assert office.get(f"/causes/villages/{pk}/").content.decode().count('<td class="row-number">') == len(here)
        drawn = re.search(rf"<title>{name} (\d+) 件</title>", table)
        assert drawn is not None
        assert int(drawn[1]) == len(here)


@pytest.mark.row("1.3")
def test_figures_of_suggestions_and_topics_are_added_up_again(story: Story) -> None:
    office = clients(story)["office"]
    findings = [f for f in Finding.objects.filter(town=story.cast.town) if not f.is_accusation]
    by_pk = {f.pk: f for f in findings}
    new = {f.pk for f in findings if f.state == "new"}
    assert says(office.get("/review/findings/"), r"(\d+) 件等待处理") == (len(new),)
    pairs = [
        (s.one_id, s.other_id)
        for s in Suggestion.objects.all()
        if s.state == "open"
        and {s.one_id, s.other_id} & new
        and not any(f not in by_pk or by_pk[f].state == "merged" for f in (s.one_id, s.other_id))
    ]
    assert pairs
    assert says(office.get("/home/"), r"(\d+) 处可能是同一件事") == (len(pairs),)
    assert len(re.findall(r'<section class="alike">', office.get("/likeness/").content.decode())) == len(pairs)
    waiting = story.findings["waiting"].pk
    touching = sum(waiting in pair for pair in pairs)
    assert says(office.get(f"/review/findings/{waiting}/"), r"(\d+) 处可能说的是同一件事") == (touching,)

    page = office.get("/likeness/topics/")
    month = [f for f in findings if timezone.localdate(f.received_at).strftime("%Y-%m") == f"{STORY_NOW:%Y-%m}"]
    assert says(page, r"这个月收到 (\d+) 件") == (len(month),)
    top = Counter("还没有定类别" if f.category is None else f.category.name for f in month)
    kinds = page.content.decode().partition("按类别")[2]
    told = re.findall(r"<td>([^<]+)</td><td class=\"number\"><a[^>]*>(\d+)", kinds)
    assert {name: int(n) for name, n in told} == top
    assert story.topic is not None
    of_topic = [
        by_pk[row.finding_id] for row in TopicFinding.objects.filter(topic=story.topic) if row.finding_id in by_pk
    ]
    channels = Counter(f.get_channel_display() for f in of_topic)
    stands = Counter(f.matter.get_state_display() if f.matter else f.get_state_display() for f in of_topic)
    row = next(row for row in cells(page, "ledger topics") if story.topic.title in row[0])
    assert number(row[1]) == len(of_topic)
    assert {name: int(n) for name, n in re.findall(r"([^\d、 ]+) (\d+) 次", row[1].partition("次")[2])} == channels
    assert {name: int(n) for name, n in re.findall(r"([^\d、 ]+) (\d+)\s件", row[4])} == stands
    one = office.get(f"/likeness/topics/{story.topic.pk}/")
    assert says(one, r"(\d+) 次说到") == (len(of_topic),)
    assert len(cells(one)) == len(of_topic)
