from luoshi.chapters.review import SECTION
from luoshi.kit.house import NavItem, Room


class MeetingsConfig(Room):
    name = "luoshi.chapters.review.meetings"
    label = "meetings"
    verbose_name = "会议议"
    pages = "meetings/"
    nav = (NavItem("会议", "meetings", order=170, section=SECTION, says="议题、议定的事和纪要"),)

    def ready(self) -> None:
        from luoshi.chapters.review.meetings import health, papers, tracing  # noqa: F401 - they register minutes and facts
        from luoshi.kit.health import register

        register("meetings.minutes", "会议纪要", health.minutes, order=56)
