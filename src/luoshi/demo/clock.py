"""At which moment the demo stands: its clock follows its history, so that no act is dated before the last step."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from luoshi.kit.errors import Refused


def ahead(*, asked: date | None, newest: datetime | None, now: datetime) -> timedelta:
    """How far the demo's clock stands ahead of the machine's (below zero: behind it).

    ``asked`` is the day it was asked to stand at, at this hour; ``newest`` the last moment of its history, before which
    it never stands.

    :raises Refused: where the history has gone past the day that was asked for.
    """
    away = timedelta(days=(asked - timezone.localdate(now)).days) if asked else timedelta()
    if newest is None or now + away >= newest:
        return away
    last = timezone.localdate(newest)
    if asked and asked < last:
        raise Refused(
            "demo.past",
            f"演示乡镇已经办到 {last.month}月{last.day}日，退不回 {asked.month}月{asked.day}日。",
            "不写 --today 就接着往下办；要从那一天重新开始，请用 --db 换一个新的数据库。",
        )
    return newest - now
