from luoshi.kit.house import Room


class JournalConfig(Room):
    name = "luoshi.core.journal"
    label = "journal"
    verbose_name = "流水"
