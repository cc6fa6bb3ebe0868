from luoshi.kit.house import KEEPING, NavItem, Room


class DeskConfig(Room):
    name = "luoshi.core.desk"
    label = "desk"
    verbose_name = "案头"
    pages = "desk/"
    nav = (
        NavItem(
            "台账进出",
            "passages",
            order=950,
            section=KEEPING,
            says="什么表出去过，什么又被要过",
            duties=frozenset({"office", "secretary", "discipline", "data"}),
        ),
    )

    def ready(self) -> None:
        from luoshi.core.desk import listening, matters, papers, plans  # noqa: F401 - the last three register facts
        from luoshi.core.desk.remembering import DeskMemory
        from luoshi.kit.imports import registry as imports
        from luoshi.kit.ledgers import memory
        from luoshi.kit.ledgers import registry as ledgers

        memory.register(DeskMemory())
        ledgers.listen(listening.on_taken)
        imports.listen(listening.on_written)
