"""Reads of meetings. ``visible_to`` is the only door to rows."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from luoshi.chapters.review.meetings.models import AgendaItem, Attendee, Meeting, Minutes, Resolution
from luoshi.chapters.review.meetings.transitions import READERS, unknown
from luoshi.core.matters.models import ENDED, Secrecy
from luoshi.core.org.rules import Actor
from luoshi.kit.again import again

SIZE, MOST_FORMER, BACK = 50, 60, 60
"""Meetings on a page; what is told of former ones, and how many of them are looked through, the newest first."""


def visible_to(actor: Actor) -> QuerySet[Meeting]:
    """The meetings at which one was, which one chaired or recorded; the office and the secretary all of the town."""
    if not actor.is_person or not actor.hats:
        return Meeting.objects.none()
    rows = Meeting.objects.filter(town_id=actor.town_id)
    if actor.has(*READERS):
        return rows
    there = Attendee.objects.filter(meeting=OuterRef("pk"), person_id=actor.person_id or 0)
    return rows.filter(Q(recorder_id=actor.person_id) | Q(chair_id=actor.person_id) | Q(Exists(there)))


def get(actor: Actor, pk: int) -> Meeting:
    """One meeting; ``meeting.unknown`` where there is none for this actor."""

    def one(pk: int) -> QuerySet[Meeting]:
        return visible_to(actor).select_related("town", "chair", "recorder").filter(pk=pk)

    found: list[Meeting] = again(("meetings.get", actor), one, pk=pk) if actor.is_person and actor.hats else []
    if not found:
        raise unknown()
    return found[0]


def newest(actor: Actor, *, before: int | None = None) -> tuple[list[Meeting], int | None]:
    """A page of meetings, newest first, and the key before which the next begins. One statement."""
    rows = visible_to(actor).select_related("chair").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: SIZE + 1])
    return found[:SIZE], found[SIZE - 1].pk if len(found) > SIZE else None


def last_of(actor: Actor, name: str) -> Meeting | None:
    """The newest meeting of a name that the actor may see. One statement."""
    return visible_to(actor).filter(name=name).order_by("-held_at", "-pk").first()


@dataclass
class Item:
    """One item of the agenda with what was agreed on it."""

    item: AgendaItem
    agreed: list[Resolution] = field(default_factory=list)


@dataclass(frozen=True)
class Agenda:
    """The items in their order with what stands now; ``has_news``: something that the newest minutes do not tell."""

    items: list[Item]
    has_news: bool


def agenda(meeting: Meeting) -> Agenda:
    """The agenda of a meeting. Two statements."""
    items: list[AgendaItem] = again("meetings.items", _items, pk=meeting.pk)
    found = {one.pk: Item(one) for one in items}
    rows: list[Resolution] = again("meetings.resolutions", _resolutions, pk=meeting.pk)
    for one in rows:
        if one.until is None:
            found[one.item_id].agreed.append(one)
    return Agenda(list(found.values()), any(is_news(meeting, one) for one in rows))


def _items(pk: int) -> QuerySet[AgendaItem]:
    return AgendaItem.objects.filter(meeting_id=pk).order_by("position")


def _resolutions(pk: int) -> QuerySet[Resolution]:
    return Resolution.objects.filter(meeting_id=pk).select_related("unit", "finding__matter").order_by("pk")


def is_news(meeting: Meeting, one: Resolution) -> bool:
    """Whether the newest minutes do not tell of it: agreed after them, or dropped since."""
    return one.since > meeting.version or (one.until is not None and one.until == meeting.version)


def standing(meeting: Meeting) -> QuerySet[Resolution]:
    """What stands in the newest minutes, or will stand in the first."""
    rows = meeting.resolutions.filter(until__isnull=True).select_related("unit", "finding__matter")
    return rows.order_by("item__position", "pk")


def present(meeting: Meeting) -> list[Attendee]:
    """Who was there. One statement."""

    def there(pk: int) -> QuerySet[Attendee]:
        return Attendee.objects.filter(meeting_id=pk).select_related("person").order_by("role", "pk")

    return again("meetings.present", there, pk=meeting.pk)


def versions(meeting: Meeting) -> list[Minutes]:
    """Every version of the minutes, the newest first, without its text. One statement."""

    def issued(pk: int) -> QuerySet[Minutes]:
        return Minutes.objects.filter(meeting_id=pk).defer("body").order_by("-version")

    return again("meetings.versions", issued, pk=meeting.pk)


@dataclass(frozen=True)
class Former:
    """Something that a former meeting of the series agreed, and how it stands."""

    resolution: Resolution
    state: str
    is_open: bool


def former(meeting: Meeting) -> list[Former]:
    """What the sixty meetings of the same name before agreed and what has become of it: all that is not ended, and what
    ended since the last of them. Newest meeting first, at most 60. Decisions come back once, at the next meeting. One
    statement.
    """
    rows: list[Resolution] = again("meetings.former", _former, pk=meeting.pk, town=meeting.town_id, series=meeting.name)
    return [Former(one, state_of(one), _is_open(one)) for one in rows]


def _former(pk: int, town: int, series: str) -> QuerySet[Resolution]:
    held = Meeting.objects.filter(pk=pk).values("held_at")  # a moment can be no value of a kept statement
    before = Meeting.objects.filter(town_id=town, name=series, held_at__lt=Subquery(held), version__gt=0).order_by(
        "-held_at", "-pk"
    )
    last, since = Subquery(before.values("pk")[:1]), Subquery(before.values("held_at")[:1])
    over = Q(finding__state="answered") | Q(finding__matter__state__in=ENDED)
    return (
        Resolution.objects.filter(
            Q(kind=Resolution.Kind.DECISION, meeting=last)
            | ~Q(kind=Resolution.Kind.DECISION)
            & (~over | Q(finding__matter__ended_at__gte=since) | Q(finding__answered_at__gte=since)),
            meeting__in=before.values("pk")[:BACK],
            until__isnull=True,
        )
        .exclude(finding__is_accusation=True)
        .exclude(finding__matter__secrecy=Secrecy.ACCUSATION)
        .select_related("meeting", "unit", "finding__matter")
        .order_by("-meeting__held_at", "pk")[:MOST_FORMER]
    )


def state_of(one: Resolution) -> str:
    """How it stands in words: the state of the matter, else of the finding."""
    finding = one.finding
    if finding is None:
        return "决定" if one.kind == Resolution.Kind.DECISION else "纪要印发后进入办理"
    return finding.matter.get_state_display() if finding.matter else finding.get_state_display()


def _is_open(one: Resolution) -> bool:
    finding = one.finding
    if one.kind == Resolution.Kind.DECISION or finding is None or finding.state == "answered":
        return False
    return finding.matter is None or finding.matter.is_open
