from luoshi.kit.house import Room


class WorkdaysConfig(Room):
    default = True
    name = "luoshi.kit.workdays"
    label = "workdays"
    verbose_name = "工作日历"

    def ready(self) -> None:
        from luoshi.kit.health import register
        from luoshi.kit.workdays import health

        register("workdays.years", "工作日历", health.calendar, order=80)
