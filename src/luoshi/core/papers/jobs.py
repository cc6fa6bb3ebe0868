"""Background work of papers: a file of Word becomes a PDF, and PDFs that nobody fetched go."""

import hashlib
from datetime import timedelta

from django.utils import timezone

from luoshi.core.papers import filing
from luoshi.kit.documents import pdf
from luoshi.kit.jobs.registry import Context, Result, job

KEPT = timedelta(days=7)


@job("papers.pdf", long=True, lease=300, max_attempts=2)
def convert(context: Context) -> Result:
    """Make the PDF of a file of Word that was put down; done again it gives the same."""
    name = str(context.payload["sha256"])
    source = filing.folder() / f"{name}.docx"
    if (filing.folder() / f"{name}.pdf").is_file() or not source.is_file():
        return {"sha256": name}
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != name:
        source.unlink(missing_ok=True)
        return {"sha256": name}
    context.report(10, "正在转成 PDF")
    filing.put(pdf.convert(data, families=filing.families()), f"{name}.pdf")
    source.unlink(missing_ok=True)
    return {"sha256": name}


@job("papers.tidy", every=timedelta(hours=12))
def tidy(context: Context) -> Result:
    """Remove what was made a week ago: it can be made again."""
    before = (context.at - KEPT).timestamp()
    gone = 0
    for path in filing.folder().glob("*") if filing.folder().is_dir() else ():
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            gone += 1
    return {"files": gone, "at": timezone.localtime(context.at).isoformat()}
