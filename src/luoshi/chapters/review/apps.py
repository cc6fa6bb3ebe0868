from django.urls import reverse

from luoshi.kit.house import Call, NavItem, Room, Wait


class ReviewConfig(Room):
    name = "luoshi.chapters.review"
    label = "review"
    verbose_name = "大查摆"
    pages = "review/"
    public_pages = "p/"
    nav = (
        NavItem("问题", "findings", order=20),
        NavItem("报告问题", "report-problem", order=21),
    )

    def ready(self) -> None:
        from luoshi.chapters.review import (  # noqa: F401 - importing them registers them
            health,
            imports,
            ledgers,
            mechanisms,
            queries,
            tracing,
        )
        from luoshi.core.evidence import registry
        from luoshi.core.matters import transitions
        from luoshi.kit.health import register

        registry.register("finding", queries.may_see_stream)
        register("review.reckoning", "问题对账", health.reckoning, order=52)
        register("review.merging", "问题的并入", health.merging, order=53)
        register("review.search", "问题检索", health.search, order=62)
        transitions.SENTENCES.setdefault("matter.raiser_parted", "并入的提出人又拆出")

    def waits(self, actor: object) -> dict[str, Wait]:
        from luoshi.chapters.review import queries
        from luoshi.core.org.rules import Actor, Duty

        if not isinstance(actor, Actor) or not actor.has(Duty.OFFICE, Duty.DISCIPLINE):
            return {}
        return {
            "findings_waiting": Wait(
                queries.undecided(actor), lambda n: Call(f"{n} 件问题等待处理", reverse("findings"))
            )
        }
