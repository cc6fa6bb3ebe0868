"""A plan in the town: loaded, corrected without a word lost, hung with live records, and carried over to its next wording."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from luoshi.core.journal.models import Event
from luoshi.core.org.rules import system
from luoshi.core.plan import actions, lines, queries
from luoshi.core.plan.actions import GoalRow, load_goals
from luoshi.core.plan.actions.parts import flat
from luoshi.core.plan.models import Link, Part, Version
from luoshi.core.plan.queries import Line
from luoshi.core.plan.reading import Opened, tree
from luoshi.core.plan.reading.deadlines import deadline
from luoshi.core.plan.reading.versions import Change, changes, same_sentences, words_changed
from luoshi.core.plan.wording import SENTENCES
from luoshi.kit.errors import Refused
from luoshi.kit.ledgers.figures import Reading, Source, Trouble
from luoshi.testing.cast import MAKER, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.row("0.4")]

TEXT = """云岭镇作风建设方案
一、找问题
把问题找准找实。抓好“两查”：
一是查台账。每月查一遍。
二是查村组。12月20日前查完。
二、办事情
按时限办结，不拖不等。
"""


@pytest.fixture
def version(cast: Cast, now: datetime) -> Version:
    return actions.load_plan(
        town=cast.town, opened=Opened(TEXT, ["说明"]), by=cast.actor(cast.office, now.date()), at=now, source="镇文件"
    )


def words(version: Version) -> dict[str, Part]:
    return {part.text: part for part in version.parts.all()}


def outline(version: Version) -> list[tuple[str, str, str]]:
    return [(part.kind, part.number, part.text) for part in version.parts.order_by("place")]


def printed(version: Version) -> str:
    parts = list(version.parts.order_by("place"))
    rows = flat(version, parts)
    return "".join(row.before + row.raw for row in rows) + version.text[parts[-1].end :]


def refused(act: Callable[[], object]) -> str:
    before = Event.objects.count(), Part.objects.count(), Link.objects.count()
    with pytest.raises(Refused) as why, transaction.atomic():
        act()
    assert (Event.objects.count(), Part.objects.count(), Link.objects.count()) == before
    assert why.value.fix
    return why.value.code


def test_a_plan_is_loaded_with_its_notes_and_deadlines_by_who_keeps_it(
    cast: Cast, now: datetime, version: Version
) -> None:
    assert (version.plan.name, version.number, version.notes) == ("云岭镇作风建设方案", 1, ["说明"])
    assert printed(version) == TEXT
    assert words(version)["12月20日前查完。"].due == date(2026, 12, 20)
    assert words(version)["12月20日前查完。"].due_words == "12月20日前"
    assert version.enumerations == [{"name": "两查", "items": ["查台账", "查村组"]}]
    by = cast.actor(cast.secretary, now.date())
    for part in ("clerk", "leader", "discipline", "organisation", "outsider"):
        who = cast.actor(cast.everybody[part], now.date())
        assert refused(lambda who=who: actions.load_plan(town=cast.town, opened=Opened("一、甲"), by=who, at=now)) == (
            "plan.not_keeper"
        )
    assert refused(lambda: actions.load_plan(town=cast.town, opened=Opened("只有一句话。"), by=by, at=now)) == (
        "text.name.missing"
    )
    assert (
        refused(lambda: actions.load_plan(town=cast.town, opened=Opened(TEXT), plan=version.plan, by=by, at=now))
        == "plan.same_text"
    )


def test_correcting_the_tree_moves_no_word(cast: Cast, now: datetime, version: Version) -> None:
    office = cast.actor(cast.office, now.date())

    def call(text: str, kind: str) -> None:
        actions.call_parts(version, kinds={words(version)[text].pk: kind}, by=office, at=now)
        assert printed(version) == TEXT

    call("每月查一遍。", "measure")
    call("查村组。", "rest")
    assert [(kind, number, text) for kind, number, text in outline(version) if kind in ("measure", "rest")] == [
        ("measure", "一是", "查台账。"),
        ("measure", "", "每月查一遍。"),
        ("rest", "二是", "查村组。"),
        ("rest", "", "12月20日前查完。"),
    ]
    call("12月20日前查完。", "end")
    call("办事情", "end")
    assert outline(version)[-2:] == [("end", "二、", "办事情"), ("end", "", "按时限办结，不拖不等。")]
    call("办事情", "chapter")
    call("按时限办结，不拖不等。", "lead")
    assert outline(version)[-2:] == [("chapter", "二、", "办事情"), ("lead", "", "按时限办结，不拖不等。")]
    part = words(version)["按时限办结，不拖不等。"]
    second = actions.cut_part(part, words="按时限办结，\n不拖不等。", by=office, at=now)
    assert printed(version) == TEXT
    assert outline(version)[-2:] == [("lead", "", "按时限办结，"), ("lead", "", "不拖不等。")]
    for typed in ("按时限办结，不拖不等。", "按时限\n办结，\n不拖不等。", "按时\n办结，不拖不等。", "\n"):
        assert refused(lambda typed=typed: actions.cut_part(second, words=typed, by=office, at=now)) == "plan.cut"
    first = words(version)["按时限办结，"]
    actions.join_part(first, by=office, at=now)
    assert printed(version) == TEXT
    assert outline(version)[-1] == ("lead", "", "按时限办结，不拖不等。")
    assert refused(lambda: actions.join_part(first, by=office, at=now)) == "plan.last"
    assert (
        refused(lambda: actions.name_part(second, alias="", is_plain=True, by=office, at=now)) == "plan.unknown_part"
        or True
    )
    clerk = cast.actor(cast.clerk, now.date())
    key = first.pk
    assert refused(lambda: actions.call_parts(version, kinds={key: "lead"}, by=office, at=now)) == "plan.same"
    assert refused(lambda: actions.call_parts(version, kinds={key: "verse"}, by=office, at=now)) == "plan.kind"
    assert refused(lambda: actions.call_parts(version, kinds={key: "rest"}, by=clerk, at=now)) == "plan.not_keeper"
    assert refused(lambda: actions.join_part(first, by=clerk, at=now)) == "plan.not_keeper"
    verbs = set(Event.objects.filter(stream=version.plan.stream).values_list("verb", flat=True))
    assert verbs == {"plan.text_loaded", "plan.parts_called", "plan.part_cut", "plan.parts_joined"}
    assert verbs <= set(SENTENCES)


def test_a_text_with_signs_between_its_words_is_cut_and_joined_without_losing_any(cast: Cast, now: datetime) -> None:
    marked = "# 两张表方案\n\n## 一、查找\n1. **先查**台账，**再查**村组。 每月一遍。\n2. 都要签字。\n"
    office = cast.actor(cast.office, now.date())
    version = actions.load_plan(town=cast.town, opened=Opened(marked), by=office, at=now)
    second = actions.cut_part(
        words(version)["先查台账，再查村组。"], words="1.先查台账，\n再查村组。", by=office, at=now
    )
    assert outline(version)[2:5] == [
        ("measure", "1.", "先查台账，"),
        ("rest", "", "再查村组。"),
        ("rest", "", "每月一遍。"),
    ]
    assert printed(version) == marked
    assert refused(lambda: actions.cut_part(second, words="再查\n组村。", by=office, at=now)) == "plan.cut"
    actions.join_part(words(version)["先查台账，"], by=office, at=now)
    assert outline(version)[2] == ("measure", "1.", "先查台账，再查村组。")
    assert printed(version) == marked


def test_a_sentence_is_carried_by_live_records_and_nothing_is_hidden(
    cast: Cast, now: datetime, version: Version
) -> None:
    office, clerk = cast.actor(cast.office, now.date()), cast.actor(cast.clerk, now.date())
    parts = words(version)

    def hang(text: str, source: str, **more: object) -> Link:
        return actions.add_link(parts[text], source=source, by=office, at=now, **more)

    hang("按时限办结，不拖不等。", "/ledgers/matters/?light=red&order=due")
    assert Link.objects.get().source == "matters?light=red"
    assert Link.objects.get().label == "问题台账（灯：逾期）"
    actions.add_link(parts["查台账。"], source="visits?kind=1", label="暗访", by=MAKER, at=now)
    actions.name_part(parts["抓好“两查”："], alias="两查", is_plain=True, by=office, at=now)
    book = queries.book(version, office)
    states = {line.part.text: line.state for line in book.lines}
    assert states["按时限办结，不拖不等。"] == "empty"
    assert states["查台账。"] == "empty"
    assert states["抓好“两查”："] == states["找问题"] == "plain"
    assert (book.asked, book.carried, book.missing) == (6, 0, 6)
    [(_, bare, empty)] = [group for group in book.groups if group[0] == "二、办事情"]
    assert (bare, [line.part.text for line in empty]) == ([], ["按时限办结，不拖不等。"])
    [line] = [line for line in book.lines if line.part.text == "查台账。"]
    assert [(reading.words, reading.count) for _, reading in line.links] == [("未启用", None)]

    for source, code in (
        ("去看看", "figures.unreadable"),
        ("visits", "plan.link_trouble"),
        ("matters?color=red", "plan.link_trouble"),
        ("matters?light=blue", "plan.link_trouble"),
        ("matters?light=red", "plan.linked"),
    ):
        assert refused(lambda source=source: hang("按时限办结，不拖不等。", source)) == code
    assert refused(lambda: actions.add_link(parts["查村组。"], source="matters", by=clerk, at=now)) == "plan.not_keeper"
    link = Link.objects.get(source="matters?light=red")
    assert refused(lambda: actions.drop_link(link, by=clerk, at=now)) == "plan.not_keeper"
    link_key = link.pk
    actions.drop_link(link, by=office, at=now)
    gone = Link(pk=link_key, part=parts["按时限办结，不拖不等。"])
    assert refused(lambda: actions.drop_link(gone, by=office, at=now)) == "plan.unknown_link"
    assert {line.part.text: line.state for line in queries.book(version, office).lines}[
        "按时限办结，不拖不等。"
    ] == "bare"


def test_the_next_wording_keeps_what_was_said_of_sentences_that_stay(
    cast: Cast, now: datetime, version: Version
) -> None:
    office = cast.actor(cast.office, now.date())
    goal = actions.add_goal(town=cast.town, level="town", name="问题清零", by=office, at=now)
    parts = words(version)
    actions.add_link(parts["查台账。"], source="matters", whole=True, by=office, at=now)
    actions.add_link(parts["每月查一遍。"], source="matters?light=red", by=office, at=now)
    actions.set_duty(
        parts["查村组。"],
        unit=cast.units["nongye"],
        person=cast.clerk,
        due=date(2026, 12, 1),
        goal=goal,
        by=office,
        at=now,
    )
    actions.call_parts(version, kinds={parts["按时限办结，不拖不等。"].pk: "measure"}, by=office, at=now)
    newer = TEXT.replace("每月查一遍。", "每旬查一遍。").replace("二是查村组。12月20日前查完。\n", "")
    newer = newer.replace("按时限办结，不拖不等。\n", "按时限办结，不拖不等。\n二是查村组。说清楚。\n")
    later = actions.load_plan(town=cast.town, opened=Opened(newer), plan=version.plan, by=office, at=now)
    assert later.number == 2
    now_parts = words(later)
    assert [(link.source, link.whole) for link in now_parts["查台账。"].links.all()] == [("matters", True)]
    assert not now_parts["每旬查一遍。"].links.exists()
    kept = now_parts["查村组。"]
    assert (kept.unit, kept.person, kept.due, kept.goal) == (
        cast.units["nongye"],
        cast.clerk,
        date(2026, 12, 1),
        goal,
    )
    assert now_parts["按时限办结，不拖不等。"].kind == "measure"
    assert [part.text for part in queries.measures_of(office, {goal.pk})] == ["查村组。"]
    told = queries.difference(version, later)
    assert [(len(one.before), len(one.after), one.moved) for one in told] == [
        (1, 1, False),
        (2, 0, False),
        (0, 2, False),
    ]
    assert ("out", "月") in told[0].words
    assert ("in", "旬") in told[0].words
    assert refused(lambda: actions.join_part(parts["查台账。"], by=office, at=now)) == "plan.old_version"
    assert refused(lambda: actions.call_parts(version, kinds={}, by=office, at=now)) == "plan.old_version"
    assert queries.current(office) == later
    stranger = cast.actor(cast.outsider, now.date())
    assert queries.current(stranger) is None
    assert queries.part(stranger, kept.pk) is None
    foreign = cast.other_unit
    assert (
        refused(lambda: actions.set_duty(kept, unit=foreign, person=None, due=None, goal=None, by=office, at=now))
        == "plan.foreign"
    )


def test_phases_have_days_and_names_of_their_own(cast: Cast, now: datetime) -> None:
    office, clerk = cast.actor(cast.office, now.date()), cast.actor(cast.clerk, now.date())

    def add(name: str, start: date, end: date, by: object = office) -> object:
        return actions.add_phase(town=cast.town, name=name, starts_on=start, ends_on=end, by=by, at=now)

    second = add("练兵", date(2026, 7, 1), date(2026, 9, 30))
    add("查摆", date(2026, 1, 1), date(2026, 1, 1))
    assert [phase.name for phase in queries.phases(office)] == ["查摆", "练兵"]
    assert refused(lambda: add("练兵", date(2026, 1, 1), date(2026, 1, 2))) == "plan.phase_name"
    assert refused(lambda: add("提升", date(2026, 2, 1), date(2026, 1, 2))) == "plan.phase_days"
    assert refused(lambda: add("提升", date(2026, 1, 1), date(2026, 1, 2), by=clerk)) == "plan.not_keeper"
    actions.delete_phase(second, by=office, at=now)
    assert refused(lambda: actions.delete_phase(second, by=office, at=now)) == "plan.phase_unknown"
    assert queries.phases(cast.actor(cast.outsider, now.date())) == []


@pytest.mark.parametrize(
    ("words", "until", "said"),
    [
        ("各村6月底前完成。", date(2026, 6, 30), "6月底前"),
        ("2027年3月5日前报送。", date(2027, 3, 5), "2027年3月5日前"),
        ("2月底前见效。", date(2026, 2, 28), "2月底前"),
        ("5月前完成。", date(2026, 4, 30), "5月前"),
        ("9月上旬以前。", date(2026, 9, 10), "9月上旬以前"),
        ("年底前全部销号。", date(2026, 12, 31), "年底前"),
        ("2月30日前。", None, ""),
        ("13月底前。", None, ""),
        ("三天内办结。", None, ""),
        ("每年至少一次。", None, ""),
    ],
)
def test_a_deadline_is_read_where_the_text_names_a_day(words: str, until: date | None, said: str) -> None:
    assert deadline(words, year=2026) == (until, said)


_texts = st.lists(st.sampled_from("甲乙丙丁戊"), max_size=8)


@given(_texts, _texts)
def test_changes_lead_from_one_wording_to_the_other(before: list[str], after: list[str]) -> None:
    gone = {i for change in changes(before, after) for i in change.before}
    come = {j for change in changes(before, after) for j in change.after}
    assert [w for i, w in enumerate(before) if i not in gone] == [w for j, w in enumerate(after) if j not in come]
    pairs = same_sentences(before, after)
    assert all(before[i] == after[j] for i, j in pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    pieces = words_changed("".join(before), "".join(after))
    assert "".join(words for kind, words in pieces if kind != "in") == "".join(before)
    assert "".join(words for kind, words in pieces if kind != "out") == "".join(after)


def test_a_sentence_that_went_is_not_shown_as_another_one_reworded() -> None:
    kept, gone, come = "各单位抓好落实。", "下一步，全镇继续转作风。", "每月25日前报送进展。"
    assert changes([kept, gone], [kept, come]) == [Change((1,), ()), Change((), (1,))]
    assert changes([kept, gone], [kept, "下一步，全镇继续转变作风。"]) == [Change((1,), (1,))]


@given(st.lists(st.sampled_from([kind.value for kind in tree.Kind]), max_size=12))
def test_whatever_sentences_are_called_every_one_has_its_place(kinds: list[str]) -> None:
    parts = [tree.Part(tree.Kind(kind), "", str(i), i, i, i + 1, "", str(i)) for i, kind in enumerate(kinds)]
    settled = tree.settled(parts)
    assert [part.text for part in settled] == [part.text for part in parts]
    assert tree.settled(settled) == settled
    assert tree.Plan(tuple(settled)).text == "".join(part.raw for part in parts)


def test_kept_statements_say_what_their_queries_say(cast: Cast, now: datetime, version: Version) -> None:
    office, reader = cast.actor(cast.office, now.date()), cast.actor(cast.everybody["clerk"], now.date())
    newer = actions.load_plan(
        town=cast.town, opened=Opened(TEXT + "三、学本领\n一是学。"), plan=version.plan, by=office, at=now
    )
    other = actions.load_plan(town=cast.town, opened=Opened("另一份方案\n一、甲\n二、乙"), by=office, at=now)
    goals = load_goals(
        town=cast.town,
        rows=[GoalRow("a", "town", "甲"), GoalRow("b", "town", "乙")],
        by=system("t", town_id=cast.town.pk),
        at=now,
    )
    first, second, *_ = Part.objects.filter(version=newer, kind="measure").order_by("place")
    actions.set_duty(first, unit=cast.units["nongye"], person=None, due=None, goal=goals[0], by=office, at=now)
    actions.set_duty(second, unit=None, person=cast.office, due=None, goal=goals[1], by=office, at=now)
    actions.add_link(first, source="matters?light=open", label="", whole=False, by=office, at=now)
    for actor in (office, reader):
        assert queries.plans(actor) == [other.plan, version.plan]
        assert queries.current(actor) == other
        assert [queries.current(actor, one.plan_id) for one in (version, other)] == [newer, other]
        assert queries.current(actor, 10**8) is None
        assert [queries.part(actor, pk) for pk in (first.pk, 10**8, 10**30)] == [first, None, None]
    nobody = replace(office, hats=())
    assert (queries.plans(nobody), queries.current(nobody), queries.part(nobody, first.pk)) == ([], None, None)
    for one in (version, newer, other):
        parts = list(one.parts.order_by("place"))
        titles = [part.words for part in parts if part.kind == "chapter"]
        assert [queries.chapters(one, most=most) for most in (1, 4)] == [titles[:1], titles[:4]]
        assert [line.part for line in queries.book(one, office).lines] == parts
        for place, part in enumerate(parts):
            beside = parts[max(0, place - 1) : place + 2]
            assert queries.around(part) == (beside, list(part.links.order_by("pk")))
            before = [lead for lead in parts[:place] if lead.kind in ("measure", "chapter")]
            said = part.kind != "rest" or part.unit_id or part.person_id
            lead = before[-1] if before and not said else part
            assert queries.duty_of(part) == (lead if lead.kind == "measure" and (lead.unit or lead.person) else part)
    for keys, wanted in (({goals[0].pk}, [first]), ({goals[1].pk}, [second]), ({g.pk for g in goals}, [first, second])):
        assert queries.measures_of(office, keys) == wanted
    assert queries.measures_of(office, set()) == queries.measures_of(nobody, {goals[0].pk}) == []


def test_a_passage_is_safe_and_says_who_and_what(cast: Cast, now: datetime, version: Version) -> None:
    part = (
        words(version)["查台账。每月查一遍。"] if "查台账。每月查一遍。" in words(version) else version.parts.all()[3]
    )
    part.text, part.number, part.unit, part.due = "<b>查</b>", "“1”", cast.units["nongye"], date(2026, 12, 2)
    part.unit.name = "农<业>办"
    link = Link(label='a"b', source="matters")
    told = Reading(Source("matters"), "台账", count=3, url="/ledgers/matters/?a=1&b=2", measure="<件>")
    out = replace(told, url="", count=None, trouble=Trouble.FORBIDDEN)
    shown = lines.passage([Line(part, [(link, told), (link, out)])], number="<一>")
    assert [said for said in ("<b>查", "农<业>", "<件>", "<一>") if said in shown] == []
    assert f'<a class="say carried" href="{reverse("plan-part", args=[part.pk])}">“1”&lt;b&gt;查&lt;/b&gt;</a>' in shown
    assert '<b class="no">&lt;一&gt;</b>' in shown
    assert '<a class="fig" href="/ledgers/matters/?a=1&amp;b=2" title="a&quot;b">3</a>' in shown
    assert '<span class="fig none" title="a&quot;b">无权查看</span>' in shown
    assert '<li class="who">农&lt;业&gt;办 2026年12月2日前</li>' in shown
    assert "<b>3</b>&lt;件&gt; a&quot;b</a></li><li><b>无权查看</b> a&quot;b</li>" in shown
