from luoshi.kit.house import KEEPING, NavItem, Room


class JournalConfig(Room):
    name = "luoshi.core.journal"
    label = "journal"
    verbose_name = "流水"
    pages = "seal/"
    public_pages = "seal/"
    nav = (
        NavItem(
            "封存",
            "seal",
            order=960,
            section=KEEPING,
            says="印记和独立核对",
            duties=frozenset({"office", "discipline"}),
        ),
    )

    def ready(self) -> None:
        from luoshi.core.journal import (
            health,
            jobs,  # noqa: F401 - importing it registers the recurring job
        )
        from luoshi.kit.health import register

        register("journal.whole", "流水", health.journal, order=30)
        register("journal.sealing", "封存", health.sealing, order=31)
        register("journal.clock", "流水与时钟", health.clock, order=23)
