from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

from luoshi.kit.house import Call, NavItem, Room, Wait

if TYPE_CHECKING:
    from luoshi.core.org.rules import Actor


def _call(words: str, count: int) -> Call:
    return Call(f"{count} {words}", reverse("papers"))


def _waiting(actor: "Actor", name: str) -> QuerySet[Any]:
    from luoshi.core.papers import queries

    return queries.waits(actor)[name]


class PapersConfig(Room):
    name = "luoshi.core.papers"
    label = "papers"
    verbose_name = "公文"
    pages = "papers/"
    nav = (
        NavItem(
            "公文",
            "papers",
            order=600,
            section="公文",
            says="拟稿、核稿、签发、签收",
            bar=frozenset({"office", "secretary", "leader"}),
        ),
    )

    def ready(self) -> None:
        from luoshi.core.evidence import registry
        from luoshi.core.papers import health as own
        from luoshi.core.papers import jobs, ledgers, queries, telling, writing  # noqa: F401 - they register
        from luoshi.kit import health, references

        registry.register("paper", queries.may_see_stream)
        registry.register("papertemplate", queries.may_see_template)
        references.register("paper", references.Shelf(lambda actor: [], queries.described))
        health.register("papers.numbers", "文号", own.numbers)
        health.register("papers.search", "公文检索", own.search, order=62)
        health.register("papers.figures", "公文的数字", own.frozen)
        health.register("papers.hands", "公文的拟核签", own.hands)
        health.register("papers.files", "公文存档", own.files)

    def waits(self, actor: object) -> dict[str, Wait]:
        from luoshi.core.org.rules import Actor

        if not isinstance(actor, Actor) or not actor.hats:
            return {}
        words = {"sign": "份公文等您签发", "review": "份公文等核稿", "receive": "份公文等您的单位签收"}
        return {
            f"papers_{name}": Wait(partial(_waiting, actor, name), partial(_call, said)) for name, said in words.items()
        }
