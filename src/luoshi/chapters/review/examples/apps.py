from django.urls import reverse

from luoshi.chapters.review import SECTION
from luoshi.kit.house import Call, NavItem, Room, Wait


class ExamplesConfig(Room):
    name = "luoshi.chapters.review.examples"
    label = "examples"
    verbose_name = "典型和标杆"
    pages = "examples/"
    nav = (NavItem("典型和标杆", "examples", order=160, section=SECTION, says="身边谁做得好，照着做"),)

    def ready(self) -> None:
        from luoshi.chapters.review.examples import health, queries, tracing  # noqa: F401 - importing it registers the facts
        from luoshi.core.evidence import registry
        from luoshi.kit import references
        from luoshi.kit.health import register

        registry.register("example", queries.may_see_stream)
        register("examples.proofs", "典型的凭据", health.proofs, order=55)
        references.register("example", references.Shelf(queries.offered, queries.described))

    def waits(self, actor: object) -> dict[str, Wait]:
        from luoshi.chapters.review.examples import queries
        from luoshi.core.org.rules import Actor

        if not isinstance(actor, Actor):
            return {}
        return {
            "examples_waiting": Wait(
                lambda: queries.to_approve(actor), lambda n: Call(f"{n} 个典型等您审定", reverse("examples"))
            )
        }
