from luoshi.kit.house import Room


class LedgersConfig(Room):
    name = "luoshi.kit.ledgers"
    label = "ledgers"
    verbose_name = "台账"
    pages = "ledgers/"
