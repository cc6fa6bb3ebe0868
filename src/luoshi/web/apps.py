from luoshi.kit.house import NavItem, Room


class WebConfig(Room):
    name = "luoshi.web"
    label = "web"
    verbose_name = "门户"
    nav = (NavItem("今天", "home", order=10),)

    def ready(self) -> None:
        from luoshi.kit import installation
        from luoshi.web import jobs  # noqa: F401 - importing it registers the recurring job

        installation.registered()
