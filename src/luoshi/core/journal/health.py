"""Whether the journal is whole, and whether time ran forward."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from luoshi.core.journal import queries, verification
from luoshi.core.journal.models import Outbox, Seal
from luoshi.kit.health import Examination, Symptom

UNSEALED_FOR = timedelta(minutes=30)
READ = 50_000
"""Events that are hashed without ``full``, within a few seconds; of more the heads and counts are looked at."""


def journal(examination: Examination) -> Iterator[Symptom]:
    """Every byte, as ``./luoshi verify``; of a long journal without ``full`` the head and count of every stream."""
    report = verification.heads()
    whole = examination.full or report.events <= READ
    if whole and (closer := verification.verify()).broken is not None:
        report = closer
    if report.broken is not None:
        yield Symptom(
            f"流水不完好：{report.broken}",
            "请停用系统，原样保存数据库，再用完好的备份核对、恢复（./luoshi verify 可复查）。",
        )
    elif not whole:
        yield Symptom("流水很长，只核对了条数和首尾。", "要逐条核对内容，请加 --full。", is_wrong=False)


def sealing(examination: Examination) -> Iterator[Symptom]:
    """That what was recorded gets sealed."""
    oldest = (
        Outbox.objects.filter(consumer="seal").order_by("event_id").values_list("event__recorded_at", flat=True).first()
    )
    sealed = Seal.objects.aggregate(last=Max("sealed_at"))["last"]
    if oldest is not None and examination.at - oldest > UNSEALED_FOR:
        until = f"，上次封存在 {timezone.localtime(sealed):%Y-%m-%d %H:%M}" if sealed else ""
        yield Symptom(
            f"有流水等了半小时以上还没有封存{until}。",
            "运行 ./luoshi serve 后会自动封存；正在运行的，请重新启动它。",
            is_wrong=False,
        )


def clock(examination: Examination) -> Iterator[Symptom]:
    """That now is not before what was recorded last."""
    last = queries.last_recorded()
    if last is not None and last > examination.at + timedelta(minutes=1):
        yield Symptom(
            f"流水里已经记到 {timezone.localtime(last):%Y-%m-%d %H:%M}，这台机器的时钟却是 "
            f"{timezone.localtime(examination.at):%Y-%m-%d %H:%M}：时钟被往回拨过。",
            "请校准时钟（timedatectl）；在那以前，刚办过的事会提示时间早于上一步。",
        )
