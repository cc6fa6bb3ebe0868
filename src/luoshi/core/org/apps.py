from luoshi.kit.house import NavItem, Room


class OrgConfig(Room):
    name = "luoshi.core.org"
    label = "org"
    verbose_name = "机构与人员"
    pages = "org/"
    nav = (
        NavItem("机构人员", "org", order=900, duties=frozenset({"organisation", "data"})),
        NavItem("本镇设置", "org-town", order=910, duties=frozenset({"secretary", "office", "data"})),
        NavItem("表格导入", "imports", order=908, duties=frozenset({"office", "organisation", "data"})),
        NavItem("我的", "org-me", order=950),
    )

    def ready(self) -> None:
        from luoshi.core.org import exports, health, imports  # noqa: F401 - importing them registers what can come in and go out
        from luoshi.kit.health import register

        register("org.posts", "岗位", health.posts, order=82)
