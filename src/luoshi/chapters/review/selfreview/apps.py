from django.urls import reverse

from luoshi.chapters.review import SECTION
from luoshi.kit.house import Call, NavItem, Room, Wait


class SelfReviewConfig(Room):
    name = "luoshi.chapters.review.selfreview"
    label = "selfreview"
    verbose_name = "对照检查"
    pages = "selfreview/"
    nav = (
        NavItem(
            "自查",
            "selfreview",
            order=140,
            section=SECTION,
            says="四对照、四查看，写出差距",
            bar=frozenset({"organisation"}),
        ),
    )

    def ready(self) -> None:
        from luoshi.chapters.review.selfreview import health, jobs, tracing  # noqa: F401 - importing registers
        from luoshi.kit.health import register

        register("selfreview.sheets", "自查表", health.sheets, order=57)

    def waits(self, actor: object) -> dict[str, Wait]:
        from luoshi.chapters.review.selfreview import queries
        from luoshi.core.org.rules import Actor

        if not isinstance(actor, Actor):
            return {}
        return {
            "sheets_waiting": Wait(
                lambda: queries.waiting(actor), lambda n: Call(f"自查表还有 {n} 份没有交", reverse("selfreview"))
            )
        }
