"""The facts of a finding: who said them, and what draws on them."""

from django.utils import timezone

from luoshi.chapters.review import queries
from luoshi.chapters.review.models import Finding
from luoshi.chapters.review.transitions import SENTENCES
from luoshi.core.desk.tracing import Fact, Traced, page, register
from luoshi.kit.personal import masked

FINDING: Traced[Finding] = Traced(
    kind="finding",
    label="问题",
    model=Finding,
    get=queries.get,
    name=lambda f: f"{f.number} {masked(f.title)}",
    url=page("finding"),
    facts=(
        Fact("问题", lambda f: masked(f.title), ("title",), words=("title",), cells=("title",)),
        Fact("原话", lambda f: masked(f.words), ("words",), words=("words",), cells=("words",)),
        Fact("原编号", lambda f: f.old_number, ("old_number",), words=("old_number",), cells=("number", "old_number")),
        Fact("渠道", lambda f: f.channel_label, ("channel", "mode"), codes=("channel",), cells=("source",)),
        Fact("地点", lambda f: masked(f.place), ("place",)),
        Fact("涉及单位", lambda f: f.unit.name if f.unit else "", ("unit",), codes=("unit",), cells=("unit",)),
        Fact("收到", lambda f: f"{timezone.localdate(f.received_at):%Y-%m-%d}", ("received_at",), cells=("day",)),
        Fact("文件或会议", lambda f: f.document or f.meeting_name, ("document", "meeting_name", "meeting_on")),
        Fact("处理", lambda f: f.get_state_display(), ("state",), codes=("state",)),
        Fact("答复", lambda f: masked(f.answer), ("answer",), words=("answer",)),
    ),
)

register(FINDING, SENTENCES)
