"""A kept statement gives what the query itself gives, for every value and every table that is joined."""

import re
from collections import OrderedDict
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet, TextChoices
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from luoshi.kit import again as kept_statements
from luoshi.kit import together
from luoshi.kit.again import _NUMBER, Hole, again, again_among, by_number, cursor, padded, settled
from luoshi.kit.jobs.models import Job
from luoshi.kit.workdays.models import CalendarYear

NOW = timezone.now()


@pytest.fixture
def rows(db: None) -> None:
    for number in range(1, 6):
        Job.objects.create(kind=f"种{number % 2}", payload={"n": number}, run_at=NOW, created_at=NOW, progress=number)
        CalendarYear.objects.create(
            **{"year": 2020 + number, "version": 1, "source": "a", "days": [], "digest": "d", "added_at": NOW},
            published_on=date(2020, 1, 1) + timedelta(days=number),
        )


def of_kind(kind: str, least: int) -> QuerySet[Job]:
    return Job.objects.filter(Q(kind=kind) | Q(progress=5), pk__gt=least).order_by("-pk")


def published(day: date) -> QuerySet[CalendarYear, Any]:
    return CalendarYear.objects.filter(published_on__lte=day).order_by("year").values_list("year", "published_on")


def test_each_value_gives_its_own_rows_from_one_statement(rows: None) -> None:
    for kind, least in (("种1", 0), ("种0", 1), ("'; --", 0), ("种1", 10**9)):
        with CaptureQueriesContext(connection) as asked:
            found = again("test.kinds", of_kind, kind=kind, least=least)
        assert len(asked) == 1
        wanted = list(of_kind(kind, least))
        assert [(j.pk, j.kind, j.payload, j.run_at) for j in found] == [
            (j.pk, j.kind, j.payload, j.run_at) for j in wanted
        ]
    for day in (date(2020, 1, 3), date(2020, 1, 6), date(1999, 1, 1)):
        assert again("test.days", published, day=day) == list(published(day))


def test_several_tables_come_again_in_one_statement(rows: None) -> None:
    def wanted(kind: str, day: date) -> dict[str, QuerySet[Any]]:
        return {"jobs": Job.objects.filter(kind=kind), "years": CalendarYear.objects.filter(published_on__lte=day)}

    for kind, day in (("种1", date(2020, 1, 3)), ("种0", date(2020, 1, 9)), ("没有", date(1999, 1, 1))):
        assert together.fetch_again("test.together", wanted, kind=kind, day=day) == together.fetch(wanted(kind, day))


def test_columns_of_several_tables_come_with_their_types(rows: None) -> None:
    found = together.tuples(
        {
            "jobs": Job.objects.values_list("progress", "payload", "run_at"),
            "years": CalendarYear.objects.filter(year__gt=2023).values_list("year", "published_on"),
            "none": Job.objects.none().values_list("id"),
        }
    )
    assert sorted(found["jobs"]) == sorted(Job.objects.values_list("progress", "payload", "run_at"))
    assert sorted(found["years"]) == [(2024, date(2020, 1, 5)), (2025, date(2020, 1, 6))]
    assert found["none"] == []


def test_a_value_that_the_statement_does_not_hold_is_not_lost_in_silence(db: None) -> None:
    with pytest.raises(ValueError, match="day"):
        again("test.lost", lambda kind, day: Job.objects.filter(kind=kind), kind="a", day=date(2020, 1, 1))
    with pytest.raises(TypeError):
        again("test.flag", lambda kind: Job.objects.filter(kind=kind), kind=True)


def test_totals_and_lists_of_keys_come_again_as_they_are(rows: None) -> None:
    def wanted(kind: str) -> dict[str, QuerySet[Any, Any]]:
        jobs = Job.objects.filter(kind=kind)
        return {"jobs": jobs.values("progress"), "first": jobs.order_by("pk")[:1], "none": Job.objects.none()}

    for kind in ("种1", "种0", "没有"):
        progress = [job.progress for job in Job.objects.filter(kind=kind)]
        found = together.totals_again("test.totals", wanted, kind=kind)
        assert found == {"jobs": (len(progress), sum(progress)), "first": (min(len(progress), 1),), "none": (0,)}
    keys = [job.pk for job in Job.objects.order_by("pk")]
    for some in ([], keys[:1], keys, [*keys * 4, *range(10**6, 10**6 + 30)]):
        given = padded(some)
        assert (set(given.values()) - {0} == set(some), len(given) in (8, 16, 32, 64)) == (True, True)
        found_rows = again_among("test.among", lambda pks: Job.objects.filter(pk__in=pks).order_by("pk"), some)
        assert [job.pk for job in found_rows] == sorted(set(some) & set(keys))


def test_places_of_values_are_numbered_and_moments_and_payloads_come_as_from_the_query_itself(rows: None) -> None:
    assert by_number("SELECT '%%s', a FROM b WHERE c = %s AND d LIKE '%%' || %s") == (
        "SELECT '%s', a FROM b WHERE c = $1 AND d LIKE '%' || $2"
    )
    with cursor() as opened:
        opened.execute("SELECT 5 %% %s, '%%'", [3])
        assert opened.fetchall() == [(2, "%")]
        opened.execute("SELECT '%s'")
        assert opened.fetchall() == [("%s",)], "without values nothing is looked for"
    for kept, plain in zip(
        again("test.all", lambda: Job.objects.order_by("pk")), Job.objects.order_by("pk"), strict=True
    ):
        for field in Job._meta.concrete_fields:
            told, wanted = getattr(kept, field.attname), getattr(plain, field.attname)
            assert (told, type(told)) == (wanted, type(wanted)), field.attname
        assert (kept.run_at.utcoffset(), kept.run_at.tzname()) == (timedelta(0), "UTC")


class Colour(TextChoices):
    ODD = "种%'1\\"


def test_what_never_changes_is_written_into_the_statement_and_stays_what_it_is(rows: None) -> None:
    Job.objects.create(kind=Colour.ODD, payload={}, run_at=NOW, created_at=NOW, progress=7)

    def odd(least: int) -> QuerySet[Job]:
        chosen = Job.objects.filter(Q(kind=Colour.ODD) | Q(kind="%s"), Q(progress=7) | Q(progress=-7), pk__gt=least)
        return chosen.exclude(run_at__date=date(2020, 2, 29))

    for least in (0, 10**9):
        wanted = list(odd(least))
        assert again("test.written", odd, least=least) == wanted
        assert together.fetch_again("test.written", lambda least: {"jobs": odd(least)}, least=least)["jobs"] == wanted
        assert together.counts_again("test.written", lambda least: {"n": odd(least)}, least=least) == {"n": len(wanted)}
    sql, params = settled(*odd(_NUMBER + 1).query.sql_with_params(), {"least": 0})
    places = re.findall("%[%s]", sql).count("%s")
    constant = [one for one in params if not isinstance(one, Hole)]
    if connection.vendor == "postgresql":
        assert (constant, places) == ([], 1)
    else:
        assert (len(constant) >= 4, places) == (True, len(params))


def test_what_is_asked_for_is_kept_and_what_was_not_asked_for_the_longest_goes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_statements, "MOST", 3)
    monkeypatch.setattr(kept_statements, "_kept", OrderedDict())
    made: list[str] = []

    def ask(name: str) -> str:
        def make() -> str:
            made.append(name)
            return name.upper()

        return str(kept_statements.kept(name, make))

    assert [ask(name) for name in "abcaad"] == list("ABCAAD")
    assert made == list("abcd")
    assert [ask(name) for name in "ab"] == ["A", "B"]
    assert made == list("abcdb"), "a was asked for meanwhile, b was not"
