from django.urls import reverse

from luoshi.chapters.review import SECTION
from luoshi.kit.house import DAILY, Call, NavItem, Room, Wait

_KEEPS = frozenset({"office", "secretary"})
_DECIDES = frozenset({"office", "discipline"})


class ReviewConfig(Room):
    name = "luoshi.chapters.review"
    label = "review"
    verbose_name = "大查摆"
    pages = "review/"
    public_pages = "p/"
    nav = (
        NavItem(
            "报告问题",
            "report-problem",
            order=20,
            section=DAILY,
            says="看到问题，三个空、两下",
            bar=frozenset({"head", "clerk"}),
        ),
        NavItem("替别人录入", "finding-channels", order=30, section=DAILY, says="群众说的、上级点的、会上定的"),
        NavItem("问题", "findings", order=100, section=SECTION, says="收到的问题和它们成了什么", bar=_DECIDES),
        NavItem(
            "查摆问题台账",
            "ledger",
            order=105,
            section=SECTION,
            says="全部问题，能筛选、导出",
            duties=_KEEPS,
            args=("findings",),
        ),
        NavItem("问题对账", "reckoning", order=110, section=SECTION, says="收到的和办了的对得上", duties=_KEEPS),
        NavItem("投诉建议", "complaint-box", order=180, section=SECTION, says="对这套系统的意见", duties=_DECIDES),
        NavItem("打印二维码", "poster", order=190, section=SECTION, says="贴出去，群众扫码反映"),
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
        from luoshi.kit.counting import so_far, words

        if not isinstance(actor, Actor) or not actor.has(Duty.OFFICE, Duty.DISCIPLINE):
            return {}
        return {
            "findings_waiting": Wait(
                lambda: so_far(queries.undecided(actor)),
                lambda n: Call(f"{words(n)}问题等待处理", reverse("findings")),
            )
        }
