"""核稿, 签发, 归档: one drafts, another checks, a third signs. Only the secretary may sign what was the secretary's own."""

import hashlib
from datetime import datetime
from io import BytesIO
from typing import Literal

from django.db import transaction
from django.utils import timezone

from luoshi.core.evidence.actions import Checked, attach
from luoshi.core.evidence.rules import DOCX
from luoshi.core.matters.actions import told_on_paper
from luoshi.core.matters.models import Matter
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.papers import document, figures
from luoshi.core.papers.about import check_reach, matters_of
from luoshi.core.papers.actions.drafting import clear
from luoshi.core.papers.actions.frame import begin, done, person, said
from luoshi.core.papers.actions.numbering import take_number
from luoshi.core.papers.models import Paper, PaperFigure, Version
from luoshi.core.papers.transitions import VERBS
from luoshi.kit.errors import Refused


def _own_hand(paper: Paper, by: Actor, *, beside: frozenset[int] = frozenset()) -> bool:
    """Whether somebody, or whom they stand for, wrote the paper or did the step before."""
    wrote = set(Version.objects.filter(paper=paper).values_list("by_id", flat=True)) | {paper.drafter_id} | beside
    return bool(by.people_ids & {pk for pk in wrote if pk})


def _apart(paper: Paper, by: Actor, *, label: str, beside: frozenset[int] = frozenset()) -> bool:
    """Whether this is the secretary's exception; refused for everybody else who would judge their own work."""
    if not _own_hand(paper, by, beside=beside):
        return False
    own = by.hat(Duty.SECRETARY)
    if own is None or own.principal_id is not None:
        raise Refused(
            "papers.own_work",
            f"这份稿子是您（或您代理的人）写的、核的，不能由您{label}。",
            f"请另一位同志{label}；镇里确实没有别人的，由党委书记本人办，并注明。",
        )
    return True


@transaction.atomic
def review(paper: Paper, *, by: Actor, at: datetime, words: str = "") -> Paper:
    """核稿: by somebody who did not write it. What the reviewer saw of each figure is kept beside it."""
    found = begin(paper, "review", by=by, at=at)
    alone = _apart(found, by, label="核稿")
    for name, seen in clear(found, by).items():
        PaperFigure.objects.filter(paper=found, name=name).update(reviewed=seen.count)
    done(
        found,
        "review",
        by=by,
        at=at,
        data={"alone": alone},
        words=said("review", words),
        changed={"reviewer": person(by), "reviewed_at": at, "alone": alone},
    )
    return found


@transaction.atomic
def send_back(paper: Paper, *, by: Actor, at: datetime, words: str) -> Paper:
    """退回修改, with the reason; the drafter may take it back likewise. Checking begins anew."""
    found = begin(paper, "send_back", by=by, at=at)
    found.figures.update(reviewed=None)
    done(
        found,
        "send_back",
        by=by,
        at=at,
        words=said("send_back", words),
        changed={"reviewer": None, "reviewed_at": None, "submitted_at": None, "alone": False},
    )
    return found


@transaction.atomic
def issue(paper: Paper, *, by: Actor, at: datetime, words: str = "") -> Paper:
    """签发: number, date and every figure are fixed in one transaction, and the file is kept as evidence.

    Figures are counted with the rights of the signer. The matters that it is about have it in their story. Refused:
    ``papers.own_work``, ``papers.not_ready``, and what would tell of a matter further than it may be told (``about``).
    """
    found = begin(paper, "issue", by=by, at=at)
    alone = _apart(found, by, label="签发", beside=frozenset({found.reviewer_id or 0})) or found.alone
    about = matters_of(found, by)
    check_reach(found, about)
    _freeze(clear(found, by), at=at)
    day = timezone.localdate(at)
    found.signer, found.issued_at = Person.objects.get(pk=person(by).pk), at  # the file bears the name
    found.issued_on, found.year = day, day.year
    spoken = said("issue", words)
    found.serial = take_number(found.series, year=day.year)
    file = _file(found)
    event = done(
        found,
        "issue",
        by=by,
        at=at,
        data={"year": day.year, "serial": found.serial, "series": found.series_id, "alone": alone},
        words=spoken | {"number": found.number, "sha256": file.sha256},
        changed={
            "signer": found.signer,
            "issued_at": at,
            "issued_on": day,
            "year": day.year,
            "serial": found.serial,
            "alone": alone,
        },
    )
    attach(stream=found.stream, event_id=event.pk, upload=file, by=by, at=at)
    _tell(found, about, act="issued", by=by, at=at)
    return found


def _tell(paper: Paper, about: list[Matter], *, act: Literal["issued", "revoked"], by: Actor, at: datetime) -> None:
    """The matters that the paper is about have it in their story."""
    told_on_paper(
        [matter.pk for matter in about],
        act=act,
        paper=paper.stream,
        name=f"{paper.get_kind_display()} {paper.number}",
        by=by,
        hat=by.hat(*VERBS["issue"].duties),
        at=at,
    )


def _freeze(seen: dict[str, figures.Seen], *, at: datetime) -> None:
    for one in seen.values():
        row = one.figure
        row.value, row.taken_at, row.sentence = (None if row.typed else one.count), at, one.sentence[:300]
        row.save(update_fields=["value", "taken_at", "sentence"])


def _file(paper: Paper) -> Checked:
    """The issued document as a file of Word."""
    held = BytesIO()
    document.write(document.load(paper), held)
    data = held.getvalue()
    name = f"{document.file_name(paper)}.docx"
    return Checked(name=name, media_type=DOCX.media_type, sha256=hashlib.sha256(data).hexdigest(), data=data)


@transaction.atomic
def archive(paper: Paper, *, by: Actor, at: datetime) -> Paper:
    """归档: it stays findable and is changed no more."""
    found = begin(paper, "archive", by=by, at=at)
    done(found, "archive", by=by, at=at, changed={"archived_at": at})
    return found


@transaction.atomic
def revoke(paper: Paper, *, by: Actor, at: datetime, words: str) -> Paper:
    """撤销 what was issued: its number stays with it and is never given again."""
    found = begin(paper, "revoke", by=by, at=at)
    done(found, "revoke", by=by, at=at, words=said("revoke", words), changed={"withdrawn_at": at})
    _tell(found, matters_of(found, by), act="revoked", by=by, at=at)
    return found
