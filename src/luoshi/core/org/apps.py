from luoshi.kit.house import DAILY, KEEPING, NavItem, Room


class OrgConfig(Room):
    name = "luoshi.core.org"
    label = "org"
    verbose_name = "机构与人员"
    pages = "org/"
    nav = (
        NavItem("我的", "org-me", order=60, section=DAILY, says="任职、代理人、联系方式、密码"),
        NavItem(
            "机构人员",
            "org",
            order=900,
            section=KEEPING,
            says="单位、岗位、人员、账号",
            duties=frozenset({"organisation", "data"}),
            bar=frozenset({"organisation", "data"}),
        ),
        NavItem(
            "本镇设置",
            "org-town",
            order=910,
            section=KEEPING,
            says="发文机关、评价天数、受理方式",
            duties=frozenset({"secretary", "office", "data"}),
        ),
        NavItem(
            "表格导入",
            "imports",
            order=930,
            section=KEEPING,
            says="把旧台账从 Excel 带进来",
            duties=frozenset({"office", "organisation", "data"}),
        ),
    )

    def ready(self) -> None:
        from luoshi.core.org import exports, health, imports  # noqa: F401 - importing them registers what can come in and go out
        from luoshi.kit.health import register

        register("org.posts", "岗位", health.posts, order=82)
