"""Every press held against the database and the disk: there whole, or not there at all; and never twice."""

import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from luoshi.commands.killing.clients import ROWS, Press
from luoshi.commands.killing.probe.jobs import LONG, SHORT, stream_of


@dataclass
class Count:
    """What became of the presses of one kind."""

    acknowledged: int = 0
    found: int = 0
    unacknowledged_found: int = 0
    not_found: int = 0


@dataclass
class Findings:
    """What is not as it must be, in sentences, and the counts."""

    wrong: list[str] = field(default_factory=list)
    counts: dict[str, Count] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def say(self, words: str) -> None:
        if len(self.wrong) < 100:
            self.wrong.append(words)


def check(presses: Sequence[Press], findings: Findings, *, count: bool) -> None:
    """Each of these presses. With ``count`` they are counted too; a press is counted once, at the end."""
    for press in presses:
        times, half = _LOOKS[press.kind](press)
        what = f"{press.kind} {press.mark}（{'有' if press.acknowledged else '没有'}回执，送到 {press.sent} 次）"
        for words in half:
            findings.say(f"{what}：{words}")
        if times > 1:
            findings.say(f"{what}：有 {times} 份")
        if press.acknowledged and not times:
            findings.say(f"{what}：不见了")
        if count and press.sent:
            told = findings.counts.setdefault(press.kind, Count())
            told.acknowledged += press.acknowledged
            told.found += press.acknowledged and times > 0
            told.unacknowledged_found += not press.acknowledged and times > 0
            told.not_found += not press.acknowledged and not times


def _story(stream: str) -> list[str]:
    """What is not whole about the events of a stream."""
    from luoshi.core.journal.models import Event, Stream, Words

    events = list(Event.objects.filter(stream=stream).order_by("seq"))
    head = Stream.objects.filter(name=stream).first()
    wrong = []
    if not events:
        return [f"{stream} 没有流水"]
    if head is None or head.count != len(events) or head.last_hash != events[-1].leaf_hash:
        wrong.append(f"{stream} 的流水头与流水不符")
    spoken = set(Words.objects.filter(event__in=events).values_list("event_id", flat=True))
    silent = [event.pk for event in events if event.words_digest and event.pk not in spoken]
    return [*wrong, *(f"{stream} 的流水 {pk} 没有文字" for pk in silent)]


def _files(stream: str, event: int, sha256: str) -> list[str]:
    from luoshi.core.evidence import storage
    from luoshi.core.evidence.models import Item

    items = list(Item.objects.filter(stream=stream, event_id=event))
    if [item.file_id for item in items] != [sha256]:
        return [f"{stream} 的附件应是一个，记录里有 {len(items)} 个"]
    found = storage.digest_on_disk(sha256)
    if found != sha256:
        return [f"{stream} 的附件文件{'不见了' if found is None else '坏了'}"]
    return _story(f"evidence:{items[0].pk}")


def _raised(press: Press) -> tuple[int, list[str]]:
    from luoshi.chapters.review.models import ORIGIN, Finding
    from luoshi.core.journal.models import Event
    from luoshi.core.matters.models import Raiser
    from luoshi.kit.search.models import Entry

    found = list(Finding.objects.filter(words=press.mark))
    wrong: list[str] = []
    for one in found:
        wrong += _story(one.stream)
        event = Event.objects.filter(stream=one.stream, verb="finding.taken").first()
        wrong += _files(one.stream, event.pk, press.sha256) if event else ["问题没有收到的流水"]
        if Raiser.objects.filter(origin_kind=ORIGIN, origin_ref=str(one.pk)).count() != 1:
            wrong.append("问题没有反映人")
        if not Entry.objects.filter(kind="finding", key=one.pk).exists():
            wrong.append("问题查找不到")
    return len(found), wrong


def _registered(press: Press) -> tuple[int, list[str]]:
    from luoshi.core.matters.models import Matter

    found = list(Matter.objects.filter(title=press.mark))
    return len(found), [words for one in found for words in _story(one.stream)]


def _reported(press: Press) -> tuple[int, list[str]]:
    from luoshi.core.journal.models import Event, Words
    from luoshi.core.matters.models import Report
    from luoshi.core.matters.transitions import VERBS

    stream = f"matter:{press.at}"
    events = Event.objects.filter(stream=stream, pk__gt=press.seen, verb=VERBS["report"].event)
    found = [one.event_id for one in Words.objects.filter(event__in=events.values("pk"), body__contains=press.mark)]
    wrong = _story(stream) if found else []
    for event in found:
        wrong += _files(stream, event, press.sha256)
        if Report.objects.filter(event_id=event).count() != 1:
            wrong.append("反馈有流水，没有记录")
    return len(found), wrong


def _uploaded(press: Press) -> tuple[int, list[str]]:
    from luoshi.kit.imports import storage
    from luoshi.kit.imports.models import Batch

    found = list(Batch.objects.filter(name=f"{press.mark}.xlsx"))
    missing = [one for one in found if not storage.path_of(one.sha256).exists()]
    return len(found), ["上传的工作簿不见了"] if missing else []


_LOOKS: dict[str, Any] = {"raise": _raised, "register": _registered, "report": _reported, "upload": _uploaded}


def check_imports(imports: dict[int, str], findings: Findings) -> None:
    """Every workbook whose bringing in was begun came in whole, every row once; of the others nothing came in."""
    from luoshi.core.journal.models import Event
    from luoshi.core.matters.models import Matter
    from luoshi.kit.imports.models import Batch

    done = rows = 0
    for batch in Batch.objects.order_by("pk"):
        mark = batch.name.removesuffix(".xlsx")
        refs = [f"n:{mark}-{number}" for number in range(1, ROWS + 1)]
        matters = list(Matter.objects.filter(origin_ref__in=refs).values_list("pk", "origin_ref"))
        times = Counter(ref for _, ref in matters)
        begun = batch.state in (Batch.State.RUNNING, Batch.State.DONE, Batch.State.FAILED)
        if not begun:
            if matters:
                findings.say(f"导入 {mark} 没有开始，却有 {len(matters)} 行")
            continue
        done += batch.state == Batch.State.DONE
        rows += len(matters)
        if batch.state != Batch.State.DONE:
            findings.say(f"导入 {mark} 没有办完：{batch.get_state_display()} {batch.error}")
        if len(times) != ROWS or any(count > 1 for count in times.values()) or batch.new != ROWS:
            findings.say(f"导入 {mark} 应有 {ROWS} 行，有 {len(times)} 种 {len(matters)} 行，记为新增 {batch.new}")
        streams = [f"matter:{pk}" for pk, _ in matters]
        told = set(Event.objects.filter(stream__in=streams).values_list("stream", flat=True))
        if len(told) != len(streams):
            findings.say(f"导入 {mark} 有 {len(streams) - len(told)} 件没有流水")
    findings.numbers |= {"imports": done, "import_rows": rows, "imports_begun": len(imports)}


def check_jobs(enqueued: Iterable[int], findings: Findings) -> None:
    """Every job that was put down is done, and did its work once."""
    from luoshi.core.journal.models import Event
    from luoshi.kit.jobs.models import Job

    put_down = set(enqueued)
    probes = {job.pk: job for job in Job.objects.filter(kind__in=[SHORT, LONG])}
    done = Counter(Event.objects.filter(stream__startswith="probe:").values_list("stream", flat=True))
    lost = put_down - set(probes)
    if lost:
        findings.say(f"后台任务不见了 {len(lost)} 项")
    for pk, job in probes.items():
        times = done[stream_of(pk)]
        if times != 1:
            findings.say(
                f"后台任务 {pk}（{job.kind}，{job.get_state_display()}，试了 {job.attempts} 次）做了 {times} 次"
            )
    for job in Job.objects.exclude(state=Job.State.DONE):
        if job.pk in probes or not job.kind.startswith(("imports.batch", "exports.make")):
            continue
        findings.say(f"后台任务 {job.pk}（{job.kind}）没有办完：{job.get_state_display()} {job.error[:200]}")
    findings.numbers |= {
        "jobs": len(probes),
        "taken_over": Job.objects.filter(attempts__gt=1).count(),
        "all_jobs": Job.objects.filter(state=Job.State.DONE).count(),
    }


def check_exports(asked: int, findings: Findings) -> None:
    """Every file asked for is there and opens; nothing half lies under a name."""
    from luoshi.core.journal.models import Event
    from luoshi.kit.exports import storage
    from luoshi.kit.exports.models import Export

    exports = list(Export.objects.all())
    if len(exports) < asked:
        findings.say(f"有回执的导出 {asked} 份，记录里只有 {len(exports)} 份")
    for one in exports:
        path = storage.path_of(one.token)
        if one.state != Export.State.DONE:
            findings.say(f"导出 {one.pk} 没有办完：{one.get_state_display()} {one.error}")
        elif not path.exists() or path.stat().st_size != one.size or zipfile.ZipFile(path).testzip() is not None:
            findings.say(f"导出 {one.pk} 的文件不完整")
    named = {one.token for one in exports}
    folder = storage.folder()
    strange = [p.name for p in folder.iterdir() if p.name not in named and p.name[0] != "."] if folder.is_dir() else []
    if strange:
        findings.say(f"导出的文件夹里有 {len(strange)} 份没有记录的文件")
    told = Event.objects.filter(verb="ledger.taken_out").count()
    if told != len(exports):
        findings.say(f"导出 {len(exports)} 份，流水记了 {told} 次")
    findings.numbers["exports"] = len(exports)


def check_whole(findings: Findings, *, seals_before: int) -> None:
    """The journal verifies, everything is sealed, files and rows agree."""
    import time
    from pathlib import Path

    from django.conf import settings

    from luoshi.core.evidence import actions as evidence
    from luoshi.core.evidence import queries, storage
    from luoshi.core.evidence.models import StoredFile
    from luoshi.core.journal import verification
    from luoshi.core.journal.models import Outbox, Seal

    report = verification.verify()
    if report.broken is not None:
        findings.say(f"流水不完好：{report.broken}")
    waiting = Outbox.objects.filter(consumer="seal").count()
    if waiting:
        findings.say(f"还有 {waiting} 条流水没有封存")
    seals = Seal.objects.count()
    if seals <= seals_before:
        findings.say("杀掉以后没有再封存")
    for sha256 in queries.missing_files():
        findings.say(f"有记录没有文件：{sha256}")
    for sha256 in queries.damaged_files():
        findings.say(f"文件坏了：{sha256}")
    left = sum(evidence.sweep(folder, before=time.time() + 1) for folder in range(256))
    rows = set(StoredFile.objects.values_list("pk", flat=True))
    lying = {place.name for folder in range(256) for place in storage.lying(folder)}
    if rows != lying:
        findings.say(f"清扫以后，文件 {len(lying)} 个，记录 {len(rows)} 个，对不上")
    findings.numbers |= {
        "events": report.events,
        "sealed": report.sealed,
        "seals": seals,
        "files": len(rows),
        "swept": left,
        "folder": len(list(Path(settings.MEDIA_ROOT).glob("imports/*"))),
    }
