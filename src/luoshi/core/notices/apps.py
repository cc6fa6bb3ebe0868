from luoshi.kit.house import Room


class NoticesConfig(Room):
    name = "luoshi.core.notices"
    label = "notices"
    verbose_name = "提醒"
