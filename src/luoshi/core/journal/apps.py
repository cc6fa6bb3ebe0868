from luoshi.kit.house import NavItem, Room


class JournalConfig(Room):
    name = "luoshi.core.journal"
    label = "journal"
    verbose_name = "流水"
    pages = "seal/"
    public_pages = "seal/"
    nav = (NavItem("封存", "seal", order=920, duties=frozenset({"office", "discipline"})),)

    def ready(self) -> None:
        from luoshi.core.journal import jobs  # noqa: F401 - importing it registers the recurring job
