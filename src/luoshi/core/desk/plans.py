"""The facts of a sentence of the plan: who loaded it, who corrected what it is, who said who sees to it."""

from collections.abc import Collection

from django.urls import reverse

from luoshi.core.desk.tracing import Fact, Said, Traced, Use, everybody, page, register
from luoshi.core.org.rules import Actor
from luoshi.core.plan import queries
from luoshi.core.plan.models import Part
from luoshi.core.plan.wording import SENTENCES
from luoshi.kit.errors import Refused


def _get(actor: Actor, pk: int) -> Part:
    found = queries.part(actor, pk)
    if found is None:
        raise Refused("plan.unknown_part", "没有这一句。", "它可能刚被并入别的句子，请回到方案再看。")
    return found


def _tells(part: Part, verb: str, codes: Said) -> bool:
    """Of all that was done to a plan, what was done to this sentence, and the loading of its wording."""
    if verb == "plan.text_loaded":
        return bool(codes.get("version") == part.version.number)
    return part.pk in (codes.get("part"), codes.get("second"), codes.get("first"), *(codes.get("which") or ()))


def _goal_page(actor: Actor, part: Part) -> Collection[str]:
    return ("text", "unit", "due", "goal") if part.goal_id else ()


PART: Traced[Part] = Traced(
    kind="plan-part",
    label="方案里的一句",
    model=Part,
    get=_get,
    name=lambda p: p.words[:30],
    url=page("plan-part"),
    stream=lambda p: p.version.plan.stream,
    tells=_tells,
    facts=(
        Fact("句子", lambda p: p.words, ("text", "number"), codes=("second",)),
        Fact("是什么", lambda p: p.get_kind_display(), ("kind",), codes=("kind",)),
        Fact("短题", lambda p: p.alias, ("alias",), words=("alias",)),
        Fact("只是说明", lambda p: "是" if p.is_plain else "", ("is_plain",), codes=("plain",)),
        Fact("责任单位", lambda p: p.unit.name if p.unit else "", ("unit",), codes=("unit",)),
        Fact("责任人", lambda p: p.person.name if p.person else "", ("person",), codes=("person",)),
        Fact("时限", lambda p: f"{p.due:%Y-%m-%d}" if p.due else "", ("due",), codes=("due",)),
        Fact("目标", lambda p: p.goal.name if p.goal else "", ("goal",), codes=("goal",)),
        Fact(
            "落实它的记录",
            lambda p: "、".join(p.links.order_by("pk").values_list("label", flat=True)),
            ("links",),
            words=("source",),
        ),
    ),
    uses=(
        Use("方案", lambda: reverse("plan"), ("text", "kind", "alias", "links", "is_plain"), may=everybody),
        Use("目标页面", lambda: reverse("goals"), (), may=everybody, draws=_goal_page),
    ),
    place="",
)

register(PART, SENTENCES)
