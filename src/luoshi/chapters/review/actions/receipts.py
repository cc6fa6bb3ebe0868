"""Receipts, and what one address may do in a while. Addresses are never kept, only a hash with a key of the day."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from luoshi.chapters.review import rules
from luoshi.chapters.review.models import Tally
from luoshi.core.matters.models import Raiser
from luoshi.kit.errors import Refused


def _who(address: str, at: datetime) -> str:
    return rules.hidden_address(address, secret=settings.SECRET_KEY, day=timezone.localdate(at))


@transaction.atomic
def spend(limit: rules.Limit, address: str, *, at: datetime) -> None:
    """Count one more of its kind for this address; ``review.too_many`` where that is over the limit."""
    rows = Tally.objects.select_for_update().filter(kind=limit.kind, who=_who(address, at))
    row = rows.first()
    if row is None:
        Tally.objects.filter(since__lt=at - timedelta(days=1)).delete()
        Tally.objects.bulk_create([Tally(kind=limit.kind, who=_who(address, at), since=at)], ignore_conflicts=True)
        row = rows.get()
    if at - row.since >= limit.window:
        row.since, row.count = at, 0
    if row.count >= limit.times:
        raise limit.refusal()
    row.count += 1
    row.save(update_fields=["since", "count"])


def check(limit: rules.Limit, address: str, *, at: datetime) -> None:
    """The same question without counting, before dear work is done."""
    row = Tally.objects.filter(kind=limit.kind, who=_who(address, at)).first()
    if row and at - row.since < limit.window and row.count >= limit.times:
        raise limit.refusal()


def refund(limit: rules.Limit, address: str, *, at: datetime) -> None:
    Tally.objects.filter(kind=limit.kind, who=_who(address, at), count__gt=0).update(count=F("count") - 1)


def _holder(digest: str) -> Raiser | None:
    return Raiser.objects.filter(receipt_digest=digest).select_related("town", "matter__lead_unit").first()


def present(code: str, *, address: str, at: datetime) -> Raiser:
    """The raiser who holds this receipt.

    Refused in the same words for a code that is unknown and one that can't be a code (``review.receipt_unknown``), and
    for an address that was wrong ten times within an hour (``review.too_many``). To be called outside a transaction,
    so that a wrong guess stays counted.
    """
    spend(rules.GUESSES, address, at=at)
    plain = rules.plain_code(code)
    raiser = _holder(rules.digest(plain)) if plain else None
    if raiser is None:
        raise Refused(
            "review.receipt_unknown",
            "没有这个回执号。",
            "请对照回执再输一遍：十个字母和数字，没有 0、1 和字母 O、I、L。",
            field="code",
        )
    refund(rules.GUESSES, address, at=at)
    return raiser
