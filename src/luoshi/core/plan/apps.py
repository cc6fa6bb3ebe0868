from luoshi.kit.house import NavItem, Room


class PlanConfig(Room):
    name = "luoshi.core.plan"
    label = "plan"
    verbose_name = "方案和目标"
    pages = "plan/"
    nav = (
        NavItem(
            "方案",
            "plan",
            order=500,
            section="方案",
            says="原文，逐句对着记录",
            also=("goals",),
            bar=frozenset({"office", "secretary", "leader"}),
        ),
        NavItem("活动全程", "campaign", order=510, section="方案", says="从找到问题到见到成效"),
        NavItem("没有记录的句子", "plan-bare", order=530, section="方案", says="方案里还没有落实的话"),
    )
