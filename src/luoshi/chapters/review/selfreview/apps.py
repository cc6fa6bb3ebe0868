from django.urls import reverse

from luoshi.kit.house import Call, Room, Wait


class SelfReviewConfig(Room):
    name = "luoshi.chapters.review.selfreview"
    label = "selfreview"
    verbose_name = "对照检查"
    pages = "selfreview/"

    def ready(self) -> None:
        from luoshi.chapters.review.selfreview import health, tracing  # noqa: F401 - importing it registers the facts
        from luoshi.kit.health import register

        register("selfreview.sheets", "自查表", health.sheets, order=57)

    def waits(self, actor: object) -> dict[str, Wait]:
        from luoshi.chapters.review.selfreview import queries
        from luoshi.core.org.rules import Actor

        if not isinstance(actor, Actor):
            return {}
        return {
            "sheets_waiting": Wait(
                queries.waiting(actor), lambda n: Call(f"自查表还有 {n} 份没有交", reverse("selfreview"))
            )
        }
