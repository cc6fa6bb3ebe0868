from luoshi.chapters.review import SECTION
from luoshi.kit.house import NavItem, Room


class CausesConfig(Room):
    name = "luoshi.chapters.review.causes"
    label = "causes"
    verbose_name = "根源和痛点"
    pages = "causes/"
    nav = (NavItem("根源和痛点", "causes", order=150, section=SECTION, says="为什么老出这类问题"),)

    def ready(self) -> None:
        from luoshi.chapters.review.actions import deciding
        from luoshi.chapters.review.causes import actions, health, tracing  # noqa: F401 - importing it registers the facts
        from luoshi.kit.health import register

        deciding.when_opened(actions.follow)
        register("causes.chains", "根源", health.chains, order=54)
