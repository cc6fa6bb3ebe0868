"""Somebody attaches a content while its last item is erased: the new item always has its file."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from luoshi.core.evidence import actions, queries
from luoshi.core.evidence.models import Item, StoredFile
from luoshi.core.evidence.tests.samples import upload
from luoshi.testing.cast import MAKER, make_cast


@pytest.mark.django_db(transaction=True)
def test_file_attached_while_it_is_erased_is_there_afterwards(transactional_db, now, settings, tmp_path) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer in at a time: there is nobody to race with")
    settings.MEDIA_ROOT = tmp_path
    cast = make_cast(now - timedelta(days=30))
    by = cast.actor(cast.clerk, now.date())

    def attach() -> Item:
        return actions.attach(stream="thing:1", event_id=1, upload=upload(b"one", "记录.txt"), by=by, at=now)

    for _ in range(8):
        old, ready = attach(), Barrier(2)

        def run(act, ready=ready) -> object:
            try:
                ready.wait(10)
                return act()
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, (attach, lambda old=old: actions.erase(old, by=MAKER, at=now))))
        assert queries.missing_files() == []
        for item in Item.objects.filter(file__isnull=False):
            actions.erase(item, by=MAKER, at=now)
        assert not StoredFile.objects.exists()
        assert not [p for p in tmp_path.rglob("*") if p.is_file()]
