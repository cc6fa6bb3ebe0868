from luoshi.kit.house import Room


class ImportsConfig(Room):
    name = "luoshi.kit.imports"
    label = "imports"
    verbose_name = "表格导入"
    pages = "imports/"

    def ready(self) -> None:
        from luoshi.kit import belongings
        from luoshi.kit.imports import jobs, storage  # noqa: F401 - importing it registers the jobs

        belongings.register(
            belongings.Belonging("imports", "导入的表格", "imports", "Batch", "sha256", storage.path_of, required=False)
        )
