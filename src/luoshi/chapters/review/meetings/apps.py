from luoshi.kit.house import Room


class MeetingsConfig(Room):
    name = "luoshi.chapters.review.meetings"
    label = "meetings"
    verbose_name = "会议议"
    pages = "meetings/"

    def ready(self) -> None:
        from luoshi.chapters.review.meetings import health, papers, tracing  # noqa: F401 - they register minutes and facts
        from luoshi.kit.health import register

        register("meetings.minutes", "会议纪要", health.minutes, order=56)
