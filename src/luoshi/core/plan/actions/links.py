"""What carries a sentence out is hung on it, by a person."""

from datetime import datetime

from django.db import transaction

from luoshi.core.journal.actions import record
from luoshi.core.org.rules import Actor
from luoshi.core.plan.actions.frame import keeper, locked
from luoshi.core.plan.models import Link, Part
from luoshi.kit.errors import Refused
from luoshi.kit.ledgers.figures import Trouble, parse, read
from luoshi.kit.text import optional

LABEL, SOURCE = 60, 300
MOST = 12
"""Links on one sentence."""


@transaction.atomic
def add_link(part: Part, *, source: str, by: Actor, at: datetime, label: str = "", whole: bool = False) -> Link:
    """Hangs a ledger with its filters, a named query or one matter on a sentence.

    ``source``: what ``figures.parse`` reads (a ledger's address will do). ``whole``: it carries out the whole measure.
    Refused: what ``parse`` refuses; ``plan.link_trouble`` for a source that tells no number; ``plan.linked`` twice;
    ``plan.many_links``.
    """
    part = locked(part)
    hat = keeper(part.version.plan.town_id, by)
    wanted = parse(source)
    if len(str(wanted)) > SOURCE:
        raise Refused("plan.link_long", "条件太长。", "请减少筛选条件。", field="source")
    if not by.is_system:
        told = read(wanted, by)
        if told.trouble is not None and told.trouble != Trouble.FAILED:
            raise Refused(
                "plan.link_trouble", f"挂不上：{told.trouble.label}。{told.why}", "请换一处。", field="source"
            )
        label = label or told.told
    label = optional(" ".join(label.split()), label="叫法", field="label", longest=10_000)[:LABEL] or wanted.slug
    if part.links.filter(source=str(wanted)).exists():
        raise Refused("plan.linked", "这一处已经挂在这句上。", "不用再挂。", field="source")
    if part.links.count() >= MOST:
        raise Refused("plan.many_links", f"一句最多挂 {MOST} 处。", "请去掉不用的。", field="source")
    link = Link.objects.create(part=part, source=str(wanted), label=label, whole=whole)
    record(
        stream=part.version.plan.stream,
        verb="plan.linked",
        by=by.signature(hat),
        at=at,
        data={"version": part.version.number, "part": part.pk, "whole": whole},
        words={"source": link.source, "label": label},
    )
    return link


@transaction.atomic
def drop_link(link: Link, *, by: Actor, at: datetime) -> None:
    """Takes a link off its sentence. Refused: ``plan.unknown_link``."""
    part = locked(link.part)
    hat = keeper(part.version.plan.town_id, by)
    gone = part.links.filter(pk=link.pk).first()
    if gone is None:
        raise Refused("plan.unknown_link", "这一处已经去掉了。", "请刷新页面。")
    told = {"source": gone.source, "label": gone.label}
    gone.delete()
    record(
        stream=part.version.plan.stream,
        verb="plan.unlinked",
        by=by.signature(hat),
        at=at,
        data={"version": part.version.number, "part": part.pk},
        words=told,
    )
