from luoshi.kit.house import NavItem, Room


class WebConfig(Room):
    name = "luoshi.web"
    label = "web"
    verbose_name = "门户"
    nav = (NavItem("今天", "home", order=10),)
