"""A paper as a file: of Word at once, as PDF when LibreOffice has made it."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from django.conf import settings

from luoshi.core.papers import document
from luoshi.core.papers.document import Loaded
from luoshi.kit.documents import pdf
from luoshi.kit.jobs import actions as jobs
from luoshi.kit.jobs import queries as job_queries
from luoshi.kit.jobs.models import Job


@cache
def families() -> frozenset[str]:
    """The families of type on this machine, asked for once."""
    return pdf.installed()


def word(loaded: Loaded, *, remark: str = "") -> bytes:
    """The paper as a file of Word."""
    held = BytesIO()
    document.write(loaded, held, remark=remark)
    return held.getvalue()


@dataclass(frozen=True)
class Pdf:
    """How far the PDF of a paper is: a ``path`` when it is there, else the ``job`` that makes it, or neither."""

    sha256: str
    path: Path | None = None
    job: Job | None = None


def folder() -> Path:
    """Where files of Word wait and PDFs lie, by the digest of the file of Word."""
    return Path(settings.MEDIA_ROOT) / "papers"


def put(data: bytes, name: str) -> None:
    """Write a file whole or not at all."""
    folder().mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder(), prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, folder() / name)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def standing(loaded: Loaded, *, job_id: int = 0) -> tuple[Pdf, bytes]:
    """Where the PDF of exactly this text stands, and the file of Word that it is made of."""
    data = word(loaded, remark=pdf.remark(families()))
    sha256 = hashlib.sha256(data).hexdigest()
    made = folder() / f"{sha256}.pdf"
    if made.is_file():
        return Pdf(sha256, path=made), data
    job = job_queries.find(job_id) if job_id else None
    if job is not None and job.payload.get("sha256") != sha256:
        job = None
    return Pdf(sha256, job=job), data


def ask(loaded: Loaded, *, at: datetime) -> Pdf:
    """Have the PDF made. Refused (``documents.no_office``) where the machine can't."""
    if not pdf.available():
        raise pdf.missing()
    found, data = standing(loaded)
    if found.path is not None:
        return found
    put(data, f"{found.sha256}.docx")
    job = jobs.enqueue("papers.pdf", {"sha256": found.sha256}, at=at, unique_key=f"papers.pdf:{found.sha256}")
    return Pdf(found.sha256, job=job)
