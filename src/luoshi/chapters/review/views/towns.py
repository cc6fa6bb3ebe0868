"""Which town a public page is about."""

from django.http import Http404

from luoshi.core.org import queries as org
from luoshi.core.org.models import Unit


def of_request(code: str) -> tuple[Unit | None, list[Unit]]:
    """The town named by ``code``, or the only one there is; ``None`` where somebody has to choose among the list."""
    towns = list(org.receiving_towns())
    if code:
        found = [town for town in towns if town.code == code]
        if len(found) != 1:
            raise Http404
        return found[0], towns
    return (towns[0] if len(towns) == 1 else None), towns


def address_of(meta: dict[str, str], *, behind_proxy: bool) -> str:
    """Where a request came from: behind a proxy of one's own the last address that it wrote down."""
    forwarded = meta.get("HTTP_X_FORWARDED_FOR", "") if behind_proxy else ""
    return forwarded.rpartition(",")[2].strip() or meta.get("REMOTE_ADDR", "")
