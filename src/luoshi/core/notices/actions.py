"""Telling people: from the journal's outbox, from what fell due, and by one e-mail a day."""

import json
import smtplib
import socket
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.db.models import DateField, DateTimeField, F, Q, Value
from django.utils import timezone

from luoshi.core.journal.models import Event, Outbox
from luoshi.core.matters.models import Matter, Request, Secrecy, State
from luoshi.core.matters.permissions import Standing
from luoshi.core.matters.queries import is_open
from luoshi.core.notices import registry, rules
from luoshi.core.notices.models import DATES, Digest, Notice, Sweep
from luoshi.core.notices.queries import said, seen_by, unmailed
from luoshi.core.org import queries as org
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.inserting import insert_from
from luoshi.kit.workdays import queries as workdays

CONSUMER = "notices"
MOVED = "matter.dates_recomputed"
MOST_TRIES, MOST_TOLD, TIMEOUT, TRY_TIMEOUT = 8, 100, 20, 8
SENDING = "sending"
"""What a digest says while it is on its way."""


@transaction.atomic
def deliver(*, at: datetime, batch: int = 300) -> int:
    """Make notices of the events that wait, oldest first, and take them out of the outbox. Returns how many events."""
    waiting = Outbox.objects.filter(consumer=CONSUMER).order_by("event_id")
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True, of=("self",))
    rows = list(waiting.select_related("event")[:batch])
    made: list[Notice] = []
    moved: Counter[tuple[int, int, date]] = Counter()
    for row in rows:
        if row.event.verb == MOVED:
            moved.update(_moved(row.event, day=timezone.localdate(at)))
        else:
            made += _notices(row.event, at=at)
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    _tell_moved(moved, at=at)
    Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _moved(event: Event, *, day: date) -> list[tuple[int, int, date]]:
    """Who is to know that the calendar moved the dates of one more matter: its handler and the office."""
    if not any(isinstance(value, list) for value in json.loads(event.data).values()):
        return []
    matter = Matter.objects.select_related("handler").filter(pk=int(event.stream.partition(":")[2])).first()
    if matter is None or matter.secrecy == Secrecy.ACCUSATION:
        return []
    people = {person.pk for person in org.holders(Duty.OFFICE, town_id=matter.town_id, on=day)}
    people |= {matter.handler_id} if matter.handler_id else set()
    on = timezone.localdate(event.happened_at)
    return [(pk, matter.town_id, on) for pk in sorted(people) if f"person:{pk}" != event.actor]


def _tell_moved(moved: Mapping[tuple[int, int, date], int], *, at: datetime) -> None:
    """One notice a person and day, however many matters and however many batches; it is unread again when it grows."""
    Notice.objects.bulk_create(
        [
            Notice(person_id=person, kind=DATES, key=town, what=MOVED, on=on, made_at=at, count=0)
            for person, town, on in moved
        ],
        ignore_conflicts=True,
    )
    for (person, town, on), n in sorted(moved.items()):
        mine = Notice.objects.filter(person_id=person, kind=DATES, key=town, what=MOVED, on=on)
        mine.update(count=F("count") + n, read_at=None)


def _of_others(subject: registry.Subject, key: int, event: Event, *, at: datetime) -> list[Notice]:
    """Notices of a thing that is no matter."""
    if event.verb not in subject.says:
        return []
    day = timezone.localdate(event.happened_at)
    return [
        Notice(person=person, kind=subject.kind, key=key, event_id=event.pk, what=event.verb, on=day, made_at=at)
        for person in subject.people(event, timezone.localdate(at))
        if f"person:{person.pk}" != event.actor
    ]


def _notices(event: Event, *, at: datetime) -> list[Notice]:
    kind, _, pk = event.stream.partition(":")
    if subject := registry.get(kind):
        return _of_others(subject, int(pk), event, at=at)
    if kind != "matter" or event.verb not in rules.TELLS:
        return []
    matter = Matter.objects.select_related("lead_unit", "town").filter(pk=int(pk)).first()
    if matter is None or matter.secrecy == Secrecy.ACCUSATION:
        return []
    day = timezone.localdate(event.happened_at)
    people = _people(event, matter, day=timezone.localdate(at))
    standing = Standing(matter, day=day)
    return [
        Notice(person=person, matter=matter, event_id=event.pk, what=event.verb, on=day, made_at=at)
        for person in people
        if f"person:{person.pk}" != event.actor and standing.is_visible_to(org.actor_of(person, on=day))
    ]


def _people(event: Event, matter: Matter, *, day: date) -> list[Person]:
    """Everybody who is told of the event, each once."""
    found: dict[int, Person] = {}

    def add(people: Iterable[Person | None]) -> None:
        found.update({person.pk: person for person in people if person is not None})

    data = json.loads(event.data)
    for told in rules.TELLS[event.verb]:
        if told is rules.Told.OFFICE or (told is rules.Told.DECIDER and not _second_extension(matter)):
            add(org.holders(Duty.OFFICE, town_id=matter.town_id, on=day))
        elif told in (rules.Told.LEADER, rules.Told.DECIDER):
            add([matter.leader])
        elif told is rules.Told.LEAD_UNIT and matter.lead_unit_id:
            add(org.holders(Duty.HEAD, Duty.CLERK, town_id=matter.town_id, on=day, unit_ids=[matter.lead_unit_id]))
        elif told is rules.Told.CO_UNITS:
            helping = list(matter.co_units.values_list("unit_id", flat=True))
            add(org.holders(Duty.HEAD, Duty.CLERK, town_id=matter.town_id, on=day, unit_ids=helping))
        elif told is rules.Told.RAISERS:
            asked = matter.raisers.filter(person__isnull=False).select_related("person").order_by("pk")
            add(raiser.person for raiser in asked if data.get("raiser") in (None, raiser.pk))
        elif told is rules.Told.HANDLER:
            add([matter.handler])
        elif told is rules.Told.NAMED and isinstance(data.get("person"), int):
            add(Person.objects.filter(pk=data["person"]))
    return list(found.values())


def _second_extension(matter: Matter) -> bool:
    pending = matter.requests.filter(kind=Request.Kind.EXTEND, granted__isnull=True).first()
    return pending is not None and pending.number > 1


@transaction.atomic
def remind(*, town_id: int, at: datetime) -> int:
    """Tell handlers what newly became due or overdue since the town was last read: work in proportion to that alone,
    done inside the database. Returns how many were told."""
    today = timezone.localdate(at)
    sweep, fresh = Sweep.objects.select_for_update().get_or_create(
        town_id=town_id, defaults={"told_until": today - timedelta(days=1)}
    )
    if sweep.told_until >= today and not fresh:
        return 0
    since = sweep.told_until
    working = Matter.objects.filter(
        is_open(), town_id=town_id, handler__isnull=False, state__in=[State.WORKING, State.PLANNED]
    ).exclude(secrecy=Secrecy.ACCUSATION)
    made = 0
    for what, rows in (
        (
            "due_soon",
            working.filter(resolve_due__gt=since + timedelta(days=1), resolve_due__lte=today + timedelta(days=1)),
        ),
        ("overdue", working.filter(resolve_due__gte=since, resolve_due__lt=today)),
        (
            "report_due",
            working.filter(
                Q(reported_at__isnull=True) | Q(state=State.PLANNED), report_due__gt=since, report_due__lte=today
            ),
        ),
    ):
        told = {"what": Value(what), "on": Value(today, DateField()), "made_at": Value(at, DateTimeField())}
        made += insert_from(rows, Notice, {"person": F("handler"), "matter": F("pk"), **told})
    sweep.told_until = today
    sweep.save(update_fields=["told_until"])
    return made


@transaction.atomic
def read(*, by: Actor, at: datetime, until: int | None = None) -> int:
    """Mark one's own notices as read (those up to ``until``, so that none that came meanwhile is lost)."""
    mine = Notice.objects.filter(person_id=by.person_id or 0, read_at__isnull=True)
    if until is not None:
        mine = mine.filter(pk__lte=until)
    return mine.update(read_at=at)


def mail(*, at: datetime, sender: str, most: int = 50) -> int:
    """Send each person with unread notices one digest a day, by day and not on holidays. Returns how many went.

    The digest's row is taken before the mail leaves and says afterwards that it went; no transaction is open while it
    is on its way. A mail that the server refused is tried again, at most ``MOST_TRIES`` times; one that broke off
    without an answer is not, because it may have gone: what it told waits for the next day's.
    """
    local = timezone.localtime(at)
    if not rules.may_mail(local, is_working_day=workdays.current().is_working(local.date())):
        return 0
    people = list(unmailed(on=local.date(), most_tries=MOST_TRIES)[:most])
    return sum(_digest(person, at=at, sender=sender) for person in people)


def try_mail(person: Person, *, host: str, sender: str) -> str:
    """Send one letter to the person's own address, to see whether mail goes out; the address.

    :raises Refused: where no server is named, the person has no address, or the server does not take the letter.
    """
    if not host:
        raise Refused("mail.no_server", "还没有设发信的服务器。", "请管理服务器的人照下面的办法设好，再来试。")
    if not person.email:
        raise Refused("mail.no_address", "您还没有填电子邮箱。", "请先到“我的”里改联系方式，填上自己的邮箱。")
    letter = EmailMessage(
        subject="落实：试发的一封信",
        body=f"{person.name}：\n\n收到这封信，说明“落实”的邮件发得出去。不用回复。",
        from_email=sender,
        to=[person.email],
        connection=get_connection(timeout=TRY_TIMEOUT),
    )
    try:
        letter.send()
    except (OSError, ValueError) as error:
        raise Refused(
            "mail.not_taken",
            f"信没有发出去：{_why(error)}。",
            "请管理服务器的人核对服务器地址、端口、账号和发信人，改好后重新启动再试。",
        ) from error
    return person.email


def _why(error: Exception) -> str:
    """What went wrong with a mail server, in office words."""
    reasons: tuple[tuple[type[Exception], str], ...] = (
        (smtplib.SMTPAuthenticationError, "服务器不认这个账号或密码"),
        (smtplib.SMTPRecipientsRefused, "服务器不收这个收信地址"),
        (smtplib.SMTPSenderRefused, "服务器不认这个发信人"),
        (smtplib.SMTPException, "服务器没有接受这封信"),
        (TimeoutError, "等了很久没有回答"),
        (ConnectionRefusedError, "服务器不让连接，地址或端口多半不对"),
        (socket.gaierror, "找不到这个服务器地址"),
    )
    return next((said for kind, said in reasons if isinstance(error, kind)), "连不上服务器")


def _digest(person: Person, *, at: datetime, sender: str) -> bool:
    today = timezone.localdate(at)
    taken = _take(person, today=today)
    if taken is None:
        return False
    row, waiting = taken
    try:
        _message(person, waiting, today=today, sender=sender).send()
    except (OSError, ValueError) as error:
        row.error = type(error).__name__
        row.save(update_fields=["error"])
        return False
    with transaction.atomic():
        row.sent_at, row.error = at, ""
        row.save(update_fields=["sent_at", "error"])
        Notice.objects.filter(pk__in=[n.pk for n in waiting]).update(mailed_at=at)
    return True


@transaction.atomic
def _take(person: Person, *, today: date) -> tuple[Digest, list[Notice]] | None:
    """The digest of the day, taken to be sent by this worker alone, with what it tells; ``None``: nothing to send."""
    row, _ = Digest.objects.select_for_update().get_or_create(person=person, on=today, defaults={"notices": 0})
    if row.sent_at is not None or row.tries >= MOST_TRIES or row.error == SENDING:
        return None
    told = list(
        Notice.objects.filter(seen_by(org.actor_of(person, on=today)), person=person, read_at__isnull=True)
        .filter(mailed_at__isnull=True)
        .select_related("matter")
        .order_by("pk")[:MOST_TOLD]
    )
    if not told:
        return None
    row.tries, row.notices, row.error = row.tries + 1, len(told), SENDING
    row.save(update_fields=["tries", "notices", "error"])
    return row, told


def _message(person: Person, waiting: list[Notice], *, today: date, sender: str) -> EmailMessage:
    lines = [f"{person.name}：", "", f"您有 {len(waiting)} 条新消息：", ""]
    told = said(waiting, org.actor_of(person, on=today))
    lines += [f"{n}. {one.words}" for n, one in enumerate(told, 1)]
    lines += ["", "请登录“落实”办理。本邮件每天至多一封，夜间和节假日不发。"]
    return EmailMessage(
        subject=f"落实：{len(waiting)} 条新消息",
        body="\n".join(lines),
        from_email=sender,
        to=[person.email],
        connection=get_connection(timeout=TIMEOUT),
    )
