from datetime import datetime, timedelta
from random import Random

import pytest

from luoshi.chapters.review import queries
from luoshi.chapters.review.actions import answer, merge, open_matter, take_from_public, unmerge
from luoshi.chapters.review.models import Channel, Finding, State
from luoshi.core.matters.models import Raiser
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast


class Book:
    """The slow oracle: for every finding what became of it, kept by hand."""

    def __init__(self) -> None:
        self.became: dict[int, tuple[str, int]] = {}

    def stays(self, pk: int) -> int:
        while self.became[pk][0] == "merged":
            pk = self.became[pk][1]
        return pk

    def matter(self, pk: int) -> int | None:
        verb, ref = self.became[self.stays(pk)]
        return ref if verb == "opened" else None


@pytest.mark.row("1.3")
@pytest.mark.parametrize("seed", range(4))
def test_however_merged_and_parted_every_raiser_stands_where_its_words_went(
    cast: Cast, now: datetime, seed: int
) -> None:
    chance, office, book = Random(seed), cast.actor(cast.office, now.date()), Book()
    for step in range(70):
        at = now + timedelta(minutes=step)
        if len(book.became) < 4 or chance.random() < 0.15:
            taken = take_from_public(
                town=cast.town, channel=Channel.CITIZEN, words="路灯坏了", address=f"10.0.0.{step}", at=at
            )
            book.became[taken.finding.pk] = ("new", 0)
            continue
        pk, other = chance.choice(list(book.became)), chance.choice(list(book.became))
        finding, verb = Finding(pk=pk), chance.choice(["merge", "merge", "unmerge", "open", "answer"])
        state = book.became[pk][0]
        allowed = {
            "merge": state == "new" and pk != other and book.became[other][0] != "merged",
            "unmerge": state == "merged",
            "open": state in ("new", "answered"),
            "answer": state == "new",
        }[verb]
        result: tuple[str, int] | None
        refused = ""
        try:
            if verb == "merge":
                merge(finding, into=Finding(pk=other), reason="", by=office, at=at)
                result = ("merged", other)
            elif verb == "unmerge":
                unmerge(finding, reason="不是同一件", by=office, at=at)
                result = ("new", 0)
            elif verb == "open":
                result = ("opened", open_matter(finding, title="修路灯", by=office, at=at).pk)
            else:
                answer(finding, text="已修好。", by=office, at=at)
                result = ("answered", 0)
        except Refused as said:
            result, refused = None, said.code
        assert (result is not None) == allowed, (verb, refused)
        if result is not None:
            book.became[pk] = result
    at_last = {f.pk: f for f in Finding.objects.all()}
    assert {pk: f.state for pk, f in at_last.items()} == {pk: verb for pk, (verb, _) in book.became.items()}
    where = {int(r.origin_ref): r.matter_id for r in Raiser.objects.all()}
    assert where == {pk: book.matter(pk) for pk in book.became}
    counted = queries.reckoning(office, year=2026)
    assert counted.balanced
    assert counted.found == len(book.became)
    assert counted.merged == sum(f.state == State.MERGED for f in at_last.values())
