"""The backup file: a zip whose ``manifest.json`` says what every other member holds. Format: docs/backup.md."""

import contextlib
import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO

from luoshi.commands.errors import Unreadable, WrongUse
from luoshi.kit.errors import Refused
from luoshi.kit.trouble import no_room

FORMAT = "luoshi-backup"
VERSION = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 1 << 28
MEMBER = re.compile(r"secret|tables/[a-z0-9_]{1,63}\.jsonl|files/[a-z0-9_]{1,40}/[0-9a-f]{64}")
_PIECE = 1 << 20


class Writer:
    """Members go in one after the other; ``manifest["members"]`` says the size and SHA-256 of each."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=3)
        self.members: dict[str, dict[str, Any]] = {}
        self.code = ""
        """SHA-256 of the manifest, once it is in."""

    def add(self, name: str, pieces: Iterable[bytes], *, packed: bool = True) -> str:
        """Write one member and return its SHA-256."""
        digest, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        self.members[name] = {"size": size, "sha256": digest.hexdigest()}
        return digest.hexdigest()

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, and the zip's end without which nobody can open it."""
        told = {"format": FORMAT, "version": VERSION, **manifest, "members": self.members}
        self.code = self.add(MANIFEST, [json.dumps(told, ensure_ascii=False, sort_keys=True).encode()])
        self._zip.close()

    def abandon(self) -> None:
        """Let go of a file that will not be finished, whatever its disk says."""
        with contextlib.suppress(Exception):
            self._zip.close()


def write(path: Path, fill: Callable[[Writer], dict[str, Any]]) -> Writer:
    """Make the file: ``fill`` adds the members and returns the manifest. It appears complete, checked and on the disk, or
    not at all; one that stood there before stands until then.

    :raises WrongUse: where the place can't be written to, or holds something that is no backup.
    :raises Refused: ``backup.no_room`` where the disk is full.
    """
    if path.is_dir() or (path.is_file() and path.stat().st_size and not _is_backup(path)):
        raise WrongUse(f"{path} 已经有了，而且不是备份文件。", "请换一个文件名。")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    _tidy(path)
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w+b") as file:
            writer = Writer(file)
            try:
                writer.finish(fill(writer))
            except BaseException:
                writer.abandon()
                raise
            file.flush()
            os.fsync(file.fileno())
        with Reader(part) as reader:
            reader.check()
        os.replace(part, path)
        _to_disk(path.parent)
    except OSError as error:
        if no_room(error):
            raise Refused(
                "backup.no_room", f"放 {path} 的磁盘满了，备份没有做成，什么也没有留下。", "请腾出空间，或换一块磁盘。"
            ) from error
        raise WrongUse(f"备份文件 {path} 写不了（{error.strerror}）。", "请换一个能写的地方。") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return writer


def _tidy(path: Path) -> None:
    """Take away what a killed backup to the same place left."""
    with contextlib.suppress(OSError):
        for left in path.parent.iterdir():
            found = re.fullmatch(rf"\.{re.escape(path.name)}\.([0-9]+)\.part", left.name)
            if found and not Path(f"/proc/{found[1]}").exists():
                left.unlink(missing_ok=True)


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_backup(path: Path) -> bool:
    try:
        with Reader(path):
            return True
    except (Unreadable, WrongUse):
        return False


class Reader:
    """A backup, opened. Nothing of it is trusted before ``check``.

    :raises WrongUse: where there is no such file.
    :raises Unreadable: for a file that is none of ours, is cut, or of a newer format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file: BinaryIO = path.open("rb")
        except FileNotFoundError as error:
            raise WrongUse(f"没有 {path} 这个备份文件。", "请核对路径。") from error
        except OSError as error:
            raise WrongUse(f"备份文件 {path} 打不开（{error.strerror}）。", "请核对路径和权限。") from error
        try:
            self._zip = zipfile.ZipFile(self._file)
            self.manifest = self._manifest()
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError) as error:
            self._file.close()
            raise Unreadable(
                "restore.no_backup",
                f"{path} 不是完整的落实备份：可能没有拷完、被截断，或是别的文件。",
                "请重新拷贝，或用更早的一份备份。",
            ) from error
        except BaseException:
            self._file.close()
            raise

    def _manifest(self) -> dict[str, Any]:
        info = self._zip.getinfo(MANIFEST)
        if info.file_size > LARGEST_MANIFEST:
            raise ValueError("manifest")
        said = self._zip.read(info)
        self.code = hashlib.sha256(said).hexdigest()
        manifest = json.loads(said)
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise ValueError("format")
        if type(manifest.get("version")) is not int or manifest["version"] > VERSION:
            raise Unreadable(
                "restore.newer_format",
                f"{self.path} 是更新版本的落实备份的，这个版本读不懂。",
                "请先把程序升级到备份时的版本，再恢复。",
            )
        for key, kind in (("members", dict), ("tables", dict), ("migrations", list), ("journal", dict)):
            if not isinstance(manifest.get(key), kind):
                raise ValueError(key)
        return manifest

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._file.close()

    def check(self) -> None:
        """Read every member to its end and compare it with the manifest.

        :raises Unreadable: for a member that is changed, missing, or not in the manifest.
        """
        told = self.manifest["members"]
        there = [info.filename for info in self._zip.infolist()]
        strange = set(told).symmetric_difference(there) - {MANIFEST}
        if strange or len(there) != len(set(there)):
            raise self._changed(min(strange, default="重复的内容"))
        for name in there:
            if name == MANIFEST:
                continue
            if not MEMBER.fullmatch(name) or not isinstance(told[name], dict):
                raise self._changed(name)
            digest, size = hashlib.sha256(), 0
            try:
                with self._zip.open(name) as member:
                    while piece := member.read(_PIECE):
                        digest.update(piece)
                        size += len(piece)
                        if size > told[name].get("size", 0):
                            break
            except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
                raise self._changed(name) from error
            if (size, digest.hexdigest()) != (told[name].get("size"), told[name].get("sha256")):
                raise self._changed(name)

    def _changed(self, name: str) -> Unreadable:
        return Unreadable(
            "restore.changed",
            f"备份 {self.path} 和写下时不一样（{name}）：损坏了，或被改动过。",
            "不能用它恢复。请重新拷贝，或用更早的一份备份。",
        )

    def names(self, folder: str) -> list[str]:
        """The members of a folder (``files/evidence/``)."""
        return sorted(name for name in self.manifest["members"] if name.startswith(folder))

    def lines(self, name: str) -> Iterator[list[Any]]:
        """The rows of a table's member."""
        with self._zip.open(name) as member:
            for line in member:
                yield json.loads(line)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a member."""
        with self._zip.open(name) as member:
            while piece := member.read(_PIECE):
                yield piece
