from django.urls import reverse

from luoshi.chapters.review import SECTION
from luoshi.kit.house import Call, NavItem, Room, Wait

_KEEPS = frozenset({"office", "secretary"})


class LikenessConfig(Room):
    name = "luoshi.chapters.review.likeness"
    label = "likeness"
    verbose_name = "相近问题"
    pages = "likeness/"
    nav = (
        NavItem(
            "可能是同一件事", "suggestions", order=120, section=SECTION, says="相近的问题，请人核对", duties=_KEEPS
        ),
        NavItem("说得最多的", "topics", order=130, section=SECTION, says="这个月大家都在说什么", duties=_KEEPS),
    )

    def ready(self) -> None:
        from luoshi.chapters.review.actions import deciding, frame, merging

        # importing jobs registers them
        from luoshi.chapters.review.likeness import actions, health, jobs, panel, topics  # noqa: F401
        from luoshi.chapters.review.views import findings
        from luoshi.kit.health import register

        register("likeness.suggestions", "相近提示", health.suggestions, order=58)
        register("likeness.waiting", "等着核对的相近提示", health.waiting, order=58)
        register("likeness.learnt", "学到的类别和单位", health.learnt, order=59)
        register("likeness.topics", "热点", health.topics, order=60)
        frame.MOVED.append(actions.moved)
        merging.PARTED.append(actions.parted)
        deciding.when_opened(actions.opened)
        deciding.when_marked(topics.hide)
        findings.PANELS.append(panel.of)

    def waits(self, actor: object) -> dict[str, Wait]:
        from luoshi.chapters.review.likeness import queries
        from luoshi.core.org.rules import Actor, Duty
        from luoshi.kit.counting import so_far, words

        if not isinstance(actor, Actor) or not actor.has(Duty.OFFICE):
            return {}
        return {
            "suggestions_waiting": Wait(
                lambda: so_far(queries.open_to(actor)),
                lambda n: Call(f"{words(n, '处')}可能是同一件事，等您核对", reverse("suggestions")),
            )
        }
