"""What a backup holds, what makes it refused, and that rows come in as they went out."""

import json
import resource
import zipfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from luoshi.commands.errors import Unreadable, WrongUse
from luoshi.commands.keeping import archive, putting, rows, taking
from luoshi.core.evidence.models import StoredFile
from luoshi.core.journal import verification
from luoshi.core.matters.models import Matter
from luoshi.kit.errors import Refused
from luoshi.kit.search.queries import newest

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DERIVED = {"django_migrations", "search_index"}


@pytest.fixture(scope="module")
def kept(story_of_module, tmp_path_factory, django_db_blocker):
    """A backup of the story's town, and what was told of it."""
    path = tmp_path_factory.mktemp("kept") / "town.luoshi"
    with django_db_blocker.unblock():
        return path, taking.take(path, at=AT)


def rewritten(path, place, change):
    """A copy in which ``change(name, bytes)`` has its way with every member."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(place, "w") as new:
        for info in old.infolist():
            if (data := change(info.filename, old.read(info))) is not None:
                new.writestr(info.filename, data)
    return place


def with_manifest(path, place, change):
    """A copy whose manifest is another, and whose digests are right."""

    def edit(name, data):
        if name != archive.MANIFEST:
            return data
        manifest = json.loads(data)
        change(manifest)
        return json.dumps(manifest).encode()

    return rewritten(path, place, edit)


def opened(path):
    with archive.Reader(path) as reader:
        reader.check()
        return putting._migrations(reader)


def test_a_backup_holds_every_row_every_file_and_the_secret(kept, story):
    path, taken = kept
    assert (taken.broken, taken.missing) == ("", [])
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    tables = taken.manifest["tables"]
    assert {name for name in there - set(tables) if not name.startswith("search_index")} <= DERIVED
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    assert {name: told["rows"] for name, told in tables.items()} == {
        name: models[name]._base_manager.count() for name in tables
    }
    with archive.Reader(path) as reader:
        reader.check()
        files = list(StoredFile.objects.values_list("sha256", flat=True))
        assert files
        assert reader.names("files/") == sorted(f"files/evidence/{one}" for one in files)
        assert "secret" in reader.manifest["members"]
        assert reader.manifest["journal"]["root"] == verification.verify().root
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_rows_come_in_as_they_went_out(kept, story, tmp_path):
    path, taken = kept
    migrations = [tuple(one) for one in taken.manifest["migrations"]]
    models = rows.tables(migrations)
    phrase = Matter.objects.filter(secrecy="open").latest("pk").title
    found = newest("matter", phrase, most=50)
    with connection.constraint_checks_disabled(), archive.Reader(path) as reader:
        with connection.cursor() as cursor:
            for table in models:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
        assert not Matter.objects.exists()
        for table, model in models.items():
            assert rows.load(model, reader.lines(f"tables/{table}.jsonl")) == taken.manifest["tables"][table]["rows"]
        connection.check_constraints()
    rows.set_counters(models, taken.manifest["counters"])
    again = taking.take(tmp_path / "again.luoshi", at=AT)
    same = {name: told["sha256"] for name, told in taken.manifest["members"].items()}
    assert {name: told["sha256"] for name, told in again.manifest["members"].items() if name != "manifest.json"} == {
        name: digest for name, digest in same.items() if name != "manifest.json"
    }
    assert again.manifest["counters"].items() >= taken.manifest["counters"].items()
    assert verification.verify().whole
    assert found
    assert newest("matter", phrase, most=50) == found
    highest = Matter.objects.order_by("-pk").first()
    highest.pk, highest._state.adding = None, True
    highest.save()
    assert highest.pk > taken.manifest["counters"]["matters_matter"] - 1


@pytest.mark.parametrize("part", [0.02, 0.5, 0.98, 0.9999])
def test_a_cut_backup_is_refused(kept, tmp_path, part):
    whole = kept[0].read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(Unreadable, match="没有拷完、被截断"):
        opened(cut)
    assert opened(kept[0])


def test_a_changed_backup_is_refused(kept, tmp_path):
    path = kept[0]

    def other_name(name, data):
        return data.replace("云岭".encode(), "岭云".encode()) if name == "tables/org_unit.jsonl" else data

    def without(name, data):
        return None if name == "tables/matters_matter.jsonl" else data

    for number, change in enumerate((other_name, without)):
        with pytest.raises(Unreadable, match="被改动过"):
            opened(rewritten(path, tmp_path / str(number), change))
    more = rewritten(path, tmp_path / "more", lambda name, data: data)
    with zipfile.ZipFile(more, "a") as added:
        added.writestr("tables/../../etc.jsonl", b"[]")
    with pytest.raises(Unreadable, match="被改动过"):
        opened(more)
    flipped = bytearray(path.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    (tmp_path / "flipped").write_bytes(flipped)
    with pytest.raises(Unreadable):
        opened(tmp_path / "flipped")
    assert opened(rewritten(path, tmp_path / "same", lambda name, data: data))


def test_a_backup_of_a_newer_version_is_refused_with_the_way_out(kept, tmp_path):
    def newer(manifest):
        manifest["migrations"].append(["matters", "9999_from_the_future"])

    with pytest.raises(Unreadable, match="升级到备份时的版本") as said:
        opened(with_manifest(kept[0], tmp_path / "newer", newer))
    assert "9999_from_the_future" in said.value.sentence
    with pytest.raises(Unreadable, match="升级到备份时的版本"):
        opened(with_manifest(kept[0], tmp_path / "format", lambda manifest: manifest.update(version=2)))


def test_what_is_no_backup_is_refused_and_never_written_over(kept, story, tmp_path):
    letter = tmp_path / "letter.docx"
    with zipfile.ZipFile(letter, "w") as other:
        other.writestr("word/document.xml", "公函")
    before = letter.read_bytes()
    with pytest.raises(Unreadable):
        opened(letter)
    with pytest.raises(WrongUse, match="不是备份文件"):
        taking.take(letter, at=AT)
    with pytest.raises(WrongUse, match="写不了"):
        taking.take(tmp_path / "no" / "folder", at=AT)
    with pytest.raises(WrongUse, match=r"没有 .*nothing 这个备份文件"):
        opened(tmp_path / "nothing")
    assert letter.read_bytes() == before


def test_what_a_killed_backup_left_is_taken_away_by_the_next_and_nothing_else(kept, story, tmp_path):
    place = tmp_path / "daily.luoshi"
    (tmp_path / ".daily.luoshi.999999999.part").write_text("half")
    (tmp_path / ".other.luoshi.999999999.part").write_text("half of another")
    taking.take(place, at=AT)
    assert sorted(one.name for one in tmp_path.iterdir()) == [".other.luoshi.999999999.part", "daily.luoshi"]


@contextmanager
def files_end_at(octets):
    """The kernel refuses to let any file of this process grow further, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("room", [0, 9_000, 40_000])
def test_a_full_disk_leaves_the_last_backup_and_nothing_else(kept, story, tmp_path, room):
    place = tmp_path / "daily.luoshi"
    place.write_bytes(kept[0].read_bytes())
    with files_end_at(room), pytest.raises(Refused) as said:
        taking.take(place, at=AT)
    assert (said.value.code, "磁盘满了" in said.value.sentence) == ("backup.no_room", True)
    assert [one.name for one in tmp_path.iterdir()] == [place.name]
    assert opened(place)
    assert taking.take(place, at=AT).broken == ""


def test_missing_files_and_a_broken_journal_are_copied_as_they_are_and_told(story, tmp_path):
    gone = StoredFile.objects.create(sha256="ab" * 32, size=1, media_type="text/plain")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_event SET post = 'post:999' WHERE id = (SELECT min(id) FROM journal_event)")
    taken = taking.take(Path(tmp_path) / "sick.luoshi", at=AT)
    assert taken.missing == [f"evidence/{gone.sha256}"]
    assert "被改动" in taken.broken
    assert taken.manifest["journal"]["broken"] == taken.broken
