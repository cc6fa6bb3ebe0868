"""Whether what can be found is what there is."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from luoshi.kit.health import Examination, Symptom, register
from luoshi.kit.search.models import Entry
from luoshi.kit.search.tokens import tokens

SAMPLE = 2000
"""Newest things whose words are compared without ``full``."""
MOST_AT_ONCE = 50_000
_FIX = "请先备份，再运行 ./luoshi restore 恢复一次，检索会重新建；仍有的，告诉维护人员。"


def compare(
    examination: Examination, *, kind: str, rows: QuerySet[Any], text: Callable[[Any], str], what: str
) -> Iterator[Symptom]:
    """``rows`` are all that may be found under ``kind``, each by ``text(row)``, and nothing besides may be."""
    if missing := rows.filter(~Exists(Entry.objects.filter(kind=kind, key=OuterRef("pk")))).count():
        yield Symptom(f"有 {missing} 条{what}检索不到。", "重新保存那一条即可；多的请告诉维护人员。")
    if strange := Entry.objects.filter(kind=kind).filter(~Exists(rows.filter(pk=OuterRef("key")))).count():
        yield Symptom(f"检索里有 {strange} 条不该找到的{what}（已不在，或不公开）。", "请告诉维护人员。")
    looked_at = rows.order_by("-pk") if examination.full else rows.order_by("-pk")[:SAMPLE]
    other, batch = 0, []
    for row in looked_at.iterator(chunk_size=500):
        batch.append(row)
        if len(batch) == 500:
            other += _other(kind, batch, text)
            batch = []
    other += _other(kind, batch, text)
    if other:
        yield Symptom(f"有 {other} 条{what}的检索词和内容不一样。", "重新保存那一条即可；多的请告诉维护人员。")


def _other(kind: str, rows: list[Any], text: Callable[[Any], str]) -> int:
    told = dict(Entry.objects.filter(kind=kind, key__in=[row.pk for row in rows]).values_list("key", "bigrams"))
    return sum(row.pk in told and told[row.pk] != " ".join(tokens(text(row))) for row in rows)


def index(examination: Examination) -> Iterator[Symptom]:
    """That SQLite's index beside the table holds what the table holds. PostgreSQL's is part of the row.

    Nobody can write meanwhile, so a long one is looked through only when asked for.
    """
    if connection.vendor != "sqlite" or not (examination.full or Entry.objects.count() <= MOST_AT_ONCE):
        return
    try:
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
        ):  # the check is written as an insert, and writes nothing
            cursor.execute("INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)")
    except DatabaseError as error:
        yield Symptom(f"检索的索引和检索词对不上（{error}）。", _FIX)


def registered() -> None:
    register("search.index", "检索索引", index, order=60)
