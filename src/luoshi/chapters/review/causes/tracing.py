"""The facts of a root cause: who said them, and what draws on them."""

from collections.abc import Collection

from django.urls import reverse

from luoshi.chapters.review.causes import queries
from luoshi.chapters.review.causes.models import Cause
from luoshi.chapters.review.causes.transitions import SENTENCES
from luoshi.core.desk.tracing import Fact, Traced, Use, everybody, page, register
from luoshi.core.matters import queries as matters
from luoshi.core.org.rules import Actor


def _why(place: int) -> Fact[Cause]:
    name = f"why{place + 1}"
    return Fact(f"第{place + 1}个为什么", lambda c: str(c.whys[place]), ("whys",), words=(name,))


def _in_ledger(actor: Actor, cause: Cause) -> Collection[str]:
    """The end of the chain is the 根源 of the matters under it."""
    return ("whys",) if matters.visible_to(actor).filter(pk__in=cause.links.values("matter_id")).exists() else ()


CAUSE: Traced[Cause] = Traced(
    kind="cause",
    label="根源",
    model=Cause,
    get=queries.get,
    name=lambda c: c.root,
    url=page("cause"),
    facts=(
        Fact("类别", lambda c: dict(queries.kinds(c.town_id)).get(c.kind, c.kind), ("kind",), codes=("kind",)),
        Fact("更深的根源", lambda c: c.under.root if c.under else "", ("under",), codes=("under",)),
    ),
    more=lambda c, actor: [_why(place) for place in range(len(c.whys))],
    uses=(
        Use("根源和痛点", lambda: reverse("causes"), ("whys", "kind"), may=everybody),
        Use(
            "问题台账：根源",
            lambda: reverse("ledger", args=["matters"]),
            ("whys",),
            may=everybody,
            draws=_in_ledger,
        ),
    ),
    place="",
)

register(CAUSE, SENTENCES)
