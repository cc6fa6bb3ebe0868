"""Which matters a paper is about, and that it goes no further than they may.

A paper is about the matter from which it was drawn, and about those whose numbers stand in its text. Briefs and the
year's report count matters; they are about none.
"""

import re

from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Matter, Secrecy
from luoshi.core.org.rules import Actor
from luoshi.core.papers.models import Kind, Paper, Reach
from luoshi.kit.errors import Refused

COUNTING = (Kind.BRIEF, Kind.ANNUAL)
MOST = 300
_NUMBER = re.compile(r"(?<![\d问-])\d{4}-(\d{6,12})(?![\d-])")
"""The number of a matter; that of a finding begins with 问."""


def drawn_from(origin: str) -> int | None:
    """The matter that an origin (``matter:12``) names."""
    kind, _, key = origin.partition(":")
    return int(key) if kind == "matter" and key.isdigit() else None


def matters_of(paper: Paper, actor: Actor) -> list[Matter]:
    """The matters that the paper is about, as far as the actor may see them; its own matter in every case. Two
    statements."""
    if paper.kind in COUNTING:
        return []
    found = {}
    if paper.about_id is not None:
        found = {one.pk: one for one in Matter.objects.filter(pk=paper.about_id)}
    numbers = {match[0]: int(match[1]) for match in _NUMBER.finditer(f"{paper.title}\n{paper.body}")}
    if set(numbers.values()) - found.keys():
        named = matters.visible_to(actor).filter(pk__in=numbers.values(), town_id=paper.town_id)
        found |= {one.pk: one for one in named.exclude(secrecy=Secrecy.ACCUSATION)[:MOST] if one.number in numbers}
    return [found[pk] for pk in sorted(found)]


def check_reach(paper: Paper, about: list[Matter]) -> None:
    """Refuse a paper that would tell of a matter to somebody who may not see it.

    Refused: ``papers.restricted`` for a matter of narrow secrecy, ``papers.beyond_matter`` for one of its units alone in
    a paper that the whole town or another unit would read.
    """
    units = {one.unit_id: one.unit.name for one in paper.deliveries.select_related("unit")}
    for matter in about:
        if matter.secrecy == Secrecy.OPEN:
            continue
        if matter.secrecy != Secrecy.INTERNAL:
            raise Refused("papers.restricted", "公文里的事项限定知悉范围，不能发文。", "请按知悉范围当面交办。")
        if paper.reach == Reach.TOWN:
            raise Refused(
                "papers.beyond_matter",
                f"事项 {matter.number} 只在承办单位内知悉，这份公文却是镇内公开。",
                "请退回修改，把知悉范围改为“限主送、抄送单位”。",
            )
        may = {matter.lead_unit_id, *matter.co_units.values_list("unit_id", flat=True)}
        if others := [name for pk, name in units.items() if pk not in may]:
            raise Refused(
                "papers.beyond_matter",
                f"事项 {matter.number} 只在承办单位内知悉，不能发给{'、'.join(others)}。",
                "请退回修改，只发给承办、协办这件事项的单位。",
            )
