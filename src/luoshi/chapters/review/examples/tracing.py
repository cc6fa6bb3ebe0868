"""The facts of an example: who said them, and what draws on them."""

from django.urls import reverse

from luoshi.chapters.review.examples import queries
from luoshi.chapters.review.examples.models import Example
from luoshi.chapters.review.examples.transitions import SENTENCES
from luoshi.core.desk.tracing import Fact, Traced, Use, everybody, page, register

EXAMPLE: Traced[Example] = Traced(
    kind="example",
    label="典型",
    model=Example,
    get=queries.get,
    name=lambda e: e.name,
    url=page("example"),
    facts=(
        Fact("名称", lambda e: e.name, ("name", "person", "unit"), words=("name",)),
        Fact("种类", lambda e: e.get_kind_display(), ("kind",), codes=("kind",)),
        Fact("为什么", lambda e: e.why, ("why",), words=("why",)),
        Fact("学什么", lambda e: e.learn, ("learn",), words=("learn",)),
        Fact("出处", lambda e: e.source, ("source",)),
        Fact("凭据", lambda e: f"{n} 件事项" if (n := e.proofs.count()) else "", ("proofs",), codes=("matters",)),
        Fact("状态", lambda e: e.get_state_display(), ("state",), codes=("state",)),
        Fact("理由", lambda e: e.reason, ("reason",), words=("reason",)),
    ),
    uses=(
        Use(
            "典型和标杆",
            lambda: reverse("examples"),
            ("name", "kind", "learn", "state"),
            may=everybody,
        ),
    ),
    place="",
)

register(EXAMPLE, SENTENCES)
