"""Finding things by words.

The plan. SQLite: FTS5 reads the list of each token within the kind's range of ids, and the caller's table is entered by
primary key. PostgreSQL: a bitmap scan of the GIN index for words that are rare; for common ones the planner walks the
caller's primary key from the newest and probes the entry by (kind, key). The newest are looked for in stretches of keys,
which stand in the GIN index beside the words (migration 0004) and are a condition of their own (0005). Nothing is counted
and nothing is ranked.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL

from luoshi.kit.again import again
from luoshi.kit.errors import Refused
from luoshi.kit.search.models import Entry
from luoshi.kit.search.slots import KEY_BITS, base
from luoshi.kit.search.tokens import Phrase, phrases


def _fts5(phrase: Phrase) -> str:
    return '"' + " ".join(phrase.tokens) + '"' + ("*" if phrase.prefix else "")


def _tsquery(phrase: Phrase) -> str:
    return " <-> ".join(f"'{token}'" for token in phrase.tokens) + (":*" if phrase.prefix else "")


def matching(kind: str, phrase: str) -> RawSQL:
    """The keys of the things of this kind whose text holds the phrase, for ``Model.objects.filter(pk__in=...)``.

    Words between spaces must all be there; characters without a space between must stand side by side. Refused where
    the phrase holds no character, letter or digit: whoever asks for nothing should not be given everything.
    """
    return RawSQL(*_statement(kind, phrase))  # noqa: S611 - the words are parameters


def newest(kind: str, phrase: str, *, most: int) -> list[int]:
    """The highest ``most`` of those keys, highest first, read from the index's end. Refused as ``matching`` is."""
    statement, params = _newest(kind, [phrase], most=most, enough=most)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({statement}) one ORDER BY 1 DESC", params)  # noqa: S608 - own statement
        return [key for (key,) in cursor.fetchall()]


def newest_of(kind: str, asked: Sequence[str], *, most: int, enough: int) -> RawSQL:
    """The keys of the things whose text holds one of the phrases, for ``pk__in``: of each the highest ``most``, so that
    common words cost no more than rare ones. The highest ``enough`` of them all are surely there; lower ones may be left
    out. Refused as ``matching`` is."""
    return RawSQL(*_newest(kind, asked, most=most, enough=enough))  # noqa: S611 - the words are parameters


def _newest(kind: str, asked: Sequence[str], *, most: int, enough: int) -> tuple[str, list[str | int]]:
    if connection.vendor != "sqlite":
        wanted = [_asked(phrase) for phrase in asked]
        queries = ", ".join(["%s::tsquery"] * len(wanted))
        return (
            f"SELECT search_newest(%s, ARRAY[{queries}], ARRAY[{queries}], %s, %s)",
            [base(kind), *map(_all_of, wanted), *map(_tokens_of, wanted), most, enough],
        )
    parts, given = [], list[str | int]()
    for phrase in asked:
        statement, params = _statement(kind, phrase)
        parts.append(f"SELECT * FROM ({statement} ORDER BY rowid DESC LIMIT %s) one")  # noqa: S608 - own statement
        given += [*params, most]
    return " UNION ".join(parts), given


def holding(kind: str, asked: Sequence[str], keys: Callable[[], QuerySet[Any, Any]], *, name: Hashable) -> list[int]:
    """Of some few things, given by their keys (``values("pk")``, compiled once for ``name``), those whose text holds one of
    the phrases. Read thing by thing, without the index: for what is few among many. One statement. Refused as ``matching``
    is."""
    start = base(kind)
    wanted = [
        [f" {' '.join(part.tokens)}{'' if part.prefix else ' '}" for part in parts] for parts in map(_asked, asked)
    ]

    def entries() -> QuerySet[Entry, tuple[int, str]]:
        of = keys().annotate(entry=F("pk") + start).values("entry")
        return Entry.objects.filter(pk__in=of).values_list("key", "bigrams")

    found = []
    for key, bigrams in again(("search.holding", kind, name), entries):
        text = f" {bigrams} "
        for parts in wanted:
            if parts[0] in text and all(words in text for words in parts[1:]):
                found.append(key)
                break
    return found


def _asked(phrase: str) -> list[Phrase]:
    asked = phrases(phrase)
    if not asked:
        raise Refused("search.no_words", "没有可以检索的字。", "请输入汉字、字母或数字。", field="q")
    return asked


def _all_of(asked: Sequence[Phrase]) -> str:
    return " & ".join(f"({_tsquery(one)})" for one in asked)


def _tokens_of(asked: Sequence[Phrase]) -> str:
    """What an index of tokens is asked for: those of the phrases without their order, which it does not hold. The beginning
    of a token is left out where there is another: it stands for very many."""
    kept = [f"'{token}'" for one in asked for token in (one.tokens[:-1] if one.prefix else one.tokens)]
    return " & ".join(kept) or _all_of(asked)


def _statement(kind: str, phrase: str) -> tuple[str, list[str | int]]:
    asked, start = _asked(phrase), base(kind)
    if connection.vendor == "sqlite":
        return (
            "SELECT rowid - %s FROM search_index WHERE search_index MATCH %s AND rowid BETWEEN %s AND %s",
            [start, " AND ".join(map(_fts5, asked)), start, start + (1 << KEY_BITS) - 1],
        )
    return (
        "SELECT key FROM search_entry WHERE kind = %s AND (vector || search_places(id)) @@ %s::tsquery "
        "AND vector @@ %s::tsquery",
        [kind, f"{_tokens_of(asked)} & '@{start >> KEY_BITS}'", _all_of(asked)],
    )
