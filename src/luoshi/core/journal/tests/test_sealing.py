import threading

import pytest
from django.db import connection, transaction

from luoshi.core.journal import rules, sealing
from luoshi.core.journal.models import Event, Leaf, Outbox, Seal
from luoshi.core.journal.tests.town import AT, act
from luoshi.core.journal.verification import verify
from luoshi.kit.jobs import registry
from luoshi.kit.sealing import root


@pytest.mark.django_db
@pytest.mark.row("N3")
def test_sealing_gives_every_event_the_next_place_and_never_moves_one():
    for n in range(5):
        act(f"matter:{n % 2}", n)
    first = sealing.seal(at=AT, batch=3)
    second = sealing.seal(at=AT, batch=3)
    assert sealing.seal(at=AT) is None
    hashes = [bytes.fromhex(leaf) for leaf in Event.objects.order_by("id").values_list("leaf_hash", flat=True)]
    assert (first.size, first.root) == (3, root(hashes[:3]).hex())
    assert (second.size, second.root) == (5, root(hashes).hex())
    places = Leaf.objects.order_by("position").values_list("position", "event_id")
    assert list(places) == list(enumerate(Event.objects.order_by("id").values_list("id", flat=True)))
    assert not Outbox.objects.filter(consumer="seal").exists()
    assert verify(first.root).whole


@pytest.mark.django_db
def test_sealing_all_goes_on_until_nothing_waits_and_says_so():
    assert sealing.seal_all(at=AT) is None
    for n in range(4):
        act(n=n)
    assert sealing.seal_all(at=AT).size == 4
    assert Seal.objects.count() == 1
    assert registry.get("seal").every.total_seconds() == 10


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
class TestConcurrently:
    def test_an_event_whose_transaction_ends_late_is_sealed_later_and_not_lost(self):
        begun, go_on = threading.Event(), threading.Event()

        def slow():
            with transaction.atomic():
                act("matter:1", 1)
                begun.set()
                go_on.wait(10)
            connection.close()

        thread = threading.Thread(target=slow)
        thread.start()
        begun.wait(10)
        late = act("matter:2", 2).id
        assert sealing.seal(at=AT).size == 1
        go_on.set()
        thread.join()
        assert sealing.seal(at=AT).size == 2
        places = dict(Leaf.objects.values_list("event_id", "position"))
        assert places == {late: 0, late - 1: 1}
        assert verify().whole

    def test_many_writers_and_sealers_leave_every_stream_in_order_and_nothing_out(self):
        failures = []

        def write(seed):
            for n in range(15):
                with transaction.atomic():
                    act(f"matter:{(n * seed) % 4}", n)
                    if (n + seed) % 3 == 0:
                        threading.Event().wait(0.004)

        def keep_sealing():
            while not written.is_set():
                sealing.seal(at=AT, batch=7)

        def guarded(work, *arguments):
            try:
                work(*arguments)
            except Exception as error:
                failures.append(error)
            finally:
                connection.close()

        written = threading.Event()
        writers = [threading.Thread(target=guarded, args=(write, seed)) for seed in (1, 3, 5, 7)]
        sealers = [threading.Thread(target=guarded, args=(keep_sealing,)) for _ in range(2)]
        for thread in writers + sealers:
            thread.start()
        for thread in writers:
            thread.join()
        written.set()
        for thread in sealers:
            thread.join()
        sealing.seal_all(at=AT)
        assert failures == []
        report = verify()
        assert report.whole
        assert (report.events, report.sealed) == (60, 60)
        last = {}
        for event in Event.objects.select_related("leaf").order_by("leaf__position"):
            assert (event.seq, event.prev_hash) == last.get(event.stream, (1, rules.NO_HASH))
            last[event.stream] = (event.seq + 1, event.leaf_hash)

    def test_two_first_writers_of_one_stream_both_get_through(self):
        barrier, failures = threading.Barrier(4), []

        def write(n):
            try:
                with transaction.atomic():
                    barrier.wait(10)
                    act("matter:9", n)
            except Exception as error:
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert verify().events == 4
        assert verify().whole
