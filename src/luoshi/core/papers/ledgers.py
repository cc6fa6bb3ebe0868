"""The register of papers, declared once: page, Excel and paper come from here. Drafts stand in it for those who see them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from luoshi.core.org.rules import Actor, Duty
from luoshi.core.papers import queries
from luoshi.core.papers.models import Kind, Paper, State
from luoshi.kit.addresses import address
from luoshi.kit.days import within
from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.model import Column, DateRange, Filter, Ledger
from luoshi.kit.search.queries import matching, newest_of

NEWEST = 120
"""Papers that a search looks at first: a page is among them, unless most of what holds the words is not to be seen."""


def _rows(actor: Actor) -> QuerySet[Paper]:
    return queries.deliveries_of(queries.visible_to(actor))


def _received(paper: Any) -> str:
    """How many of the units that get it have signed for it."""
    return f"{paper.signed or 0}/{paper.got}" if paper.got and paper.serial else ""


def _issued(rows: QuerySet[Paper], days: DateRange) -> QuerySet[Paper]:
    if days.start:
        rows = rows.filter(issued_on__gte=days.start)
    if days.end:
        rows = rows.filter(issued_on__lte=days.end)
    return rows


def _drafted(rows: QuerySet[Paper], days: DateRange) -> QuerySet[Paper]:
    return within(rows, "drafted_at", days.start, days.end)


def _name(person: Any) -> str:
    return person.name if person else ""


def _kinds(actor: Any) -> Sequence[tuple[str, str]]:
    return Kind.choices


PAPERS: Ledger[Paper] = Ledger(
    slug="papers",
    label="公文登记簿",
    rows=_rows,
    may=lambda actor: actor.is_person and bool(actor.hats),
    columns=(
        Column(
            "number",
            "发文字号",
            lambda p: p.number,
            width=9,
            css="row-number",
            reads=("series__code", "year", "serial"),
        ),
        Column("title", "标题", lambda p: p.title, kind="long", width=24, css="row-title", reads=("title",)),
        Column("kind", "文种", lambda p: p.get_kind_display(), width=5, reads=("kind",)),
        Column("state", "状态", lambda p: p.get_state_display(), width=5, css="row-light", reads=("state",)),
        Column(
            "issued", "成文日期", lambda p: p.issued_on, kind="date", width=7, sort="issued_on", reads=("issued_on",)
        ),
        Column(
            "recipients",
            "主送",
            lambda p: p.recipients,
            kind="long",
            width=12,
            default=False,
            paper=True,
            reads=("recipients",),
        ),
        Column("drafter", "拟稿", lambda p: _name(p.drafter), width=4, reads=("drafter__name",)),
        Column(
            "reviewer",
            "核稿",
            lambda p: _name(p.reviewer),
            width=4,
            default=False,
            paper=True,
            reads=("reviewer__name",),
        ),
        Column(
            "signer", "签发", lambda p: _name(p.signer), width=4, default=False, paper=True, reads=("signer__name",)
        ),
        Column("received", "已签收", _received, width=5, reads=("serial",)),
    ),
    filters=(
        Filter("kind", "文种", "choice", lambda rows, key: rows.filter(kind=key), choices=_kinds, plain=True),
        Filter(
            "state",
            "状态",
            "choice",
            lambda rows, key: rows.filter(state=key),
            choices=lambda actor: State.choices,
            plain=True,
        ),
        Filter("issued", "成文", "daterange", _issued, plain=True),
        Filter("drafted", "拟稿", "daterange", _drafted, plain=True),
    ),
    search=lambda rows, words: rows.filter(pk__in=matching("paper", words)),
    search_newest=lambda rows, words: rows.filter(pk__in=newest_of("paper", [words], most=NEWEST, enough=NEWEST)),
    order="",
    title=lambda actor: f"{actor.town_name}公文登记簿",
    office=lambda actor: f"{actor.town_name}督办室" if actor.has(Duty.OFFICE) else actor.town_name,
    detail_url=lambda p: address("paper", p.pk),
    measure="份",
    numbered=True,
    kept_by=lambda: None,
    empty="没有符合条件的公文。去掉一个条件再看，或到“公文”里新拟一份。",
)

registry.register(PAPERS)
