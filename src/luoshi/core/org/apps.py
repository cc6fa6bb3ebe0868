from django.urls import reverse

from luoshi.kit.house import DAILY, KEEPING, Call, NavItem, Room, Wait


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

    def waits(self, actor: object) -> dict[str, Wait]:
        from luoshi.core.org import queries
        from luoshi.core.org.rules import Actor, Duty

        if not isinstance(actor, Actor) or not actor.has(Duty.DATA, Duty.ORGANISATION):
            return {}
        return {
            "nobody_else": Wait(
                lambda: queries.towns_of_one(actor),
                lambda n: Call(
                    "镇里还只有您一个人：先从 Excel 导入单位和人员，再在“机构人员”里任命督办室、纪检监察",
                    reverse("imports"),
                ),
            )
        }

    def ready(self) -> None:
        from luoshi.core.org import exports, health, imports  # noqa: F401 - importing them registers what can come in and go out
        from luoshi.kit.health import register

        register("org.posts", "岗位", health.posts, order=82)
