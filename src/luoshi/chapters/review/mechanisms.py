"""What findings offer the plan: records that carry its sentences out, the head of the campaign's flow, and what moves a
goal."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from luoshi.chapters.review.ledgers import FINDINGS
from luoshi.chapters.review.models import Channel, Finding
from luoshi.core.plan import queries as plan
from luoshi.core.plan.registry import FlowFigure, GoalFigure, Mechanism, offer, serve, show
from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.model import Filter
from luoshi.kit.ledgers.registry import NamedQuery
from luoshi.kit.picking import met

offer(
    Mechanism("查摆出的问题", "findings", ("找问题", "查摆", "大起底", "大清仓", "找准找实", "差距")),
    Mechanism("基层群众提的问题", f"findings?channel={Channel.CITIZEN}", ("三提两点一议", "群众提", "群众工作")),
    Mechanism("党员干部提的问题", f"findings?channel={Channel.CADRE}", ("三提两点一议", "党员干部提")),
    Mechanism(
        "服务对象提的问题", f"findings?channel={Channel.SERVED}", ("三提两点一议", "服务对象", "企业诉求", "听取诉求")
    ),
    Mechanism("上级点的问题", f"findings?channel={Channel.SUPERIOR}", ("三提两点一议", "上级")),
    Mechanism("同级点的问题", f"findings?channel={Channel.PEER}", ("三提两点一议", "同级")),
    Mechanism("会议议出的问题", f"findings?channel={Channel.MEETING}", ("三提两点一议", "召开会议")),
)
show(
    FlowFigure("found", "查摆出的问题", "findings", order=10),
    FlowFigure("found", "等待处理", "findings?state=new", order=20),
)


def _for_goal(rows: QuerySet[Finding], key: str) -> QuerySet[Finding]:
    """What became a matter that serves a goal or one below it, in no order: met by walking the goal's matters, which on the
    page of a goal ends at a thousand."""
    if not (key.isdecimal() and len(key) < 19):
        return rows.none()
    return met(rows, matter__goal__in=plan.branch(int(key)))


FOR_GOAL = NamedQuery(
    slug="review.for_goal",
    label="为这个目标查摆出的问题",
    rows=FINDINGS.rows,
    may=FINDINGS.may,
    filters=(Filter("goal", "目标", "text", _for_goal, plain=True),),
    url=lambda params: f"{reverse('ledger', args=['findings'])}?{urlencode(params)}",
    kept_by=lambda: None,
)
registry.register_query(FOR_GOAL)
serve(GoalFigure("查摆出的问题", "query:review.for_goal?goal={goal}"))
