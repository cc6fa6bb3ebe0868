"""The facts of an official document, for who may read its story."""

from collections.abc import Sequence

from luoshi.core.desk.tracing import Fact, Said, Traced, page, register
from luoshi.core.org.rules import Actor
from luoshi.core.papers import queries
from luoshi.core.papers.models import Paper, PaperFigure
from luoshi.core.papers.transitions import SENTENCES

TRACED_ORIGINS = ("matter", "meeting")
"""Kinds of origin that are traced themselves."""


def _get(actor: Actor, pk: int) -> Paper:
    """Who reads a paper only as it went out does not read who had a hand in it before."""
    found = queries.get(actor, pk)
    if not queries.may_read_story(actor, found):
        raise queries.unknown()
    return found


def _came_from(paper: Paper) -> tuple[str, int] | None:
    kind, _, key = paper.origin.partition(":")
    return (kind, int(key)) if kind in TRACED_ORIGINS and key.isdigit() else None


def _figure(one: PaperFigure) -> Fact[Paper]:
    shown = one.typed or ("" if one.value is None else str(one.value))

    def said(codes: Said, words: Said) -> bool:
        return codes.get("figure") == one.pk

    return Fact(f"数字【{one.name}】", lambda p: shown, ("figures",), words=("text", "source"), tells=said)


def _figures(paper: Paper, actor: Actor) -> Sequence[Fact[Paper]]:
    return [_figure(one) for one in paper.figures.order_by("pk")]


PAPER: Traced[Paper] = Traced(
    kind="paper",
    label="公文",
    model=Paper,
    get=_get,
    name=lambda p: f"{p.number}{p.title}",
    url=page("paper"),
    facts=(
        Fact("标题", lambda p: p.title, ("title",), words=("title",)),
        Fact("文种", lambda p: p.get_kind_display(), ("kind",), codes=("kind",)),
        Fact("正文", lambda p: p.body, ("body",), codes=("version",)),
        Fact("主送", lambda p: p.recipients, ("recipients",), words=("recipients",)),
        Fact("抄送", lambda p: p.copies_to, ("copies_to",), words=("copies_to",)),
        Fact("附注", lambda p: p.note, ("note",), words=("note",)),
        Fact("知悉范围", lambda p: p.get_reach_display(), ("reach",), codes=("reach",)),
        Fact("文号", lambda p: p.number, ("serial", "year", "series"), words=("number",)),
        Fact("状态", lambda p: p.get_state_display(), ("state",), codes=("state",)),
    ),
    more=_figures,
    came_from=_came_from,
)

register(PAPER, SENTENCES)
