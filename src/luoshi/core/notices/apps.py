from typing import Any

from django.db.models import QuerySet

from luoshi.kit.house import DAILY, KEEPING, NavItem, Room


class NoticesConfig(Room):
    name = "luoshi.core.notices"
    label = "notices"
    verbose_name = "提醒"
    pages = "notices/"
    nav = (
        NavItem("消息", "notices", order=50, section=DAILY, says="和您有关的动静"),
        NavItem(
            "邮件",
            "notices-mail",
            order=940,
            section=KEEPING,
            says="发不发得出去，试一封",
            duties=frozenset({"office", "data"}),
        ),
    )

    def ready(self) -> None:
        from luoshi.core.journal import actions as journal
        from luoshi.core.notices import jobs  # noqa: F401 - importing it registers the recurring jobs
        from luoshi.core.notices.actions import CONSUMER

        journal.consumer(CONSUMER)

    def shell_rows(self, actor: object) -> dict[str, QuerySet[Any]]:
        from luoshi.core.notices import queries
        from luoshi.core.org.rules import Actor

        return {"notice_count": queries.unread(actor)} if isinstance(actor, Actor) else {}
