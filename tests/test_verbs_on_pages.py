"""Every verb of the matter through its form on the page: done by who may, refused with everything kept, done once."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Evaluation, Matter, Report, State
from luoshi.core.matters.transitions import VERBS
from tests.support.story import client_of, picture

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.support.story import Story

Fill = Callable[["Story", Matter], dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """On which matter of the story, by whom, with what; what the page then says, and who is not offered it."""

    matter: str
    by: str
    fill: Fill
    says: str
    wrong: str
    long: str = ""
    """The field of words that is too long in the refused attempt."""


def said(**values: Any) -> Fill:
    return lambda story, matter: values


def unread(story: Story, matter: Matter) -> int:
    return Report.objects.filter(matter=matter, review="", is_lead=True).order_by("pk")[0].pk


def dissent(story: Story, matter: Matter) -> int:
    return Evaluation.objects.get(matter=matter, answer=Evaluation.Answer.UNSATISFIED).pk


UNIT: Callable[[Story, str], int] = lambda story, code: story.cast.units[code].pk  # noqa: E731 - a name in the table
CASES: dict[str, Case] = {
    "assign": Case(
        "registered",
        "office",
        lambda s, m: {"lead_unit": UNIT(s, "nongye"), "leader": s.cast.leader.pk, "standard": "灯全亮"},
        "已交办给农业农村服务中心，",
        "clerk",
        "standard",
    ),
    "describe": Case(
        "working", "office", said(title="路灯不亮（三盏）", cause="线路老化"), "内容已改", "village", "cause"
    ),
    "put_in_charge": Case(
        "working", "office", lambda s, m: {"leader": s.cast.secretary.pk}, "分管领导已改为陈立新", "clerk"
    ),
    "contest": Case("assigned", "head", said(reason="不归我管"), "异议已提出", "clerk2", "reason"),
    "propose_ruling": Case(
        "contested",
        "office",
        lambda s, m: {"unit": UNIT(s, "yingji"), "reason": "职责清单"},
        "裁定已拟，等分管领导审定",
        "leader",
        "reason",
    ),
    "rule": Case("ruling_proposed", "leader", said(granted="yes"), "已裁定，由应急管理办公室办理", "office", "reason"),
    "sign": Case("assigned", "head", lambda s, m: {"handler": s.cast.clerk.pk}, "已签收，由赵小兰经办，", "office", ""),
    "report": Case("working", "clerk", said(progress="换了两盏"), "已反馈，", "office", "progress"),
    "co_report": Case("working", "village", said(progress="带了路"), "已反馈给牵头单位", "clerk", "progress"),
    "accept": Case(
        "working", "office", lambda s, m: {"report": unread(s, m), "review": "good"}, "已阅评", "clerk", "words"
    ),
    "return_report": Case(
        "working", "office", lambda s, m: {"report": unread(s, m), "reason": "没写措施"}, "反馈已退回", "head", "reason"
    ),
    "ask_extension": Case(
        "working", "clerk", said(new_due="2026-12-20", reason="配件没到"), "批准前仍按原期限", "office", "reason"
    ),
    "decide_extension": Case(
        "extension_asked", "office", said(granted="yes"), "已同意，办结期限改为", "clerk", "reason"
    ),
    "suspend": Case(
        "working", "office", said(on_whom="供电所", reason="等停电"), "已中止，计时停止", "clerk", "on_whom"
    ),
    "resume": Case("waiting", "office", said(reason="电来了"), "已恢复计时，", "clerk", "reason"),
    "draft_plan": Case(
        "working",
        "clerk",
        said(steps="2026-12-10 换线\n2027年1月10日，换灯", reason="线路老化"),
        "方案已报分管领导审批",
        "office",
        "reason",
    ),
    "approve_plan": Case("plan_asked", "leader", said(granted="yes"), "按方案办理", "office", "reason"),
    "send_up": Case(
        "working", "office", said(to_whom="县供电公司", document="云政文〔2026〕3号"), "已上报", "clerk", "to_whom"
    ),
    "answer_from_above": Case("sent_up", "office", said(decision="列入计划"), "继续办理", "clerk", "decision"),
    "transfer": Case(
        "working",
        "office",
        lambda s, m: {"lead_unit": UNIT(s, "liuhewan"), "reason": "属地"},
        "已转办给柳河湾村",
        "clerk",
        "reason",
    ),
    "hand_over": Case(
        "working", "clerk", lambda s, m: {"handler": s.cast.head.pk}, "已移交给刘建国", "office", "words"
    ),
    "ask_regrade": Case(
        "working", "office", said(grade="major", reason="涉及三个村"), "等另一人审定", "clerk", "reason"
    ),
    "regrade": Case("regrade_asked", "office2", said(granted="yes"), "已改级", "office", "reason"),
    "claim": Case("working", "clerk", said(result="三盏全亮"), "已申请销号", "office", "result"),
    "withdraw": Case("claimed", "clerk", said(reason="又灭了"), "已撤回，继续办理", "office", "reason"),
    "name_verifier": Case(
        "claimed", "office", lambda s, m: {"person": s.cast.discipline.pk}, "已指定何清", "clerk", ""
    ),
    "verify": Case("claimed", "organisation", said(passed="yes", seen="夜里去看都亮"), "核查通过，", "clerk", "seen"),
    "evaluate": Case("claimed", "other_village", said(answer="satisfied"), "您的评价已记录", "office", "words"),
    "answer_dissent": Case(
        "dissent",
        "organisation",
        lambda s, m: {"evaluation": dissent(s, m), "stands": "yes", "reason": "看过，亮了"},
        "会给提出人看",
        "clerk",
        "reason",
    ),
    "close": Case("verified", "office", said(result="路灯修复"), "已销号，归零", "clerk", "result"),
    "look_again": Case("look", "other_head", said(passed="yes", seen="还亮着"), "确已解决", "clerk", "seen"),
    "reopen": Case("closed", "office", said(reason="又灭了"), "已重新打开，", "clerk", "reason"),
    "ask_void": Case("working", "office", said(reason="重复"), "等另一人审定", "clerk", "reason"),
    "void": Case("void_asked", "office2", said(granted="yes"), "提出人会看到理由", "office", "reason"),
    "urge": Case("working", "office", said(words="请抓紧"), "已催办农业农村服务中心", "clerk", "words"),
    "escalate": Case(
        "working", "office", said(level="blue", reason="临期没有反馈"), "督办单已发农业农村服务中心", "clerk", "reason"
    ),
}
LONG = "很长" * 2600


def do(client: Client, matter: Matter, verb: str, fill: dict[str, Any], *, seen: str = "") -> HttpResponse:
    form = {f"{verb}-{name}": value for name, value in fill.items()} | ({"seen": seen} if seen else {})
    answer: Any = client.post(f"/matters/{matter.pk}/do/{verb}/", form)
    return answer


def page(client: Client, matter: Matter) -> str:
    answer = client.get(f"/matters/{matter.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def offered(text: str, verb: str) -> bool:
    return f'/do/{verb}/"' in text


def seen_on(text: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', text)
    assert found
    return found[1]


def events(matter: Matter) -> list[str]:
    return list(Event.objects.filter(stream=matter.stream).order_by("seq").values_list("verb", flat=True))


def test_every_verb_of_the_table_is_tried_here() -> None:
    assert set(CASES) == {verb.name for verb in VERBS.values() if verb.on_page}


@pytest.mark.row("1.6")
@pytest.mark.parametrize("verb", CASES)
def test_a_verb_is_done_once_by_who_may_and_not_offered_to_others(story: Story, verb: str) -> None:
    case = CASES[verb]
    wrong = "other_clerk" if case.wrong == "clerk2" else case.wrong
    matter, right = story[case.matter], client_of(story.people[case.by])
    stranger = client_of(story.people[wrong])
    before, filled = events(matter), case.fill(story, matter)
    assert not offered(page(stranger, matter), verb)
    denied = do(stranger, matter, verb, filled)
    assert denied.status_code == 409
    assert 'role="alert"' in denied.content.decode()
    assert events(matter) == before

    text = page(right, matter)
    assert offered(text, verb)
    if case.long:
        fill = {**filled, case.long: LONG}
        kept = do(right, matter, verb, fill)
        shown = html.unescape(kept.content.decode())
        assert (kept.status_code, events(matter)) == (409, before)
        assert LONG in shown
        assert "字，超过" in shown
        assert f'id="id_{verb}-{case.long}_error"' in shown
        for name, value in fill.items():
            assert str(value) in shown, name

    done = do(right, matter, verb, filled, seen=seen_on(text))
    assert done.status_code == 302, done.content.decode()
    after = right.get(done["Location"]).content.decode()
    assert case.says in after
    assert "提交成功" not in after
    made = events(matter)[len(before) :]
    assert len(made) == 1
    assert made[0].startswith("matter.")

    again = do(right, matter, verb, filled, seen=seen_on(text))
    assert events(matter)[len(before) :] == made
    if again.status_code == 302:
        assert "没有重复记" in right.get(again["Location"]).content.decode()
    else:
        assert again.status_code == 409
        assert 'role="alert"' in again.content.decode()


@pytest.mark.parametrize(("verb", "by", "fill", "faster", "told"), [
    ("report", "clerk", {"progress": "写了半天的进展"}, ("transfer", "office", {}), "经办人"),
    ("urge", "office2", {"words": "请抓紧办"}, ("void", "leader", {}), "已撤销"),
    ("suspend", "office2", {"on_whom": "供电所", "reason": "等停电"}, ("suspend", "office", {}), "中止"),
    ("claim", "clerk", {"result": "三盏全亮了"}, ("claim", "clerk", {}), "待核查"),
])  # fmt: skip
def test_a_stale_page_says_what_changed_and_loses_no_word(
    story: Story, verb: str, by: str, fill: dict[str, str], faster: tuple[str, str, dict[str, Any]], told: str
) -> None:
    matter = story["void_asked" if faster[0] == "void" else "working"]
    client = client_of(story.people[by])
    assert offered(page(client, matter), verb)
    story.stage.do(faster[0], matter, faster[1], **faster[2])
    before = events(matter)
    answer = do(client, matter, verb, fill)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert events(matter) == before
    assert told in text
    assert "您填写的内容没有记入" in text
    assert all(value in text for value in fill.values())


def test_files_go_along_and_files_that_lie_are_refused_with_the_words_kept(story: Story) -> None:
    matter, client = story["working"], client_of(story.people["clerk"])
    before = events(matter)
    from django.core.files.uploadedfile import SimpleUploadedFile

    lie = SimpleUploadedFile("现场.jpg", b"MZ\x90\x00 this is a program")
    refused = do(client, matter, "report", {"progress": "照片如附", "files": [picture("一.jpg"), lie]})
    text = refused.content.decode()
    assert (refused.status_code, events(matter)) == (409, before)
    assert "照片如附" in text
    assert 'id="id_report-files_error"' in text
    assert "选过的文件没有留下" in text
    many = do(client, matter, "report", {"progress": "太多", "files": [picture(f"{n}.jpg") for n in range(21)]})
    assert "超过 20 个" in many.content.decode()
    done = do(client, matter, "report", {"progress": "照片如附", "files": [picture("一.jpg"), picture("二.jpg")]})
    assert done.status_code == 302
    text = page(client, matter)
    assert "一.jpg" in text
    assert "二.jpg" in text


def test_a_raiser_who_evaluates_is_told_thanks_and_is_nowhere_named(story: Story) -> None:
    matter = story["claimed"]
    client = client_of(story.people["other_village"])
    do(client, matter, "evaluate", {"answer": "unsatisfied", "words": "还有一盏不亮"})
    told = page(client_of(story.people["clerk"]), matter)
    assert "还有一盏不亮" in told
    assert "柳春来" not in told


def test_many_are_assigned_at_once_from_the_list(story: Story) -> None:
    office, clerk = client_of(story.people["office"]), client_of(story.people["clerk"])
    fresh = [story.stage.register(title=f"第 {n} 件", raisers=False) for n in range(3)]
    keys = [m.pk for m in fresh]
    listed = office.get("/ledgers/matters/").content.decode()
    assert 'formaction="/matters/assign/"' in listed
    assert 'formaction="/matters/assign/"' not in clerk.get("/ledgers/matters/").content.decode()
    shown = office.post("/matters/assign/", {"pk": [*keys, story["working"].pk, "x", "9" * 40]}).content.decode()
    assert "第 2 件" in shown
    assert "另有 1" in shown
    fill = {
        "pk": keys,
        "assign-lead_unit": story.cast.units["nongye"].pk,
        "assign-leader": story.cast.leader.pk,
        "assign-standard": "",
    }
    empty = office.post("/matters/assign/", fill)
    assert empty.status_code == 409
    assert "办结标准" in empty.content.decode()
    done = office.post("/matters/assign/", {**fill, "assign-standard": "办好"}, follow=True).content.decode()
    assert "已交办 3 件给农业农村服务中心" in done
    for one in fresh:
        assert events(one) == ["matter.register", "matter.assign"]
    again = office.post("/matters/assign/", {**fill, "assign-standard": "办好"}).content.decode()
    assert "都已经交办" in again
    assert [len(events(one)) for one in fresh] == [2, 2, 2]
    assert clerk.post("/matters/assign/", fill).status_code == 404


def test_registering_is_done_once_however_often_the_button_is_pressed(story: Story) -> None:
    office = client_of(story.people["office"])
    text = office.get("/matters/new/").content.decode()
    number = re.search(r'name="form" value="(\w+)"', text)
    assert number
    form = {"title": "", "grade": "ordinary", "secrecy": "open", "received_at": "2026-11-24T09:00", "problem": "路断了"}
    refused = office.post("/matters/new/", {**form, "form": number[1]})
    assert refused.status_code == 409
    assert "路断了" in refused.content.decode()
    assert "事项名称" in refused.content.decode()
    form |= {"title": "河堤路断了", "form": number[1]}
    first = office.post("/matters/new/", form)
    second = office.post("/matters/new/", form)
    made = Matter.objects.get(title="河堤路断了")
    assert made.state == State.REGISTERED
    assert first["Location"] == second["Location"] == f"/matters/{made.pk}/?do=assign#assign"
    assert office.post("/matters/new/", {**form, "received_at": "2026-11-30T09:00", "form": "b"}).status_code == 409
    assert office.post("/matters/new/", {**form, "secrecy": "accusation", "form": "c"}).status_code == 409
