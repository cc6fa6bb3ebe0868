"""What ``similar`` reads: messages out of a workbook, whatever became of them."""

from dataclasses import dataclass
from pathlib import Path

from luoshi.commands.errors import Unreadable
from luoshi.commands.replaying.messages import is_blank, moment, number_of, table, text_of
from luoshi.kit.likeness.profiles import Told

NEEDED = ("留言编号", "留言主题", "留言详情")
TIME = "留言时间"


@dataclass(frozen=True)
class Message:
    """One row: its id as a string, and what it tells."""

    number: str
    told: Told


def read(path: Path) -> list[Message]:
    """The messages of the first sheet with the three columns, in its order; the time is optional.

    Rows without an id are left out, and of several rows with one id all but the first.
    :raises Unreadable: for what is no workbook, a sheet without the columns, or no message at all.
    """
    header, rows = table(path, NEEDED)
    number, title, words = (header.index(name) for name in NEEDED)
    time = header.index(TIME) if TIME in header else None
    found: dict[str, Message] = {}
    for _, row in rows:
        key = number_of(row[number])
        if not key or key in found:
            continue
        when = None if time is None or is_blank(row[time]) else moment(row[time])
        told = Told(" ".join(text_of(row[title]).split()), text_of(row[words]), day=when.day if when else None)
        found[key] = Message(key, told)
    if not found:
        raise Unreadable("similar.no_rows", f"“{path.name}”里没有带编号的留言。", "请核对是否选对了文件。")
    return list(found.values())
