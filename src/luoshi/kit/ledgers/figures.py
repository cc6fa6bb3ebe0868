"""Figures that keep their question: which rows are counted is written down as text and can be asked again.

``matters?light=red&unit=3`` counts what the ledger ``matters`` shows under that address; ``query:review.found`` counts a
named query. Nobody is told more than the ledger itself would show him, and a figure that can't be had says why.
"""

import logging
import re
from collections.abc import Hashable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from luoshi.kit.again import settled
from luoshi.kit.errors import Refused
from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.model import Filter, Ledger
from luoshi.kit.ledgers.registry import NamedQuery
from luoshi.kit.ledgers.state import LONGEST, Chosen, choose
from luoshi.kit.together import Counting, counted, counting

NAMED = "query:"
MOST = 1000
"""Rows counted on a page at most; more are shown as ``1000 以上``."""
_SHOWN = ("order", "cols", "cursor")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")
_AT_ONCE = 200
"""Figures in one statement; SQLite takes 500."""
_KEPT = 2000
"""Statements of figures that one process keeps compiled, those asked last."""

_log = logging.getLogger(__name__)


class Trouble(StrEnum):
    """Why there is no number."""

    ABSENT = "absent"
    FORBIDDEN = "forbidden"
    UNKNOWN_FILTER = "unknown_filter"
    UNKNOWN_VALUE = "unknown_value"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return _TROUBLES[self]


_TROUBLES = {
    Trouble.ABSENT: "未启用",
    Trouble.FORBIDDEN: "无权查看",
    Trouble.UNKNOWN_FILTER: "条件已不存在",
    Trouble.UNKNOWN_VALUE: "条件的值已不存在",
    Trouble.FAILED: "没有查成",
}


@dataclass(frozen=True)
class Source:
    """Which rows: a ledger (or, ``named``, a query) with its filters. ``str`` of it is what is kept."""

    slug: str
    params: tuple[tuple[str, str], ...] = ()
    named: bool = False

    def __str__(self) -> str:
        return f"{NAMED if self.named else ''}{self.slug}{'?' + urlencode(self.params) if self.params else ''}"


@dataclass(frozen=True)
class Reading:
    """What a source says to somebody.

    ``count`` is ``None`` where there is ``trouble``, of which ``why`` is the sentence. ``more``: there are more than
    ``count``, which is where counting ended. ``url`` opens the rows, empty where nothing can be opened; ``sentence``
    says the filters (``灯：逾期；单位：石桥沟村``).
    """

    source: Source
    label: str
    count: int | None = None
    more: bool = False
    measure: str = "件"
    url: str = ""
    sentence: str = ""
    trouble: Trouble | None = None
    why: str = ""

    @property
    def words(self) -> str:
        """The figure as it is printed: ``37``, ``1000 以上``, ``未启用``."""
        if self.trouble is not None:
            return self.trouble.label
        return f"{self.count} 以上" if self.more else str(self.count)

    @property
    def told(self) -> str:
        """Label and filters as one sentence: ``问题台账（灯：逾期）``."""
        return f"{self.label}（{self.sentence}）" if self.sentence else self.label


def parse(text: str) -> Source:
    """The source that a text means: ``str(source)``, or the address of a ledger's page as somebody copied it.

    What only changes how rows are shown (order, columns, page) is left out. Refused: ``figures.unreadable``.
    """
    found = _resolved(text.strip())
    named = found.startswith(NAMED)
    slug, _, query = found.removeprefix(NAMED).partition("?")
    if not _SLUG.fullmatch(slug):
        raise Refused(
            "figures.unreadable",
            "看不懂这条链接。",
            "请打开台账，筛选出要的记录，把那一页的地址原样贴进来。",
            field="source",
        )
    try:
        pairs = parse_qsl(query, max_num_fields=40)
    except ValueError:
        raise Refused("figures.unreadable", "这条链接的条件太多。", "请减少筛选条件。", field="source") from None
    params = tuple((key, words) for key, value in pairs if key not in _SHOWN and (words := _plain(value)))
    return Source(slug, params, named)


def _plain(value: str) -> str:
    return value.replace("\x00", "").strip()[:LONGEST]


def _resolved(text: str) -> str:
    """A text in the form of ``str(source)``: as it is, from a ledger's address, or as an app reads its own things."""
    for resolve in registry.resolvers():
        if found := resolve(text):
            return found
    if "/" not in text.partition("?")[0]:
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    for ledger in registry.all_ledgers():
        if parts.path.rstrip("/") + "/" == reverse("ledger", args=[ledger.slug]):
            return f"{ledger.slug}?{parts.query}"
    return ""


def read(source: Source, actor: Any, *, most: int | None = MOST) -> Reading:
    """One figure; see ``read_many``."""
    return read_many([source], actor, most=most)[source]


def exactly(sources: Iterable[Source], actor: Any) -> dict[Source, Reading]:
    """Every figure counted to its end, for a document that is to be printed."""
    return read_many(sources, actor, most=None)


@dataclass
class _Asked:
    """A source on its way: what it says so far, and the statement that counts its rows (none where there can be none)."""

    reading: Reading
    counting: Counting | None = None


@dataclass
class _Reader:
    """Reads sources for one actor; the choices of a filter are asked for once."""

    actor: Any
    most: int | None = None
    choices: dict[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)
    whole: dict[str, QuerySet[Any]] = field(default_factory=dict)

    def ask(self, source: Source) -> _Asked:
        thing = _thing(source)
        if thing is None:
            return _in_trouble(Reading(source, source.slug), Trouble.ABSENT, "这一部分没有安装。")
        reading = Reading(source, thing.label, measure=thing.measure)
        if not thing.may(self.actor):
            return _in_trouble(reading, Trouble.FORBIDDEN, "这类记录不向您公开，数目也不显示。")
        try:
            return self._asked(thing, reading)
        except Refused as refused:
            return _in_trouble(reading, Trouble.FAILED, str(refused))
        except Exception:
            # whatever one declaration does wrong must not take the other figures of the page with it
            _log.exception("figure %s", source)
            return _in_trouble(reading, Trouble.FAILED, _FAILED)

    def _asked(self, thing: Ledger[Any] | NamedQuery, reading: Reading) -> _Asked:
        params = QueryDict(urlencode(reading.source.params))
        search = thing.search if isinstance(thing, Ledger) else None
        words = _plain(params.get("q", "")) if search else ""
        known = {"q"} if search else set()
        chosen: list[Chosen] = []
        for one in thing.filters:
            keys = {f"{one.key}_from", f"{one.key}_to"} if one.kind == "daterange" else {one.key}
            known |= keys
            if not keys & params.keys():
                continue
            found = choose(one, self._choices(thing, one), params)
            if found is None:
                said = f"“{one.label}”没有“{params.get(next(iter(keys & params.keys())))}”。"
                return _in_trouble(reading, Trouble.UNKNOWN_VALUE, said)
            chosen.append(found)
        if wrong := params.keys() - known:
            return _in_trouble(reading, Trouble.UNKNOWN_FILTER, f"“{thing.label}”没有“{min(wrong)}”这个条件。")
        sentence = "；".join([one_chosen.sentence for one_chosen in chosen] + ([f"含“{words}”"] if words else []))
        reading = _with(reading, sentence=sentence, url=_url(thing, reading.source))
        if thing.kept_by is not None and not words and all(one_chosen.filter.keeps for one_chosen in chosen):
            asked = tuple((one_chosen.filter.key, one_chosen.value) for one_chosen in chosen)
            kept = _kept(
                connection.vendor, reading.source.named, thing.slug, self.actor, thing.kept_by(), asked, self.most
            )
            return _Asked(reading, kept)
        rows = self._rows(thing)
        for one_chosen in chosen:
            rows = one_chosen.filter.for_counting(rows, one_chosen.value)
        if search and words:
            rows = search(rows, words)
        return _Asked(reading, counting(rows, most=self.most))

    def _rows(self, thing: Ledger[Any] | NamedQuery) -> QuerySet[Any]:
        """The rows of a ledger before any filter, made once: a paper asks the same one a hundred times."""
        key = f"{type(thing).__name__}:{thing.slug}"
        if key not in self.whole:
            self.whole[key] = thing.rows(self.actor)
        return self.whole[key].all()

    def _choices(self, thing: Ledger[Any] | NamedQuery, one: Filter[Any]) -> tuple[tuple[str, str], ...]:
        key = (f"{type(thing).__name__}:{thing.slug}", one.key)
        if key not in self.choices:
            self.choices[key] = tuple(one.choices(self.actor)) if one.choices else ()
        return self.choices[key]


@lru_cache(_KEPT)
def _kept(
    vendor: str, named: bool, slug: str, actor: Any, by: Hashable, asked: tuple[tuple[str, Any], ...], most: int | None
) -> Counting | None:
    """The statement that counts what filters with these values leave of a ledger (or query) that says by what its rows are
    shaped. Everything is a part of the key: who asks, the day (``by``), the values."""
    thing = _thing(Source(slug, named=named))
    if thing is None:
        raise LookupError(slug)
    rows = thing.rows(actor)
    filters = {one.key: one for one in thing.filters}
    for key, value in asked:
        rows = filters[key].for_counting(rows, value)
    one = counting(rows, most=most)
    return one and settled(*one, {})


def _thing(source: Source) -> Ledger[Any] | NamedQuery | None:
    return registry.get_query(source.slug) if source.named else registry.get(source.slug)


_FAILED = "这个数没有查成，别的数不受影响。"


def _with(reading: Reading, **changes: Any) -> Reading:
    return Reading(**{**reading.__dict__, **changes})


def _in_trouble(reading: Reading, trouble: Trouble, why: str) -> _Asked:
    return _Asked(_with(reading, trouble=trouble, why=why))


def address(source: Source) -> str:
    """The page of a source's rows, empty where there is none; whoever may not open it is told so by the page itself."""
    thing = _thing(source)
    return _url(thing, source) if thing is not None else ""


def _url(thing: Ledger[Any] | NamedQuery, source: Source) -> str:
    query = "?" + urlencode(source.params) if source.params else ""
    if isinstance(thing, Ledger):
        return reverse("ledger", args=[thing.slug]) + query
    return thing.url(dict(source.params)) if thing.url else ""


def read_many(sources: Iterable[Source], actor: Any, *, most: int | None = MOST) -> dict[Source, Reading]:
    """What every source says to this actor, counted in one statement for all (and one a filter whose choices are rows).

    Counting ends at ``most`` rows a figure, ``None``: at the last row. A query that fails is told by its own figure.
    """
    reader = _Reader(actor, most)
    asked = {source: reader.ask(source) for source in dict.fromkeys(sources)}
    wanted = [(source, one.counting) for source, one in asked.items() if one.reading.trouble is None]
    found: dict[Source, int] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        found |= _counted(wanted[start : start + _AT_ONCE])
    return {source: _told(one, found.get(source), most) for source, one in asked.items()}


def _told(asked: _Asked, count: int | None, most: int | None) -> Reading:
    if asked.reading.trouble is not None:
        return asked.reading
    if count is None:
        return _in_trouble(_with(asked.reading, url=""), Trouble.FAILED, _FAILED).reading
    is_more = most is not None and count > most
    return _with(asked.reading, count=most if is_more else count, more=is_more)


def _counted(wanted: Sequence[tuple[Source, Counting | None]]) -> dict[Source, int]:
    """The counts; where one fails, each is asked alone, and the failed are left out."""
    named = {f"n{i}": one for i, (_, one) in enumerate(wanted)}
    try:
        with _savepoint():
            counts = counted(named)
    except DatabaseError:
        _log.exception("figures together")
    else:
        return {source: counts[f"n{i}"] for i, (source, _) in enumerate(wanted)}
    found: dict[Source, int] = {}
    for source, one in wanted:
        try:
            with _savepoint():
                found[source] = counted({"n": one})["n"]
        except DatabaseError:
            _log.exception("figure %s", source)
    return found


def _savepoint() -> AbstractContextManager[Any]:
    """What a failed statement leaves behind is undone where a transaction is open; outside there is nothing to undo."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
