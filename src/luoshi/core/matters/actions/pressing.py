"""催办、督办单: pressing. Limited in frequency, and each counted as a burden on the unit that gets it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from luoshi.core.matters.actions.assigning import reason_of
from luoshi.core.matters.actions.frame import Act, begin
from luoshi.core.matters.models import Matter, Urging
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional

ORDER = [Urging.Level.REMINDER, Urging.Level.BLUE, Urging.Level.ORANGE, Urging.Level.RED]


def _press(act: Act, level: Urging.Level, *, words: dict[str, str]) -> Urging:
    before = list(act.matter.urgings.order_by("urged_at", "pk"))
    last = before[-1] if before else None
    reached = max(
        (ORDER.index(Urging.Level(u.level)) for u in before if timezone.localdate(u.urged_at) >= act.matter.clock_from),
        default=0,
    )
    wait = timedelta(hours=act.clock.urge_interval_hours)
    if last is not None and act.at < last.urged_at + wait:
        raise Refused(
            "matter.urged_lately",
            f"{act.clock.urge_interval_hours} 小时内已经催办过。",
            "请给办理单位留出时间。",
        )
    if level != Urging.Level.REMINDER and ORDER.index(level) < reached:
        raise Refused(
            "matter.level_lower", f"已发过{ORDER[reached].label}，不能降级。", "请选择同级或更高。", field="level"
        )
    event = act.done(data={"level": str(level), "unit": act.matter.lead_unit_id}, words=words)
    return Urging.objects.create(
        matter=act.matter, event_id=event.pk, level=level, unit=act.matter.lead_unit, urged_at=act.at
    )


@transaction.atomic
def urge(matter: Matter, *, by: Actor, at: datetime, words: str = "") -> Urging:
    """催办 of the lead unit, at most once in the interval that the clock's rule sets."""
    act = begin(matter, "urge", by=by, at=at)
    said = optional(words, label="催办意见", field="words", longest=2000)
    return _press(act, Urging.Level.REMINDER, words={"words": said})


@transaction.atomic
def escalate(matter: Matter, *, level: Urging.Level, reason: str, by: Actor, at: datetime) -> Urging:
    """督办单, blue, orange or red; it may begin at a higher colour and never falls in a round."""
    act = begin(matter, "escalate", by=by, at=at)
    if level not in ORDER[1:]:
        raise Refused("matter.level", "请选择蓝色、橙色或红色督办单。", "选择后再提交。", field="level")
    return _press(act, Urging.Level(level), words={"reason": reason_of(reason)})
