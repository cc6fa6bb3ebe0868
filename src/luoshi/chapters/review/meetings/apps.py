from luoshi.kit.house import Room


class MeetingsConfig(Room):
    name = "luoshi.chapters.review.meetings"
    label = "meetings"
    verbose_name = "会议议"
    pages = "meetings/"
