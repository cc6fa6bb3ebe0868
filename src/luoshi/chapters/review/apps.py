from luoshi.kit.house import Room


class ReviewConfig(Room):
    name = "luoshi.chapters.review"
    label = "review"
    verbose_name = "大查摆"
