from luoshi.kit.house import DAILY, NavItem, Room


class WebConfig(Room):
    name = "luoshi.web"
    label = "web"
    verbose_name = "门户"
    nav = (NavItem("今天", "home", order=10, section=DAILY, says="要办的事，按期限排", bar=True),)

    def ready(self) -> None:
        from luoshi.kit import installation
        from luoshi.web import jobs  # noqa: F401 - importing it registers the recurring job

        installation.registered()
