from luoshi.kit.house import Room


class MattersConfig(Room):
    name = "luoshi.core.matters"
    label = "matters"
    verbose_name = "事项"
