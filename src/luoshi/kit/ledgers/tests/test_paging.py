from datetime import timedelta

import pytest
from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.kit.jobs.models import Job
from luoshi.kit.ledgers.paging import Order, page, stream
from luoshi.kit.ledgers.tests.conftest import NOON, later, make

pytestmark = pytest.mark.django_db
SIZE = 3


def walk(rows, order):
    """The pages forward until there is no next one, and from the last one back."""
    forward = [page(rows, order, size=SIZE)]
    assert forward[0].previous == ""
    while forward[-1].next:
        forward.append(page(rows, order, forward[-1].next, size=SIZE))
        assert len(forward) < 1000
    backward = [forward[-1]]
    while backward[-1].previous:
        backward.append(page(rows, order, backward[-1].previous, size=SIZE))
        assert len(backward) < 1000
    return forward, backward[::-1]


def keys(pages):
    return [row.pk for one in pages for row in one.rows]


def test_keys_first_gives_the_same_pages(django_assert_num_queries):
    for n in range(8):
        make(run_at=later(n), finished_at=None if n % 3 else later(n % 2))
    rows = Job.objects.filter(kind="t.a")
    for path in ("", "pk", "run_at", "finished_at"):
        for descending in (True, False):
            order = Order(path, descending=descending)
            cursor = first = None
            while first is None or first.next:
                cursor = first.next if first else ""
                first = page(rows, order, cursor, size=SIZE)
                whole = page(
                    rows, order, cursor, size=SIZE, whole=lambda some: some.only("pk", "run_at", "finished_at")
                )
                assert whole.rows == first.rows, (path, descending)
                assert [bool(whole.next), bool(whole.previous)] == [bool(first.next), bool(first.previous)]
    with django_assert_num_queries(1):
        assert [row.kind for row in page(rows, Order(), size=SIZE, whole=lambda some: some).rows] == ["t.a"] * SIZE


value = st.one_of(st.none(), st.integers(0, 3))
order = st.sampled_from(["", "pk", "finished_at", "attempts", "message", "half"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(value, max_size=14), order, st.booleans())
def test_every_row_once_in_order_forward_and_backward(values, path, descending):
    Job.objects.all().delete()
    Job.objects.bulk_create(
        Job(
            kind="t.a",
            run_at=NOON,
            created_at=NOON,
            finished_at=None if n is None else NOON + timedelta(microseconds=n),
            attempts=n or 0,
            message="" if n is None else f"第{n}'",
        )
        for n in values
    )
    rows = Job.objects.annotate(half=F("finished_at"))
    field = "finished_at" if path == "half" else path
    have = [row for row in Job.objects.all() if field in ("", "pk") or getattr(row, field) is not None]
    lack = [row for row in Job.objects.all() if row not in have]
    have.sort(key=lambda row: (0 if field in ("", "pk") else getattr(row, field), row.pk), reverse=descending)
    lack.sort(key=lambda row: row.pk, reverse=descending)
    expected = [row.pk for row in have + lack]

    forward, backward = walk(rows, Order(path, descending))
    assert keys(forward) == expected
    assert keys(backward)[-len(expected) :] == expected if expected else not keys(backward)
    assert all(one.rows for one in forward[1:])
    assert [row.pk for row in stream(rows, Order(path, descending), chunk=2)] == expected


def test_a_value_behind_a_relation_pages_too_and_costs_one_statement(django_assert_num_queries):
    from django.contrib.auth.models import Permission

    rows = Permission.objects.select_related("content_type")
    expected = sorted(((row.content_type.model, row.pk) for row in rows), reverse=True)
    forward, _ = walk(rows, Order("content_type__model"))
    assert keys(forward) == [pk for _, pk in expected]
    with django_assert_num_queries(1):
        [row.content_type.model for row in page(rows, Order("content_type__model"), forward[1].next).rows]
    forward, _ = walk(rows, Order("content_type_id", descending=False))
    assert len(set(keys(forward))) == len(expected)
    for path in ("content_type", "group__name", "content_type__permission"):
        with pytest.raises(FieldDoesNotExist):
            page(rows, Order(path))


def test_going_on_is_undisturbed_by_what_came_and_went():
    made = make(7)
    first = page(Job.objects.all(), Order(), size=SIZE)
    make(2)
    Job.objects.filter(pk__in=[made[4].pk, made[3].pk]).delete()
    second = page(Job.objects.all(), Order(), first.next, size=SIZE)
    assert keys([second]) == [made[2].pk, made[1].pk, made[0].pk]
    back = page(Job.objects.all(), Order(), second.previous, size=SIZE)
    assert len(back.rows) == SIZE
    Job.objects.filter(pk__lte=made[3].pk).delete()
    assert keys([page(Job.objects.all(), Order(), first.next, size=SIZE)]) == keys(
        [page(Job.objects.all(), Order(), size=SIZE)]
    )


def test_a_cursor_that_was_not_made_for_this_leads_to_the_first_page():
    make(9, finished_at=later(1))
    rows = Job.objects.all()
    first = page(rows, Order("finished_at"), scope="a", size=SIZE)
    assert page(rows, Order("finished_at"), first.next, scope="a", size=SIZE).previous
    forged = signing.dumps(["n", 1, "x"], salt="ledger:a:finished_at:True")
    for cursor in ("x", "a:b:c", first.next[:-1], first.next + "'", "%00", forged):
        assert keys([page(rows, Order("finished_at"), cursor, scope="a", size=SIZE)]) == keys([first])
    for order, scope in ((Order("finished_at", False), "a"), (Order("attempts"), "a"), (Order("finished_at"), "b")):
        assert not page(rows, order, first.next, scope=scope, size=SIZE).previous


@pytest.mark.parametrize("count", [4, 40])
def test_a_page_costs_two_statements_at_most(count, django_assert_max_num_queries, django_assert_num_queries):
    make(count, finished_at=later(1))
    make(count)
    with django_assert_num_queries(1):
        first = page(Job.objects.filter(~Q(pk=0)), Order(), size=SIZE)
    with django_assert_num_queries(1):
        page(Job.objects.all(), Order("attempts"), first.next, size=SIZE)
    cursor = ""
    for _ in range(3):
        with django_assert_max_num_queries(2):
            cursor = page(Job.objects.all(), Order("finished_at"), cursor, size=SIZE).next
