"""督办单 about one matter, filled in from its record. The colour of the order itself is given on the matter's page."""

from collections.abc import Mapping
from datetime import date

from django.utils import timezone

from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Secrecy
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.papers.models import Kind, Reach
from luoshi.core.papers.registry import Draft, Source, register
from luoshi.core.papers.writing import counts
from luoshi.core.papers.writing.spans import Text
from luoshi.kit.errors import Refused


def _cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def supervision(actor: Actor, asked: Mapping[str, str], today: date) -> Draft:
    """The order for the unit that leads a matter. Refused for what must not stand on paper, and where nobody leads it."""
    key = asked.get("matter", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise Refused("papers.matter", "没有这件事项。", "请从事项页面出督办单。")
    matter = matters.get(actor, int(key))
    if not actor.has(Duty.OFFICE):
        raise Refused("papers.not_office", "督办单由督办室拟。", "请联系督办室。")
    if matter.secrecy in (Secrecy.RESTRICTED, Secrecy.ACCUSATION):
        raise Refused("papers.restricted", "这件事项限定知悉范围，不从这里出公文。", "请按知悉范围当面交办。")
    if matter.lead_unit is None or not matter.is_open:
        raise Refused("papers.no_unit", "这件事项还没有交办，或已办结，没有可督办的单位。", "请先交办。")
    unit = matter.lead_unit
    text = Text()
    text.say("一、督办事项")
    text.say(f"编号{matter.number}，{matter.title}。" + (f"地点：{matter.place}。" if matter.place else ""))
    if matter.problem:
        text.say("问题表现：" + " ".join(matter.problem.split()))
    text.say("二、办理时限")
    told = [f"{_cn(timezone.localdate(matter.received_at))}收到"]
    if matter.assigned_at:
        told.append(f"{_cn(timezone.localdate(matter.assigned_at))}交办")
    told.append(f"应于{_cn(matter.report_due)}前反馈")
    told.append(f"应于{_cn(matter.resolve_due)}前办结")
    late = (today - matter.resolve_due).days
    over = f"，截至{_cn(today)}已超{late}天" if late > 0 and matter.claimed_at is None else ""
    text.say("，".join(told) + f"{over}。现在的状态是“{matter.get_state_display()}”。")
    if matter.standard:
        text.say("办结标准：" + " ".join(matter.standard.split()))
    waiting = text.figure(f"{unit.name}在办", counts.matters(light="open", unit=unit.pk))
    red = text.figure(f"{unit.name}逾期", counts.matters(light="red", unit=unit.pk))
    text.say(f"你单位现有在办事项{waiting}件，其中逾期{red}件。", "三、督办要求")
    text.say("请你单位查明没有办成的原因，三个工作日内把进展、措施和办结时间反馈督办室；确有困难的，说明需要谁来协调。")
    return Draft(
        kind=Kind.SUPERVISION,
        title=f"关于“{matter.title[:80]}”的督办通知",
        recipients=unit.name,
        body=text.body,
        figures=tuple(text.figures.items()),
        origin=f"matter:{matter.pk}",
        reach=Reach.TOWN if matter.secrecy == Secrecy.OPEN else Reach.NAMED,
        units=(unit.pk,),
    )


register(
    Source("matter", "督办单", Kind.SUPERVISION, "从事项页面出，编号、时限和问题都已填好。", supervision, listed=False)
)
