from luoshi.kit.house import Room


class EvidenceConfig(Room):
    name = "luoshi.core.evidence"
    label = "evidence"
    verbose_name = "佐证"
    pages = "evidence/"
