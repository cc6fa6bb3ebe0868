"""The phases of the campaign, with their days."""

from datetime import date, datetime

from django.db import transaction

from luoshi.core.journal.actions import record
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor
from luoshi.core.plan.actions.frame import keeper
from luoshi.core.plan.models import CampaignPhase
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional, required_line


@transaction.atomic
def add_phase(
    *, town: Unit, name: str, starts_on: date, ends_on: date, by: Actor, at: datetime, what: str = ""
) -> CampaignPhase:
    """One more phase, both days included; phases may overlap. Refused: ``plan.phase_days``, ``plan.phase_name``."""
    hat = keeper(town.pk, by)
    Unit.objects.select_for_update().get(pk=town.pk)
    name = required_line(name, label="阶段", field="name", longest=40)
    if ends_on < starts_on:
        raise Refused("plan.phase_days", "结束早于开始。", "请核对两个日期。", field="ends_on")
    if CampaignPhase.objects.filter(town=town, name=name).exists():
        raise Refused("plan.phase_name", f"已有名为“{name}”的阶段。", "请换一个名称，或先删去原来的。", field="name")
    what = optional(" ".join(what.split()), label="做什么", field="what", longest=200)
    phase = CampaignPhase.objects.create(town=town, name=name, starts_on=starts_on, ends_on=ends_on, what=what)
    record(
        stream=f"unit:{town.pk}",
        verb="plan.phase_added",
        by=by.signature(hat),
        at=at,
        data={"from": starts_on.isoformat(), "to": ends_on.isoformat()},
        words={"name": name, "what": what},
    )
    return phase


@transaction.atomic
def delete_phase(phase: CampaignPhase, *, by: Actor, at: datetime) -> None:
    """Takes a phase away; nothing hangs on it."""
    hat = keeper(phase.town_id, by)
    found = CampaignPhase.objects.select_for_update().filter(pk=phase.pk).first()
    if found is None:
        raise Refused("plan.phase_unknown", "这个阶段已经删去了。", "请刷新页面。")
    found.delete()
    record(
        stream=f"unit:{phase.town_id}",
        verb="plan.phase_deleted",
        by=by.signature(hat),
        at=at,
        words={"name": phase.name},
    )
