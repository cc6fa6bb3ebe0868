"""The views of one person for one ledger, and the columns that they chose."""

from django.db.models import Q

from luoshi.core.desk.models import Habit, View
from luoshi.core.org.rules import Actor
from luoshi.kit import together
from luoshi.kit.ledgers.memory import NOTHING, Kept, Recalled


def recalled(actor: Actor, ledger: str) -> Recalled:
    """All that an actor's desk remembers of a ledger: own views first, then the unit's. One statement."""
    if not actor.is_person or actor.person_id is None:
        return NOTHING
    units = {hat.unit_id: hat.unit_name for hat in actor.hats}
    found = together.fetch_again(
        ("desk.recalled", tuple(sorted(units))),
        lambda person, ledger: {
            "views": View.objects.filter(Q(person_id=person) | Q(unit_id__in=sorted(units)), ledger=ledger),
            "habits": Habit.objects.filter(person_id=person, ledger=ledger),
        },
        person=actor.person_id,
        ledger=ledger,
    )
    habit: Habit | None = next(iter(found["habits"]), None)
    views: list[View] = sorted(found["views"], key=lambda view: (view.person_id != actor.person_id, view.pk))
    return Recalled(
        views=tuple(
            Kept(
                pk=view.pk,
                name=view.name,
                params=view.params,
                said=view.said,
                shared_by=units.get(view.unit_id or 0, "") if view.person_id != actor.person_id else "",
                opens=habit is not None and habit.opens_id == view.pk,
            )
            for view in views
        ),
        columns=tuple(habit.columns) if habit else (),
    )


def shared_by_me(actor: Actor, ledger: str) -> set[int]:
    """The keys of one's own views that colleagues have too."""
    own = View.objects.filter(person_id=actor.person_id or 0, ledger=ledger, unit__isnull=False)
    return set(own.values_list("pk", flat=True))
