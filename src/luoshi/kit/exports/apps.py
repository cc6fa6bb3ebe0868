from luoshi.kit.house import DAILY, NavItem, Room


class ExportsConfig(Room):
    name = "luoshi.kit.exports"
    label = "exports"
    verbose_name = "台账导出"
    pages = "exports/"
    nav = (NavItem("我的导出", "exports", order=55, section=DAILY, says="后台做好的 Excel 在这里取"),)

    def ready(self) -> None:
        from luoshi.kit.exports import jobs, views  # noqa: F401 - importing them registers the jobs and the way out
