from luoshi.kit.house import Room


class SearchConfig(Room):
    name = "luoshi.kit.search"
    label = "search"
    verbose_name = "检索"

    def ready(self) -> None:
        from luoshi.kit.search import (
            checking,
            jobs,  # noqa: F401 - importing it registers the recurring job
        )

        checking.registered()
