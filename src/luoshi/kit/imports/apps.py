from luoshi.kit.house import Room


class ImportsConfig(Room):
    name = "luoshi.kit.imports"
    label = "imports"
    verbose_name = "表格导入"
    pages = "imports/"

    def ready(self) -> None:
        from luoshi.kit.imports import jobs  # noqa: F401 - importing it registers the jobs
