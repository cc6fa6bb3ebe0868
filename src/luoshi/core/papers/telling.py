"""Who is told that a paper has come, or was revoked."""

from collections.abc import Iterable
from datetime import date

from luoshi.core.journal.models import Event
from luoshi.core.notices.registry import Subject, register
from luoshi.core.org import queries as org
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Duty
from luoshi.core.papers import queries
from luoshi.core.papers.models import Paper


def _people(event: Event, day: date) -> Iterable[Person]:
    """Head and clerks of every unit that gets the paper, if they may see it."""
    paper = Paper.objects.filter(pk=int(event.stream.partition(":")[2])).first()
    units = list(paper.deliveries.values_list("unit_id", flat=True)) if paper and paper.serial else []
    if paper is None or not units:
        return []
    told = org.holders(Duty.HEAD, Duty.CLERK, town_id=paper.town_id, on=day, unit_ids=units)
    return [one for one in told if queries.visible_to(org.actor_of(one, on=day)).filter(pk=paper.pk).exists()]


register(
    Subject(
        kind="paper",
        says={"paper.issue": "发到您的单位，请签收", "paper.revoke": "已撤销，不再执行"},
        people=_people,
        visible=queries.visible_to,
    )
)
