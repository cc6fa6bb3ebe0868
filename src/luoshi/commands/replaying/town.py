"""The town in which ``replay`` has messages worked, and the walk of each message through the verbs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from luoshi.commands.replaying.messages import Message
from luoshi.core.journal.actions import gathering
from luoshi.core.journal.models import Seal
from luoshi.core.journal.sealing import seal_all
from luoshi.core.matters import actions as matters
from luoshi.core.matters.models import Raiser
from luoshi.core.org import actions as org
from luoshi.core.org import queries
from luoshi.core.org.models import Person, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty, system

BATCH = 200
TITLE = 120
LONGEST = 32_767
"""Most characters that a cell of Excel holds."""
STANDARD = "查明留言反映的问题，依规办理，并把办理结果答复留言人。"
SEEN = "已核对答复原文：有答复、有日期，与所留言的问题对应。"
ASSIGNED_BY_SYSTEM = system("replay")


@dataclass(frozen=True)
class Staff:
    """Who plays which part in the town of a replay."""

    town: Unit
    unit: Unit
    leader: Person
    handler: Person
    office_actor: Actor
    handler_actor: Actor
    verifier_actor: Actor


def found(*, first: date, recorded: datetime) -> Staff:
    """One town with its office, a unit that leads and another that verifies, all in post since the day ``first``."""
    by = ASSIGNED_BY_SYSTEM
    at = timezone.make_aware(datetime.combine(first - timedelta(days=1), time(9)))
    with gathering(consumers=(), recorded=recorded):
        town = org.found_town(name="留言回放镇", code="replay", by=by, at=at)

        def unit(name: str, code: str) -> Unit:
            return org.open_unit(parent=town, name=name, code=code, kind=UnitKind.OFFICE, by=by, at=at)

        def person(name: str, unit: Unit, post_name: str, *duties: Duty) -> Person:
            made = org.add_person(town=town, name=name, by=by, at=at)
            post = org.create_post(unit=unit, name=post_name, duties=list(duties), by=by, at=at)
            org.appoint(made, post, starts_on=first, by=by, at=at)
            return made

        office = unit("督办室", "duban")
        lead = unit("留言办理组", "banli")
        other = unit("核查组", "hecha")
        officer = person("督办员甲", office, "督办员", Duty.OFFICE)
        leader = person("分管领导乙", office, "分管领导", Duty.LEADER)
        handler = person("经办员丙", lead, "经办员", Duty.HEAD, Duty.CLERK)
        verifier = person("核查员丁", other, "核查员", Duty.CLERK)
    return Staff(
        town=town,
        unit=lead,
        leader=leader,
        handler=handler,
        office_actor=queries.actor_of(officer, on=first),
        handler_actor=queries.actor_of(handler, on=first),
        verifier_actor=queries.actor_of(verifier, on=first),
    )


def work(
    messages: Sequence[Message],
    *,
    staff: Staff,
    recorded: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Every message a matter: registered, assigned and signed at its time, the rest at its reply's."""
    for start in range(0, len(messages), BATCH):
        with gathering(consumers=(), recorded=recorded):
            for message in messages[start : start + BATCH]:
                walk(message, staff=staff)
        progress(min(start + BATCH, len(messages)))


def walk(message: Message, *, staff: Staff) -> None:
    """One message from 立项 to 签收, and with a reply to 销号."""
    begun = timezone.make_aware(message.received.at)
    title, problem = told(message)
    matter = matters.register(
        town=staff.town,
        title=title,
        problem=problem,
        received_at=begun,
        origin_kind="message",
        origin_ref=message.number[:64],
        raisers=[matters.NewRaiser(kind=Raiser.Kind.CITIZEN, raised_at=begun, name=message.user[:60])],
        known_end=True,
        by=staff.office_actor,
        at=begun,
    )
    matter = matters.assign(
        matter,
        lead_unit=staff.unit,
        leader=staff.leader,
        standard=STANDARD,
        by=staff.office_actor,
        at=begun,
    )
    matter = matters.sign(matter, handler=staff.handler, by=staff.handler_actor, at=begun)
    if message.replied is None:
        return
    ended = max(timezone.make_aware(message.replied.at), begun)
    result = message.reply[:LONGEST] or "（原件有答复时间，没有答复正文。）"
    matters.report(matter, progress="已答复留言人，答复全文见办理结果。", by=staff.handler_actor, at=ended)
    matters.claim(matter, result=result, by=staff.handler_actor, at=ended)
    matters.verify(matter, passed=True, seen=SEEN, by=staff.verifier_actor, at=ended)
    matters.close(matter, result=result, by=staff.office_actor, at=ended)


def told(message: Message) -> tuple[str, str]:
    """Title and problem. A title over 120 characters is cut with …, and stands whole before the text."""
    title, text = message.title, message.text[:LONGEST]
    if not title:
        title = " ".join(text.split())[:TITLE] or "（没有主题的留言）"
    if len(title) > TITLE:
        return f"{title[: TITLE - 1]}…", f"{title}\n{text}"[: 2 * LONGEST]
    return title, text


def seal_up(*, at: datetime) -> Seal:
    """Everything sealed; the last seal."""
    last = seal_all(at=at) or Seal.objects.order_by("-size").first()
    if last is None:
        raise RuntimeError("a town has been founded, so there is something to seal")
    return last
