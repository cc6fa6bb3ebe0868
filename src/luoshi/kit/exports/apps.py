from luoshi.kit.house import Room


class ExportsConfig(Room):
    name = "luoshi.kit.exports"
    label = "exports"
    verbose_name = "台账导出"
    pages = "exports/"

    def ready(self) -> None:
        from luoshi.kit.exports import jobs, views  # noqa: F401 - importing them registers the jobs and the way out
