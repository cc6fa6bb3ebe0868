"""What a meeting agreed becomes a paper that goes the way of every paper."""

from datetime import timedelta

import pytest

from luoshi.chapters.review.meetings.papers import MINUTES
from luoshi.chapters.review.meetings.tests.test_meetings import agree, call, stage
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.papers import actions
from luoshi.core.papers.models import Kind
from luoshi.testing.refusals import refused

__all__ = ["stage"]


@pytest.mark.row("N8")
def test_the_minutes_of_a_meeting_are_drawn_from_what_it_agreed(stage: Stage) -> None:
    meeting = call(stage)
    asked = {"meeting": str(meeting.pk)}
    with refused("meeting.nothing_agreed"):
        MINUTES.write(stage["office"], asked, stage.day)
    agree(stage, meeting, "清淤三百米。", due=stage.day + timedelta(days=9))
    with refused("meeting.unknown"):
        MINUTES.write(stage["outsider"], asked, stage.day)
    draft = MINUTES.write(stage["office"], asked, stage.day)
    due = stage.day + timedelta(days=9)
    lines = draft.body.splitlines()
    assert lines[0].startswith("2026年11月25日，陈立新在二楼会议室主持召开党委会。")
    assert lines[1] == "一、研究灌溉用水"
    assert lines[2] == f"清淤三百米，由农业农村服务中心办理，{due.year}年{due.month}月{due.day}日前完成。"
    assert lines[-1] == "列席：周敏、县水利局 林工。"
    paper = actions.draft(draft, by=stage["office"], at=stage.tick())
    assert (paper.kind, paper.title) == (Kind.MINUTES, "党委会纪要")
    assert [one.unit.name for one in paper.deliveries.all()] == ["农业农村服务中心"]
    actions.submit(paper, by=stage["office"], at=stage.tick())
