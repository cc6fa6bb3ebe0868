from luoshi.kit.house import NavItem, Room


class PlanConfig(Room):
    name = "luoshi.core.plan"
    label = "plan"
    verbose_name = "方案和目标"
    pages = "plan/"
    nav = (NavItem("方案", "plan", order=32, also=("goals",)),)
