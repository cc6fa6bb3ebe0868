from luoshi.kit.house import KEEPING, NavItem, Room

_MATTERS = "事项（13710）"
_LEADS = frozenset({"office", "secretary", "leader"})


class MattersConfig(Room):
    name = "luoshi.core.matters"
    label = "matters"
    verbose_name = "事项"
    pages = "matters/"
    nav = (
        NavItem(
            "问题台账",
            "ledger",
            order=300,
            section=_MATTERS,
            says="全部事项，能筛选、导出、打印",
            bar=True,
            args=("matters",),
        ),
        NavItem("查找", "search", order=305, section=_MATTERS, says="记得几个字就能找到"),
        NavItem(
            "立项",
            "matter-register",
            order=310,
            section=_MATTERS,
            says="上级交办、会议定下的事",
            duties=frozenset({"office"}),
        ),
        NavItem(
            "检举控告",
            "accusations",
            order=315,
            section=_MATTERS,
            says="只有纪检监察看得到",
            duties=frozenset({"discipline"}),
            bar=frozenset({"discipline"}),
        ),
        NavItem("各单位", "units", order=320, section=_MATTERS, says="每个站所、每个村一页", bar=_LEADS),
        NavItem("简报", "briefs", order=610, section="公文", says="每月办理情况，数字自己来", duties=_LEADS),
        NavItem("目标", "goals", order=520, section="方案", says="省、市、县、镇四级，哪些事推动了它"),
        NavItem(
            "工作日历",
            "calendar",
            order=920,
            section=KEEPING,
            says="放假、调休，期限照它算",
            duties=frozenset({"data", "office"}),
        ),
    )

    def ready(self) -> None:
        from luoshi.core.evidence import registry
        from luoshi.core.matters import figures, imports, jobs, ledgers, mechanisms, queries  # noqa: F401 - they register
        from luoshi.core.matters import health as checks
        from luoshi.kit import health

        registry.register("matter", queries.may_see_stream)
        health.register("matters.separation", "核查与经办分开", checks.separation, order=50)
        health.register("matters.counters", "事项的计数", checks.counters, order=51)
        health.register("matters.dates", "事项的期限", checks.dates, order=51)
        health.register("matters.categories", "类别目录", checks.categories, order=51)
        health.register("matters.search", "事项检索", checks.search, order=61)
