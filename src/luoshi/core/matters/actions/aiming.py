"""目标: which goal a matter serves."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from luoshi.core.journal.actions import record
from luoshi.core.matters.models import Matter, Secrecy
from luoshi.core.matters.permissions import Standing, unknown
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.plan.models import Goal
from luoshi.kit.errors import Refused


@transaction.atomic
def set_goal(matter: Matter, *, goal: Goal, by: Actor, at: datetime) -> Matter:
    """Name the goal that an open matter serves; the one before stands in the journal.

    Refused: ``matter.not_office`` for anybody but the office (discipline inspection for accusations), ``matter.state``
    once it has ended, ``matter.other_town``, ``matter.same_goal`` where this very goal was named before.
    """
    found = Matter.objects.select_for_update(of=("self",)).select_related("lead_unit", "town", "goal")
    locked = found.filter(pk=matter.pk).first()
    if locked is None or not Standing(locked, day=timezone.localdate(at)).is_visible_to(by):
        raise unknown()
    office = Duty.DISCIPLINE if locked.secrecy == Secrecy.ACCUSATION else Duty.OFFICE
    hat = by.hat(office)
    if not by.is_system and hat is None:
        raise Refused("matter.not_office", "事项服务的目标由督办室定。", "请联系督办室。")
    if not locked.is_open:
        raise Refused("matter.state", f"该事项{locked.get_state_display()}，目标不再改。", "问题再现的，请重开该事项。")
    if at < locked.last_at:
        raise Refused("matter.before_last", "时间早于该事项上一步的时间。", "请核对时间。", field="at")
    if goal.town_id != locked.town_id:
        raise Refused("matter.other_town", "目标不属于本镇。", "请重新选择。", field="goal")
    if goal.pk == locked.goal_id and not locked.goal_is_default:
        raise Refused("matter.same_goal", f"该事项的目标已是“{goal.name}”。", "请选择另一个目标。", field="goal")
    before = locked.goal_id
    locked.goal, locked.goal_is_default, locked.last_at = goal, False, at
    locked.save(update_fields=["goal", "goal_is_default", "last_at"])
    record(
        stream=locked.stream,
        verb="matter.goal_set",
        by=by.signature(hat),
        at=at,
        data={"state": str(locked.state), "old_goal": before, "goal": goal.pk},
    )
    return locked
