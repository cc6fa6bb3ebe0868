import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from luoshi.chapters.review import queries, rules
from luoshi.chapters.review.actions import answer, merge, open_matter, take_from_public
from luoshi.chapters.review.models import Channel
from luoshi.core.matters import actions as matters
from luoshi.core.matters.models import Evaluation, Matter, Raiser
from luoshi.core.org.rules import PUBLIC
from luoshi.testing.cast import Cast


@pytest.fixture
def now() -> datetime:
    """Pages read the real clock, so what leads up to them happened yesterday."""
    return timezone.now() - timedelta(days=1)


class Case:
    """One problem of a citizen, driven through the actions from day to day."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast, self.at = cast, now
        self.taken = self.raised()

    def raised(self, *, accusation: bool = False) -> Any:
        return take_from_public(
            town=self.cast.town,
            channel=Channel.CITIZEN,
            words="村东头路灯坏了一个月",
            place="石桥沟村",
            address="192.0.2.1",
            at=self.at,
            is_accusation=accusation,
        )

    def by(self, part: str) -> Any:
        return self.cast.actor(self.cast.everybody[part], self.at.date())

    def later(self) -> datetime:
        self.at += timedelta(hours=1)
        return self.at

    def raiser(self, code: str = "") -> Raiser:
        return Raiser.objects.get(receipt_digest=rules.digest(code or self.taken.code))

    def shown(self, code: str = "") -> queries.Progress:
        return queries.progress(self.raiser(code))

    def told(self, code: str = "") -> str:
        shown = self.shown(code)
        return "\n".join([shown.now, shown.result, *(f"{s.sentence} {s.words}" for s in shown.steps)])

    def opened(self) -> Matter:
        matter = open_matter(self.taken.finding, title="修好村东头路灯", by=self.by("office"), at=self.later())
        matters.assign(
            matter,
            lead_unit=self.cast.units["nongye"],
            leader=self.cast.leader,
            standard="路灯亮",
            by=self.by("office"),
            at=self.later(),
        )
        return matter

    def claimed(self) -> Matter:
        matter = self.opened()
        matters.sign(matter, handler=self.cast.clerk, by=self.by("head"), at=self.later())
        matters.claim(matter, result="赵小兰联系电工换了灯头，路灯已亮", by=self.by("clerk"), at=self.later())
        return matter


@pytest.fixture
def case(cast: Cast, now: datetime) -> Case:
    return Case(cast, now)


@pytest.mark.row("1.2")
def test_a_receipt_tells_units_dates_and_steps_but_no_names(case: Case) -> None:
    assert case.shown().now == "已经收到，正在研究怎么办理。"
    matter = case.opened()
    shown = case.shown()
    assert shown.unit == "农业农村服务中心"
    assert shown.due == matter.resolve_due
    assert "交办给农业农村服务中心" in case.told()
    matters.sign(matter, handler=case.cast.clerk, by=case.by("head"), at=case.later())
    matters.claim(matter, result="赵小兰换了灯头，路灯已亮", by=case.by("clerk"), at=case.later())
    assert case.shown().result == "工作人员换了灯头，路灯已亮"
    matters.verify(matter, passed=True, seen="钱进到现场看了，亮", by=case.by("other_clerk"), at=case.later())
    told = case.told()
    for who in case.cast.everybody.values():
        assert who.name not in told
    assert "别的单位核查，确已解决" in told


@pytest.mark.row("1.2")
def test_who_raised_it_judges_it_by_receipt(case: Case, client: Client) -> None:
    case.claimed()
    look = reverse("public-look")
    asked = client.post(look, {"code": case.taken.code}).content.decode()
    assert "请您评一评" in asked
    empty = client.post(look, {"code": case.taken.code, "judge": "1", "words": "还是暗"})
    assert empty.status_code == 422
    assert "还是暗" in empty.content.decode()
    done = client.post(look, {"code": case.taken.code, "judge": "1", "answer": "unsatisfied", "words": "还是暗"})
    assert "谢谢" in done.content.decode()
    evaluation = Evaluation.objects.get()
    assert evaluation.answer == Evaluation.Answer.UNSATISFIED
    again = client.post(look, {"code": case.taken.code, "judge": "1", "answer": "satisfied", "words": ""})
    assert again.status_code == 422
    assert "没有等您评价的结果" in again.content.decode()
    evaluation.refresh_from_db()
    assert evaluation.answer == Evaluation.Answer.UNSATISFIED


@pytest.mark.row("1.2")
def test_a_dissent_is_answered_to_who_dissented(case: Case) -> None:
    matter = case.claimed()
    matters.evaluate(case.raiser(), answer=Evaluation.Answer.UNSATISFIED, words="太暗", by=PUBLIC, at=case.later())
    assert case.shown().question is None
    evaluation = Evaluation.objects.get()
    matters.answer_dissent(
        matter,
        evaluation=evaluation,
        stands=True,
        reason="钱进实测照度达标",
        by=case.by("other_clerk"),
        at=case.later(),
    )
    assert "复核后认为结果成立 钱进实测照度达标".replace("钱进", "工作人员") in case.told()
    assert case.shown().said == evaluation


def test_an_answer_without_a_matter_is_read_by_receipt_also_through_a_merge(case: Case) -> None:
    other = case.raised()
    merge(other.finding, into=case.taken.finding, reason="同一盏", by=case.by("office"), at=case.later())
    assert "一并办理" in case.told(other.code)
    answer(case.taken.finding, text="电力公司本周五前更换。", by=case.by("office"), at=case.later())
    assert "电力公司本周五前更换。" in case.told()
    assert "电力公司本周五前更换。" in case.told(other.code)


def test_what_is_voided_says_why(case: Case) -> None:
    matter = case.opened()
    matters.ask_void(matter, reason="路灯属于电力公司产权，已告知其处理", by=case.by("office"), at=case.later())
    assert "产权" not in case.told()
    matters.void(matter, granted=True, by=case.by("office2"), at=case.later())
    assert case.shown().now == "这件不再办理，理由写在下面。"
    assert "路灯属于电力公司产权，已告知其处理" in case.told()
    assert case.shown().due is None


@pytest.mark.row("1.2")
def test_of_an_accusation_a_receipt_tells_almost_nothing(case: Case) -> None:
    secret = case.raised(accusation=True)
    assert case.shown(secret.code).now == "已转纪检监察机关按规定处理。"
    assert case.shown(secret.code).title == ""
    matter = open_matter(secret.finding, title="核实", by=case.by("discipline"), at=case.later())
    matters.assign(
        matter,
        lead_unit=case.cast.units["jiwei"],
        leader=case.cast.secretary,
        standard="核清",
        by=case.by("discipline"),
        at=case.later(),
    )
    told = case.told(secret.code)
    assert "纪检监察机关正在办理" in told
    assert not re.search("交办|纪委|陈立新|路灯", told)


def test_looking_up_takes_few_statements(case: Case, client: Client, django_assert_max_num_queries: Any) -> None:
    other = case.raised()
    merge(other.finding, into=case.taken.finding, reason="", by=case.by("office"), at=case.at)
    case.claimed()
    raiser = case.raiser(other.code)
    matters.evaluate(raiser, answer=Evaluation.Answer.UNSATISFIED, by=PUBLIC, at=case.later())
    with django_assert_max_num_queries(4):  # the raiser's own row is one
        queries.progress(Raiser.objects.select_related("matter__lead_unit").get(pk=raiser.pk))
    with django_assert_max_num_queries(12):
        assert client.post(reverse("public-look"), {"code": other.code}).status_code == 200
