"""The pages of the plan and the campaign, as people of the town use them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.core.plan.drawing import draw_flow
from luoshi.core.plan.models import CampaignPhase, Link, Part, Version
from luoshi.core.plan.tests import word_files
from tests.support.story import PLAN, client_of

if TYPE_CHECKING:
    from tests.support.story import Story


def part(story: Story, text: str) -> Part:
    return Part.objects.get(version=story.plan, text=text)


@pytest.mark.row("0.4")
@pytest.mark.row("N7")
def test_from_a_sentence_to_its_records_are_two_clicks_and_to_the_bare_ones_one(story: Story) -> None:
    office = client_of(story.people["office"])
    page = office.get("/plan/").content.decode()
    assert "云岭镇能力作风建设方案" in page
    for words in PLAN.split("。"):
        assert words.split("：")[-1].split("是")[-1].strip().split("\n")[-1] in page
    sentence = part(story, "按“13710”逐件督办。")
    assert f'href="/plan/parts/{sentence.pk}/"' in page
    opened = office.get(f"/plan/parts/{sentence.pk}/").content.decode()
    [rows] = re.findall(r'href="(/ledgers/matters/\?light=open)"', opened)
    count = int(re.search(r"light=open\"><b>(\d+)</b>", opened)[1])
    listed = office.get(rows).content.decode()
    assert count == listed.count('class="row-title"><a') > 0
    assert 'href="/plan/bare/?plan=' in page
    bare = office.get("/plan/bare/").content.decode()
    assert "落实好各项要求。" in bare
    assert "逐户走访。" in bare
    assert "（未启用）" in bare
    assert "按“13710”逐件督办。" not in bare


@pytest.mark.row("0.4")
def test_a_figure_that_somebody_may_not_see_shows_no_number(story: Story) -> None:
    sentence = part(story, "全镇把问题找准找实。")
    clerk = client_of(story.people["clerk"])
    for url in ("/plan/", f"/plan/parts/{sentence.pk}/"):
        page = clerk.get(url).content.decode()
        assert "无权查看" in page
        assert "/ledgers/findings/" not in page
        assert "挂上落实它的记录" not in page
    assert clerk.post(f"/plan/parts/{sentence.pk}/link/", {"source": "matters"}).status_code == 404
    assert "/ledgers/findings/" in client_of(story.people["office"]).get("/plan/").content.decode()


@pytest.mark.row("0.4")
def test_the_office_corrects_and_hangs_and_what_is_refused_stays_typed(story: Story) -> None:
    office = client_of(story.people["secretary"])
    sentence = part(story, "落实好各项要求。")
    at = f"/plan/parts/{sentence.pk}/"
    for verb, typed, code in (
        ("link", {"source": "/ledgers/matters/?light=red"}, 302),
        ("link", {"source": "/ledgers/nowhere/"}, 409),
        ("duty", {"unit": story.cast.units["nongye"].pk, "due": "2026-12-31"}, 302),
        ("name", {"alias": "总的要求"}, 302),
        ("cut", {"words": "落实好\n各项要求。"}, 302),
        ("cut", {"words": "另写一句。"}, 409),
        ("join", {}, 302),
        ("kind", {"kind": "closing"}, 302),
        ("nothing", {}, 404),
    ):
        answer = office.post(f"{at}{verb}/", typed)
        assert answer.status_code == code, verb
        if code == 409:
            assert next(iter(typed.values())) in answer.content.decode()
    sentence.refresh_from_db()
    assert (sentence.kind, sentence.alias, sentence.unit) == ("closing", "总的要求", story.cast.units["nongye"])
    link = Link.objects.get(part=sentence)
    assert office.post(f"{at}unlink/", {"link": link.pk}).status_code == 302
    assert office.post(f"{at}unlink/", {"link": link.pk}).status_code == 404
    wanted = {f"kind-{one.pk}": one.kind for one in Part.objects.filter(version=story.plan)}
    assert office.post("/plan/edit/", wanted).status_code == 409
    assert office.post("/plan/edit/", {**wanted, f"kind-{sentence.pk}": "measure"}).status_code == 302
    sentence.refresh_from_db()
    assert sentence.kind == "measure"
    story_of_plan = office.get(f"/plan/versions/{story.plan.pk}/").content.decode()
    who = story.people["secretary"].name
    assert re.search(rf"<b>{who}</b>把一句断成两句：<a href=\"{at}\">落实好", story_of_plan), (
        "who did it, to which sentence"
    )


@pytest.mark.row("0.4")
def test_a_sentence_within_a_measure_says_who_sees_to_the_measure(story: Story) -> None:
    office = client_of(story.people["office"])
    lead = Part.objects.filter(version=story.plan, kind="measure").first()
    rest = Part.objects.filter(version=story.plan, place__gt=lead.place, kind="rest").order_by("place").first()
    assert "随整条措施" not in office.get(f"/plan/parts/{rest.pk}/").content.decode()
    office.post(f"/plan/parts/{lead.pk}/duty/", {"unit": story.cast.units["nongye"].pk})
    told = office.get(f"/plan/parts/{rest.pk}/").content.decode()
    assert f'<dd>{story.cast.units["nongye"].name}<span class="from">随整条措施：' in told
    assert "随整条措施" not in office.get(f"/plan/parts/{lead.pk}/").content.decode()


@pytest.mark.row("0.1")
def test_goals_stand_under_the_plan_with_its_tabs(story: Story) -> None:
    page = client_of(story.people["office"]).get("/matters/goals/").content.decode()
    assert re.search(r'<a class="chip on" href="/matters/goals/">目标</a>', page)
    assert re.search(r'href="/plan/"[^>]*aria-current[^>]*>方案', page)


@pytest.mark.row("0.4")
def test_loading_says_what_was_read_and_what_not(story: Story) -> None:
    office = client_of(story.people["office"])
    plan = story.plan.plan_id
    good = SimpleUploadedFile("预案.docx", word_files.office_plan())
    sent = office.post("/plan/load/", {"file": good})
    shown = office.get(sent["Location"]).content.decode()
    assert "有 1 处修订是删除，没有读入。" in shown
    assert "读出 2 章、5 条措施" in shown
    for name, data, said in (
        ("坏.docx", word_files.cut_short(), "这个 Word 文件是坏的"),
        ("锁.docx", word_files.locked(), "设了密码"),
        ("空.txt", b" ", "文件里没有文字"),
    ):
        refused = office.post("/plan/load/", {"file": SimpleUploadedFile(name, data)})
        assert refused.status_code == 409
        assert said in refused.content.decode()
    assert "没有选文件，也没有贴原文" in office.post("/plan/load/", {}).content.decode()
    newer = PLAN.replace("每月查一遍。", "每旬查一遍。")
    sent = office.post(f"/plan/load/?plan={plan}", {"text": newer})
    shown = office.get(sent["Location"]).content.decode()
    assert "<del>月</del><ins>旬</ins>" in shown
    assert Version.objects.filter(plan=plan).count() == 2
    again = office.post(f"/plan/load/?plan={plan}", {"text": newer})
    assert "完全一样" in again.content.decode()
    unnumbered = office.post("/plan/load/", {"text": "大家都要认真。", "name": "没有编号的"})
    assert "没有读出编号" in office.get(unnumbered["Location"]).content.decode()
    assert office.get("/plan/load/?plan=999999").status_code == 404


@pytest.mark.row("0.2")
def test_the_campaign_is_one_page_from_found_to_earned_and_says_what_is_not_built(story: Story) -> None:
    office, clerk = client_of(story.people["office"]), client_of(story.people["clerk"])
    page = office.get("/plan/campaign/").content.decode()
    steps = ["找到问题", "学到本领", "办成事情", "见到成效"]
    assert [page.index(f"<h2>{step}</h2>") for step in steps] == sorted(
        page.index(f"<h2>{step}</h2>") for step in steps
    )
    assert "尚未建成" in page
    assert 'href="/ledgers/matters/?state=closed"' in page
    assert 'href="/ledgers/findings/"' in page
    assert "无权查看" in clerk.get("/plan/campaign/").content.decode()
    assert "正在进行" not in page
    days = {"starts_on": "2026-11-01", "ends_on": "2026-11-30"}
    assert office.post("/plan/campaign/", {"name": "攻坚", **days}).status_code == 302
    assert "正在进行" in office.get("/plan/campaign/").content.decode()
    refused = office.post("/plan/campaign/", {"name": "倒着", "starts_on": "2026-11-30", "ends_on": "2026-11-01"})
    assert refused.status_code == 409
    assert "结束早于开始" in refused.content.decode()
    phase = CampaignPhase.objects.get(name="攻坚")
    assert clerk.post("/plan/campaign/", {"gone": phase.pk}).status_code == 404
    assert office.post("/plan/campaign/", {"gone": phase.pk}).status_code == 302
    assert not CampaignPhase.objects.filter(name="攻坚").exists()


@pytest.mark.row("0.1")
def test_measures_and_findings_hang_on_goals_too(story: Story) -> None:
    office = client_of(story.people["office"])
    sentence = part(story, "查台账。")
    office.post(f"/plan/parts/{sentence.pk}/duty/", {"goal": story.goal.pk})
    page = office.get(f"/matters/goals/{story.goal.pk}/").content.decode()
    assert f'href="/plan/parts/{sentence.pk}/"' in page
    assert f'href="/ledgers/findings/?goal={story.goal.pk}"' in page
    delete = office.post(f"/matters/goals/{story.goal.pk}/delete/")
    assert "不能删除" in delete.content.decode()
    assert "/ledgers/findings/" not in (
        client_of(story.people["clerk"]).get(f"/matters/goals/{story.goal.pk}/").content.decode()
    )


def test_the_picture_is_as_high_as_its_counts() -> None:
    heights = [float(h) for h in re.findall(r'height="([\d.]+)" class="flow-bar"', draw_flow([100, 50, None, 0]))]
    assert heights[0] == 2 * heights[1] > heights[2] > 0
    assert draw_flow([100, 50, None, 0]).count("flow-none") == 1
    assert draw_flow([None, None]).count("flow-gap") == 1
