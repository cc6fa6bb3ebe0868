"""What can be wrong with the machine beneath: database settings, disk, secret, mail."""

import shutil
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from luoshi.kit.health import Examination, Symptom, register

GB = 1024**3
LEAST_FREE = 1 * GB
LITTLE_FREE = 5 * GB
SHORTEST_SECRET = 32


def database_settings(examination: Examination) -> Iterator[Symptom]:
    """That what was acknowledged survives a power cut."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            if (mode := cursor.fetchone()[0]) not in ("wal", "memory"):
                yield Symptom(
                    f"SQLite 的日志方式是 {mode}，不是 wal，读写会互相等。",
                    "多半是数据库放在网络盘上：请移到本机磁盘，或改用 PostgreSQL。",
                )
            cursor.execute("PRAGMA synchronous")
            if cursor.fetchone()[0] < 2:
                yield Symptom(
                    "SQLite 没有开完整落盘（synchronous），断电可能丢最后几步。", "请用 ./luoshi serve 运行。"
                )
            return
        for name, well in (("fsync", "on"), ("full_page_writes", "on")):
            cursor.execute("SELECT current_setting(%s)", [name])
            if cursor.fetchone()[0] != well:
                yield Symptom(
                    f"PostgreSQL 的 {name} 关着，断电会损坏数据库。", f"请在 postgresql.conf 里写 {name} = on。"
                )
        cursor.execute("SELECT current_setting('synchronous_commit')")
        if cursor.fetchone()[0] == "off":
            yield Symptom(
                "PostgreSQL 的 synchronous_commit 关着，断电会丢最后几步。",
                "请在 postgresql.conf 里写 synchronous_commit = on。",
            )
        cursor.execute("SELECT current_setting('server_encoding')")
        if (encoding := cursor.fetchone()[0]) != "UTF8":
            yield Symptom(f"PostgreSQL 这个库的编码是 {encoding}，不是 UTF8。", "请备份后换一个 UTF8 的库恢复。")


def database_whole(examination: Examination) -> Iterator[Symptom]:
    """That the database itself holds together: pages, indexes, references between rows."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check(5)" if examination.full else "PRAGMA quick_check(5)")
            said = [str(row[0]) for row in cursor.fetchall()]
            if said != ["ok"]:
                yield Symptom(
                    f"数据库文件已损坏：{said[0].splitlines()[0][:120]}。",
                    "请停用系统，原样保存数据库文件，用备份恢复，并检查磁盘。",
                )
                return
            cursor.execute("PRAGMA foreign_key_check")
            if loose := cursor.fetchmany(6):
                yield Symptom(
                    f"有的行指着不存在的行（表 {loose[0][0]} 指向 {loose[0][2]}）。",
                    "有人绕过程序改过数据库：请停用系统，原样保存，用备份核对、恢复。",
                )
            return
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        if broken := [name for (name,) in cursor.fetchall()]:
            yield Symptom(f"索引 {broken[0]} 没有建完。", f"请在 psql 里运行 REINDEX INDEX {broken[0]};")
        cursor.execute("SELECT conname FROM pg_constraint WHERE NOT convalidated")
        if loose := [name for (name,) in cursor.fetchall()]:
            yield Symptom(f"约束 {loose[0]} 没有核对过已有的行。", "请停用系统，用备份核对、恢复。")


def disk(examination: Examination) -> Iterator[Symptom]:
    """That there is room to write."""
    folders = {"放附件的": Path(settings.MEDIA_ROOT)}
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and name.startswith("/"):
        folders["放数据库的"] = Path(name).parent
    seen: set[int] = set()
    for whose, folder in folders.items():
        there = next(place for place in (folder, *folder.parents) if place.exists())
        if there.stat().st_dev in seen:
            continue
        seen.add(there.stat().st_dev)
        free = shutil.disk_usage(there).free
        if free < LEAST_FREE:
            yield Symptom(
                f"{whose}磁盘只剩 {free / GB:.1f} GB（{there}）。", "快写满了：请马上腾出空间，否则新的事记不进去。"
            )
        elif free < LITTLE_FREE:
            yield Symptom(f"{whose}磁盘剩 {free / GB:.1f} GB（{there}）。", "请留意。", is_wrong=False)


def secret(examination: Examination) -> Iterator[Symptom]:
    """That the secret is there, long, and readable by its owner alone."""
    if len(settings.SECRET_KEY) < SHORTEST_SECRET:
        yield Symptom(
            f"密钥只有 {len(settings.SECRET_KEY)} 个字符，容易被猜中。",
            "请停机后删去 LUOSHI_SECRET 或换成更长的，再启动。",
        )
    for path in (settings.VAR / "secret", Path(str(connection.settings_dict["NAME"]))):
        if not path.is_file() or not path.is_absolute():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.name == "secret" and mode & 0o077:
            yield Symptom(f"密钥文件 {path} 别的用户也能读写。", f"请运行：chmod 600 {path}")
        elif mode & 0o022:
            yield Symptom(f"数据库文件 {path} 别的用户也能改。", f"请运行：chmod 600 {path}")
        elif mode & 0o004:
            yield Symptom(
                f"数据库文件 {path} 这台机器上别的用户也能读。", f"可以运行：chmod 600 {path}", is_wrong=False
            )


def mail(examination: Examination) -> Iterator[Symptom]:
    """Whether people can be told by e-mail."""
    if not settings.EMAIL_HOST:
        yield Symptom(
            "没有配置发信的邮箱。",
            "消息只在网页上看得到；要发邮件请设 LUOSHI_EMAIL_HOST，办法在“邮件”一页。",
            is_wrong=False,
        )


def clock(examination: Examination) -> Iterator[Symptom]:
    """That the machine's clock is not far off what its own files say."""
    newest = max(
        (path.stat().st_mtime for path in (Path(settings.VAR), Path(__file__)) if path.exists()),
        default=0.0,
    )
    told = datetime.fromtimestamp(newest, tz=examination.at.tzinfo)
    if (told - examination.at).total_seconds() > 300:
        yield Symptom(
            f"这台机器的时钟比它自己的文件还早（文件写于 {told:%Y-%m-%d %H:%M}）。", "请校准时钟（timedatectl）。"
        )


def registered() -> None:
    """Make these checks known."""
    register("installation.settings", "数据库设置", database_settings, order=10)
    register("installation.whole", "数据库完好", database_whole, order=11)
    register("installation.disk", "磁盘空间", disk, order=20)
    register("installation.secret", "密钥和文件权限", secret, order=21)
    register("installation.clock", "机器时钟", clock, order=22)
    register("installation.mail", "发信", mail, order=90)
