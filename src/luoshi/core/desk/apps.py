from luoshi.kit.house import Room


class DeskConfig(Room):
    name = "luoshi.core.desk"
    label = "desk"
    verbose_name = "案头"
    pages = "desk/"

    def ready(self) -> None:
        from luoshi.core.desk import listening, matters, papers, plans  # noqa: F401 - the last three register facts
        from luoshi.core.desk.remembering import DeskMemory
        from luoshi.kit.imports import registry as imports
        from luoshi.kit.ledgers import memory
        from luoshi.kit.ledgers import registry as ledgers

        memory.register(DeskMemory())
        ledgers.listen(listening.on_taken)
        imports.listen(listening.on_written)
