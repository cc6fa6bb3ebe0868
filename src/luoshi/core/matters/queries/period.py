"""What happened to the matters of a town in a period, and how they stand on a day: the figures of the brief.

Accusations are never counted. A matter counts for the unit that leads it now.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet

from luoshi.core.matters.models import Evaluation, Matter, Raiser, Secrecy, State
from luoshi.core.matters.queries.lights import lit
from luoshi.core.org.models import Unit
from luoshi.kit.days import midnight


@dataclass(frozen=True)
class UnitFigures:
    """One unit's matters; ``unit`` is ``None`` for those that are not yet assigned."""

    unit: Unit | None
    received: int
    closed: int
    closed_late: int
    open: int
    overdue: int


@dataclass(frozen=True)
class Pain:
    """Matters of one category received in the period, and how many raised them."""

    name: str
    category_id: int
    matters: int
    raisers: int


@dataclass(frozen=True)
class Period:
    """From ``start`` to ``end``, both included; what is open is open on ``today``.

    ``answers`` counts what raisers said of claims made in the period, by ``Evaluation.Answer``.
    """

    start: date
    end: date
    today: date
    units: tuple[UnitFigures, ...]
    voided: int
    reopened: int
    soon: int
    waiting: int
    due_in_a_week: int
    overdue: tuple[Matter, ...]
    pains: tuple[Pain, ...]
    answers: dict[str, int]

    def total(self, name: str) -> int:
        """The sum of one figure over all units."""
        return sum(getattr(row, name) for row in self.units)


def period(town: Unit, *, start: date, end: date, today: date, most: int = 8) -> Period:
    """The figures of a town; at most ``most`` overdue matters, the longest overdue first. Six statements."""
    rows = Matter.objects.filter(town=town).exclude(secrecy=Secrecy.ACCUSATION)
    since, until = midnight(start), midnight(end + timedelta(days=1))
    received = Q(received_at__gte=since, received_at__lt=until)
    closed = Q(state=State.CLOSED, ended_at__gte=since, ended_at__lt=until)
    red = lit("red", today=today)
    week = Q(resolve_due__gte=today, resolve_due__lt=today + timedelta(days=7))
    working = lit("open", today=today) & Q(claimed_at__isnull=True, paused_on__isnull=True)
    counted = {
        pk: figures
        for pk, *figures in rows.order_by()
        .values("lead_unit_id")
        .annotate(
            received=Count("pk", filter=received),
            closed=Count("pk", filter=closed),
            closed_late=Count("pk", filter=closed & Q(resolved_at__date__gt=F("resolve_due"))),
            open=Count("pk", filter=lit("open", today=today)),
            overdue=Count("pk", filter=red),
        )
        .values_list("lead_unit_id", "received", "closed", "closed_late", "open", "overdue")
    }
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=[pk for pk in counted if pk])}
    whole = rows.aggregate(
        voided=Count("pk", filter=Q(state=State.VOIDED, ended_at__gte=since, ended_at__lt=until)),
        reopened=Count("pk", filter=Q(round__gt=1, clock_from__gte=start, clock_from__lte=end)),
        soon=Count("pk", filter=lit("yellow", today=today)),
        waiting=Count("pk", filter=lit("wait", today=today)),
        due_in_a_week=Count("pk", filter=working & week),
    )
    overdue = rows.filter(red).select_related("lead_unit").order_by("resolve_due", "pk")
    asked = Evaluation.objects.filter(asked_at__gte=since, asked_at__lt=until, matter__in=rows)
    return Period(
        start=start,
        end=end,
        today=today,
        units=tuple(
            UnitFigures(units.get(pk) if pk else None, *counted[pk])
            for pk in sorted(counted, key=lambda pk: (pk is None, _place(units.get(pk or 0))))
            if any(counted[pk])
        ),
        overdue=tuple(overdue[:most]),
        pains=_pains(rows.filter(received)),
        answers=dict(asked.order_by().values_list("answer").annotate(Count("pk"))),
        **whole,
    )


def _pains(rows: QuerySet[Matter]) -> tuple[Pain, ...]:
    """The categories with the most matters, two at least."""
    matters = list(
        rows.filter(category__isnull=False)
        .order_by()
        .values("category_id", "category__name")
        .annotate(matters=Count("pk"))
        .filter(matters__gt=1)
        .order_by("-matters", "category__code")[:5]
    )
    raisers = dict(
        Raiser.objects.filter(matter__in=rows, matter__category_id__in=[row["category_id"] for row in matters])
        .order_by()
        .values_list("matter__category_id")
        .annotate(Count("pk"))
    )
    return tuple(
        Pain(row["category__name"], row["category_id"], row["matters"], raisers.get(row["category_id"], 0))
        for row in matters
    )


def _place(unit: Unit | None) -> tuple[int, str]:
    return (unit.order, unit.path) if unit else (0, "")
