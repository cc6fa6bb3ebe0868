from luoshi.kit.house import Room


class OrgConfig(Room):
    name = "luoshi.core.org"
    label = "org"
    verbose_name = "机构与人员"
