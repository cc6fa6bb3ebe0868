from luoshi.kit.house import Room


class WebConfig(Room):
    name = "luoshi.web"
    label = "web"
    verbose_name = "门户"
