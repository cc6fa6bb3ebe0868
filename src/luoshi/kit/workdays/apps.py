from luoshi.kit.house import Room


class WorkdaysConfig(Room):
    default = True
    name = "luoshi.kit.workdays"
    label = "workdays"
    verbose_name = "工作日历"
