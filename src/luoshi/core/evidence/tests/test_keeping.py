"""A content is kept once, whole, and goes when nothing names it any more."""

import hashlib
from datetime import datetime
from pathlib import Path

import pytest
from django.db import transaction

from luoshi.core.evidence import actions, queries, registry, storage
from luoshi.core.evidence.models import Item, StoredFile
from luoshi.core.evidence.tests.samples import upload
from luoshi.core.journal.models import Event, Words
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(registry, "_resolvers", {"thing": lambda actor, stream: actor.is_person})


def put(cast: Cast, now: datetime, text: bytes, event: int = 7, stream: str = "thing:1") -> Item:
    by = cast.actor(cast.clerk, now.date())
    return actions.attach(stream=stream, event_id=event, upload=upload(text, "记录.txt"), by=by, at=now)


def on_disk(root: Path) -> list[str]:
    return sorted(p.name for p in root.rglob("*") if p.is_file())


def test_same_content_is_kept_once_and_listed_twice(cast, now, tmp_path, django_assert_num_queries) -> None:
    first, second = put(cast, now, b"one"), put(cast, now, b"one", event=9)
    put(cast, now, b"elsewhere", stream="thing:11")
    sha = hashlib.sha256(b"one").hexdigest()
    assert first.file_id == second.file_id == sha
    assert storage.path_of(sha) == tmp_path / sha[:2] / sha[2:4] / sha
    assert storage.path_of(sha).read_bytes() == b"one"
    assert StoredFile.objects.filter(pk=sha).count() == 1
    with django_assert_num_queries(1):
        found = queries.items_of("thing:1")
        assert [i.file.size for i in found[7]] == [3]
    assert {event: [i.pk for i in items] for event, items in found.items()} == {7: [first.pk], 9: [second.pk]}


def test_attaching_is_journaled_with_the_digest_as_words(cast, now) -> None:
    item = put(cast, now, b"one")
    event = Event.objects.get(stream=f"evidence:{item.pk}")
    assert event.verb == "evidence.attached"
    assert event.actor == f"person:{cast.clerk.pk}"
    assert "记录" not in event.data
    assert hashlib.sha256(b"one").hexdigest() in Words.objects.get(event=event).body


def test_refused_file_leaves_nothing_behind(cast, now, tmp_path) -> None:
    with pytest.raises(Refused):
        put(cast, now, b"MZ\x00\x00")
    assert not Item.objects.exists()
    assert not StoredFile.objects.exists()
    assert on_disk(tmp_path) == []
    assert put(cast, now, b"MZ")


def test_act_that_fails_later_leaves_no_row_and_a_retry_works(cast, now) -> None:
    def act() -> None:
        with transaction.atomic():
            put(cast, now, b"one")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        act()
    assert not Item.objects.exists()
    assert put(cast, now, b"one").file.size == 3
    assert queries.missing_files() == []


def test_write_that_breaks_off_leaves_no_half_file(cast, now, tmp_path, monkeypatch) -> None:
    def full(*args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(storage.os, "replace", full)
    with pytest.raises(OSError, match="no space"), transaction.atomic():
        put(cast, now, b"one")
    assert on_disk(tmp_path) == []
    assert not StoredFile.objects.exists()


def test_missing_and_damaged_files_are_named(cast, now) -> None:
    gone, changed, whole = (put(cast, now, text).file_id for text in (b"one", b"two", b"three"))
    assert queries.missing_files() == queries.damaged_files() == []
    storage.path_of(gone).unlink()
    storage.path_of(changed).write_bytes(b"tvvo")
    assert queries.missing_files() == [gone]
    assert queries.damaged_files() == [changed]
    assert storage.digest_on_disk(whole) == whole


def test_office_erases_the_file_with_its_name_and_the_clerk_may_not(
    cast, now, tmp_path, django_capture_on_commit_callbacks
) -> None:
    first, second = put(cast, now, b"one"), put(cast, now, b"one")
    with pytest.raises(Refused) as said:
        actions.erase(first, by=cast.actor(cast.clerk, now.date()), at=now)
    assert said.value.code == "evidence.not_eraser"
    office = cast.actor(cast.office, now.date())
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(first, by=office, at=now)
    assert on_disk(tmp_path) == [second.file_id], "another item still names the content"
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(second, by=office, at=now)
    assert on_disk(tmp_path) == []
    assert not StoredFile.objects.exists()
    assert [(i.name, i.file) for i in queries.items_of("thing:1")[7]] == [("", None)] * 2
    assert [w.body for w in Words.objects.filter(event__stream=f"evidence:{first.pk}")] == [""]
    with pytest.raises(Refused) as said:
        actions.erase(first, by=office, at=now)
    assert said.value.code == "evidence.erased"


def test_office_that_may_not_see_the_stream_may_not_erase_there(cast, now) -> None:
    item = put(cast, now, b"one", stream="sealed:1")
    with pytest.raises(Refused) as said:
        actions.erase(item, by=cast.actor(cast.office, now.date()), at=now)
    assert said.value.code == "evidence.not_eraser"


def test_content_attached_again_before_the_sweep_stays(cast, now, tmp_path) -> None:
    item = put(cast, now, b"one")
    sha = item.file_id
    actions.erase(item, by=cast.actor(cast.office, now.date()), at=now)
    put(cast, now, b"one")
    assert actions.drop_unused(sha) is False
    assert on_disk(tmp_path) == [sha]


def test_what_killed_processes_left_is_swept_away_and_nothing_else(cast, now, tmp_path) -> None:
    kept, erased = put(cast, now, b"one"), put(cast, now, b"two")
    sha = erased.file_id
    actions.erase(erased, by=cast.actor(cast.office, now.date()), at=now)  # killed before its file was removed
    lone, half = hashlib.sha256(b"three").hexdigest(), storage.path_of(kept.file_id).parent / ".new-half"
    storage.put(b"three", lone)
    half.write_bytes(b"on")
    folders = {int(one[:2], 16) for one in (kept.file_id, sha, lone)}
    age = half.stat().st_mtime
    assert sum(actions.sweep(folder, before=age - 60) for folder in folders) == 1, "young ones may be of an act at work"
    assert on_disk(tmp_path) == sorted([kept.file_id, lone, ".new-half"])
    assert sum(actions.sweep(folder, before=age + 60) for folder in range(256)) == 2
    assert on_disk(tmp_path) == [kept.file_id]
    assert list(StoredFile.objects.values_list("pk", flat=True)) == [kept.file_id]
