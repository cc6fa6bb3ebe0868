from luoshi.kit.house import Room


class JournalConfig(Room):
    name = "luoshi.core.journal"
    label = "journal"
    verbose_name = "流水"

    def ready(self) -> None:
        from luoshi.core.journal import jobs  # noqa: F401 - importing it registers the recurring job
