"""The bundle as a file for somebody who is signed in; that it was taken is itself recorded."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from django.db import transaction

from luoshi.core.journal import bundle, reading, verification
from luoshi.core.journal.actions import Signature, record
from luoshi.kit.errors import Refused


def export_bundle(*, by: Signature, at: datetime) -> BinaryIO:
    """The bundle of the journal as it stands, in an open file that has no name any more and goes when it is closed.

    Refused: ``journal.broken`` for a journal that is not whole, ``journal.unreadable``.
    """
    with TemporaryDirectory(prefix="luoshi-") as folder:
        path = Path(folder) / "bundle.jsonl"
        try:
            with reading.snapshot() as raw:
                report = verification.check(raw, None)
                if report.broken is not None:
                    raise Refused(
                        "journal.broken",
                        f"流水不完好：{report.broken}",
                        "请停用系统，原样保存数据库，报告系统管理人员。",
                    )
                bundle.export(raw, report, path)
        except reading.Unreadable as error:
            raise Refused("journal.unreadable", str(error)) from error
        file = path.open("rb")
    with transaction.atomic():
        record(
            stream="journal",
            verb="journal.exported",
            by=by,
            at=at,
            data={"events": report.events, "sealed": report.sealed, "root": report.root},
        )
    return file
