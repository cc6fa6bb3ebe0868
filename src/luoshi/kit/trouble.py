"""When the machine cannot: a full disk, a database that others hold. Told as refusals, since nobody pressed anything wrong."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, OperationalError

from luoshi.kit.errors import Refused

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = ("disk is full", "No space left on device", "could not extend file")
_BUSY_WORDS = (
    "database is locked",
    "database table is locked",
    "lock timeout",
    "deadlock detected",
    "could not serialize",
)
_AWAY_WORDS = (
    "couldn't get a connection",
    "connection failed",
    "connection refused",
    "closed the connection",
    "the connection is closed",
    "the connection is lost",
    "terminating connection",
    "shutting down",
    "starting up",
    "too many clients",
    "unable to open database file",
)


def _says(error: BaseException, words: tuple[str, ...]) -> bool:
    said = str(error).lower()
    return any(one.lower() in said for one in words)


def no_room(error: BaseException) -> bool:
    """Whether something could not be written because the disk, or one's share of it, is full."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    return isinstance(error, DatabaseError) and _says(error, _FULL_WORDS)


def is_busy(error: BaseException) -> bool:
    """Whether somebody else holds what was wanted for longer than one waits."""
    return isinstance(error, OperationalError) and _says(error, _BUSY_WORDS)


def is_away(error: BaseException) -> bool:
    """Whether the database could not be asked at all."""
    return isinstance(error, OperationalError | InterfaceError) and _says(error, _AWAY_WORDS)


def refusal(error: BaseException) -> Refused | None:
    """What to say of an error that is the machine's; ``None`` for any other, which is the program's own fault."""
    if no_room(error):
        return Refused("machine.no_room", "机器的磁盘满了，记不进去。", "请马上告诉管理系统的人腾出空间。")
    if is_busy(error):
        return Refused("machine.busy", "正有别的程序占着数据库，等了一会儿还没有让开。", "请过一分钟再试。")
    if isinstance(error, OperationalError) and "disk I/O error" in str(error):
        return Refused("machine.disk", "机器的磁盘读写出错，记不进去。", "请马上告诉管理系统的人检查磁盘，并做备份。")
    if is_away(error):
        return Refused("machine.away", "数据库这会儿连不上。", "请过几分钟再试；还是不行，请告诉管理系统的人。")
    return None


@contextmanager
def room_for(what: str, *, code: str, field: str = "") -> Iterator[None]:
    """A full disk inside the block is a refusal beside the input that it is about."""
    try:
        yield
    except OSError as error:
        if not no_room(error):
            raise
        raise Refused(
            code, f"机器的磁盘满了，{what}没有存下。", "请告诉管理系统的人腾出空间，再办一次。", field=field
        ) from error
