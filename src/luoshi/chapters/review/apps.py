from luoshi.kit.house import NavItem, Room


class ReviewConfig(Room):
    name = "luoshi.chapters.review"
    label = "review"
    verbose_name = "大查摆"
    pages = "review/"
    public_pages = "p/"
    nav = (
        NavItem("问题", "findings", order=20),
        NavItem("报告问题", "report-problem", order=21),
    )

    def ready(self) -> None:
        from luoshi.chapters.review import ledgers, queries  # noqa: F401 - importing ledgers registers them
        from luoshi.core.evidence import registry

        registry.register("finding", queries.may_see_stream)
