from luoshi.kit.house import NavItem, Room


class MattersConfig(Room):
    name = "luoshi.core.matters"
    label = "matters"
    verbose_name = "事项"
    pages = "matters/"
    nav = (
        NavItem("问题台账", "ledger", order=25, args=("matters",)),
        NavItem("立项", "matter-register", order=40, duties=frozenset({"office"})),
        NavItem("检举控告", "accusations", order=28, duties=frozenset({"discipline"})),
        NavItem("各单位", "units", order=30),
        NavItem("工作日历", "calendar", order=905, duties=frozenset({"data", "office"})),
    )

    def ready(self) -> None:
        from luoshi.core.evidence import registry
        from luoshi.core.matters import figures, imports, jobs, ledgers, mechanisms, queries  # noqa: F401 - they register
        from luoshi.core.matters import health as checks
        from luoshi.kit import health

        registry.register("matter", queries.may_see_stream)
        health.register("matters.separation", "核查与经办分开", checks.separation, order=50)
        health.register("matters.counters", "事项的计数", checks.counters, order=51)
        health.register("matters.categories", "类别目录", checks.categories, order=51)
        health.register("matters.search", "事项检索", checks.search, order=61)
