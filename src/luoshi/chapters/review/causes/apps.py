from luoshi.kit.house import Room


class CausesConfig(Room):
    name = "luoshi.chapters.review.causes"
    label = "causes"
    verbose_name = "根源和痛点"
    pages = "causes/"

    def ready(self) -> None:
        from luoshi.chapters.review.actions import deciding
        from luoshi.chapters.review.causes import actions, health, tracing  # noqa: F401 - importing it registers the facts
        from luoshi.kit.health import register

        deciding.when_opened(actions.follow)
        register("causes.chains", "根源", health.chains, order=54)
