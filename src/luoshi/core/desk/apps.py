from luoshi.kit.house import Room


class DeskConfig(Room):
    name = "luoshi.core.desk"
    label = "desk"
    verbose_name = "案头"
    pages = "desk/"

    def ready(self) -> None:
        from luoshi.core.desk.remembering import DeskMemory
        from luoshi.kit.ledgers import memory

        memory.register(DeskMemory())
