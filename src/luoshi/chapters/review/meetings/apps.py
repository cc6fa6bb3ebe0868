from luoshi.chapters.review import SECTION
from luoshi.kit.house import NavItem, Room


class MeetingsConfig(Room):
    name = "luoshi.chapters.review.meetings"
    label = "meetings"
    verbose_name = "会议议"
    pages = "meetings/"
    nav = (NavItem("会议", "meetings", order=170, section=SECTION, says="议题、议定的事和纪要"),)

    def ready(self) -> None:
        from luoshi.chapters.review.meetings import papers  # noqa: F401 - importing it registers the minutes
