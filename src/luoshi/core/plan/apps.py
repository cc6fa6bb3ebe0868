from luoshi.kit.house import Room


class PlanConfig(Room):
    name = "luoshi.core.plan"
    label = "plan"
    verbose_name = "目标"
