"""What all writes to a plan begin with: who may, the plan locked, the sentence as it stands now."""

from luoshi.core.org.rules import Actor, Hat
from luoshi.core.plan.actions.goals import KEEPERS
from luoshi.core.plan.models import Part, PlanText
from luoshi.kit.errors import Refused


def keeper(town_id: int | None, by: Actor) -> Hat | None:
    """The hat under which the actor keeps the plan. Refused: ``plan.not_keeper``."""
    hat = by.hat(*KEEPERS)
    if not by.is_system and (by.town_id != town_id or hat is None):
        raise Refused("plan.not_keeper", "方案由督办室或党委书记维护。", "请联系督办室。")
    return hat


def locked(part: Part) -> Part:
    """The sentence with its plan, alone. Refused: ``plan.unknown_part``; ``plan.old_version`` for what is replaced."""
    PlanText.objects.select_for_update().filter(versions=part.version_id).first()
    found = Part.objects.select_related("version__plan").filter(pk=part.pk).first()
    if found is None:
        raise Refused("plan.unknown_part", "没有这一句。", "它可能刚被并入别的句子，请回到方案再看。")
    newest = found.version.plan.versions.order_by("-number").values_list("pk", flat=True).first()
    if newest != found.version_id:
        raise Refused("plan.old_version", "这是旧版的句子，不能再改。", "请到现行版里改。")
    return found
