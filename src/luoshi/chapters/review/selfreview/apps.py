from django.urls import reverse

from luoshi.kit.house import Call, Room


class SelfReviewConfig(Room):
    name = "luoshi.chapters.review.selfreview"
    label = "selfreview"
    verbose_name = "对照检查"
    pages = "selfreview/"

    def calls(self, actor: object) -> tuple[Call, ...]:
        from luoshi.chapters.review.selfreview import queries
        from luoshi.core.org.rules import Actor

        if not isinstance(actor, Actor) or not actor.is_person:
            return ()
        return tuple(
            Call(
                f"{sheet.label}还没有交，{sheet.round.deadline.month}月{sheet.round.deadline.day}日截止",
                reverse("selfreview-write", args=[sheet.pk]),
            )
            for sheet in queries.waiting(actor)
        )
