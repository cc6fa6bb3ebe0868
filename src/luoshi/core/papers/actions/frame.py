"""What every verb does first and last: lock the paper, see that it may be done, write, journal."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from luoshi.core.journal.actions import record
from luoshi.core.journal.models import Event
from luoshi.core.journal.rules import Code
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor, Hat
from luoshi.core.papers import queries
from luoshi.core.papers.models import Paper, State
from luoshi.core.papers.transitions import SAME, VERBS, Verb
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional, required

SAID = 500


def locked(pk: int) -> Paper:
    """The paper under lock, with its series as a row of its own."""
    if not connection.in_atomic_block:
        raise RuntimeError("a verb needs its transaction")
    found = Paper.objects.select_for_update(of=("self",)).select_related("series", "town").filter(pk=pk).first()
    if found is None:
        raise queries.unknown()
    return found


def hat_for(verb: Verb, paper: Paper, by: Actor) -> Hat | None:
    """The post as which somebody may do a verb; ``None``: they may not."""
    hat = by.hat(*verb.duties) if verb.duties else None
    if hat is None and verb.drafter and paper.drafter_id in by.people_ids:
        hat = by.hat()
    return hat


def person(by: Actor) -> Person:
    """The signed-in person who acts: no command or job writes, checks or signs papers."""
    if by.person_id is None:
        raise Refused("papers.no_person", "公文由具体的人拟稿、核稿、签发。", "请登录后再办。")
    return Person(pk=by.person_id)


def begin(paper: Paper, name: str, *, by: Actor, at: datetime) -> Paper:
    """The locked paper, after all checks.

    Raises ``Refused``: ``papers.unknown`` (also for what one may not see), ``papers.not_yours``, ``papers.state``,
    ``papers.before_last``.
    """
    verb, found = VERBS[name], locked(paper.pk)
    if not queries.visible_to(by).filter(pk=found.pk).exists():
        raise queries.unknown()
    if hat_for(verb, found, by) is None:
        raise Refused("papers.not_yours", f"“{verb.label}”不由您办。", f"{queries.who_may(verb)}可以办。")
    if State(found.state) not in verb.sources:
        raise Refused(
            "papers.state",
            f"这份公文现在是“{found.get_state_display()}”，不能{verb.label}。",
            "页面可能已过时，请刷新后再看可办的下一步。",
        )
    if at < found.last_at:
        raise Refused("papers.before_last", "办理时间早于上一步的时间。", "请核对时间。", field="at")
    return found


def done(
    paper: Paper,
    name: str,
    *,
    by: Actor,
    at: datetime,
    data: Mapping[str, Code] | None = None,
    words: Mapping[str, str] | None = None,
    changed: Mapping[str, object] | None = None,
) -> Event:
    """Write what changed, go to the verb's state, and journal it."""
    verb = VERBS[name]
    fresh = dict(changed or {})
    if verb.target != SAME:
        fresh["state"] = State(verb.target)
    paper.last_at = at
    for field, value in fresh.items():
        setattr(paper, field, value)
    paper.save(update_fields=["last_at", *fresh])
    return record(
        stream=paper.stream,
        verb=verb.event,
        by=by.signature(hat_for(verb, paper, by)),
        at=at,
        data={"state": str(paper.state), **(data or {})},
        words=words,
    )


def said(name: str, text: str) -> dict[str, str]:
    """The words that a verb asks for, checked, as the journal keeps them."""
    verb = VERBS[name]
    if not verb.says:
        return {}
    check = required if verb.must else optional
    words = check(text, label=verb.says, field="words", longest=SAID)
    return {"words": words} if words else {}
