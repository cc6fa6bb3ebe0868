"""Finding things by words.

The plan. SQLite: FTS5 reads the list of each token within the kind's range of ids, and the caller's table is entered by
primary key. PostgreSQL: a bitmap scan of the GIN index for words that are rare; for common ones the planner walks the
caller's primary key from the newest and probes the entry by (kind, key). Nothing is counted and nothing is ranked.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models.expressions import RawSQL

from luoshi.kit.errors import Refused
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
    statement, params = _statement(kind, phrase)
    place = "rowid" if connection.vendor == "sqlite" else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY {place} DESC LIMIT %s", [*params, most])
        return [key for (key,) in cursor.fetchall()]


def newest_of(kind: str, asked: Sequence[str], *, most: int) -> RawSQL:
    """The keys of the things whose text holds one of the phrases, for ``pk__in``: of each the highest ``most``, so that
    common words cost no more than rare ones. Refused as ``matching`` is."""
    place = "rowid" if connection.vendor == "sqlite" else "id"
    parts, given = [], list[str | int]()
    for phrase in asked:
        statement, params = _statement(kind, phrase)
        parts.append(f"SELECT * FROM ({statement} ORDER BY {place} DESC LIMIT %s) one")  # noqa: S608 - own statement
        given += [*params, most]
    return RawSQL(" UNION ".join(parts), given)  # noqa: S611 - the words are parameters


def _statement(kind: str, phrase: str) -> tuple[str, list[str | int]]:
    asked = phrases(phrase)
    if not asked:
        raise Refused("search.no_words", "没有可以检索的字。", "请输入汉字、字母或数字。", field="q")
    if connection.vendor == "sqlite":
        start = base(kind)
        return (
            "SELECT rowid - %s FROM search_index WHERE search_index MATCH %s AND rowid BETWEEN %s AND %s",
            [start, " AND ".join(map(_fts5, asked)), start, start + (1 << KEY_BITS) - 1],
        )
    return (
        "SELECT key FROM search_entry WHERE kind = %s AND vector @@ %s::tsquery",
        [kind, " & ".join(f"({_tsquery(one)})" for one in asked)],
    )
