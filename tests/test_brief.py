"""The brief of a month: every figure against the rows, no person named, no accusation counted, two pages at most."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone

from luoshi.core.matters import brief, queries
from luoshi.core.matters.brief_views import brief_docx
from luoshi.core.matters.models import Evaluation, Matter, Raiser, Secrecy, State
from luoshi.core.org import queries as org
from luoshi.core.org.models import Person
from luoshi.core.org.rules import PUBLIC
from luoshi.kit.documents.docx import read_figures, render_docx
from luoshi.kit.documents.model import Document
from tests.support.story import ACCUSED

if TYPE_CHECKING:
    from tests.support.story import Story

pytestmark = pytest.mark.row("N8")


def rendered(document: Document) -> bytes:
    held = BytesIO()
    render_docx(document, held)
    return held.getvalue()


def text_of(paper: bytes) -> str:
    return "".join(e.text or "" for e in docx.Document(BytesIO(paper)).element.body.iter() if e.tag.endswith("}t"))


def counted(start: date, end: date, today: date) -> dict[str, int]:
    """The figures by walking over every row, light by light."""
    rows = [m for m in Matter.objects.select_related("lead_unit") if m.secrecy != Secrecy.ACCUSATION]
    span = f"{start:%Y%m%d}-{end:%Y%m%d}"
    found: dict[str, int] = {}

    def add(name: str, of: str, matter: Matter) -> None:
        unit = f"unit-{matter.lead_unit_id}" if matter.lead_unit_id else "unassigned"
        for tag in (f"matters.{name}:{of}", f"matters.{name}:{of}:{unit}"):
            found[tag] = found.get(tag, 0) + 1

    for matter in rows:
        light = queries.light(matter, today=today)
        if start <= timezone.localdate(matter.received_at) <= end:
            add("received", span, matter)
        if matter.state == State.CLOSED and matter.ended_at and start <= timezone.localdate(matter.ended_at) <= end:
            add("closed", span, matter)
            if light == "late":
                add("closed_late", span, matter)
        if matter.is_open:
            add("open", f"{today:%Y%m%d}", matter)
            if light == "red":
                add("overdue", f"{today:%Y%m%d}", matter)
    return found


def test_every_figure_is_counted_from_the_rows(story: Story) -> None:
    today = timezone.localdate()
    town = story.cast.town
    for start, end in (brief.month_of(today), brief.month_of(today.replace(day=1) - timedelta(days=1))):
        paper = rendered(brief.monthly(town, start=start, end=end, today=today))
        told = {f.query_id: int(re.sub(r"\D", "", f.text)) for f in read_figures(BytesIO(paper))}
        kinds = ("received", "closed", "closed_late", "open", "overdue")
        shown = {tag: n for tag, n in told.items() if tag.split(":")[0].removeprefix("matters.") in kinds and n}
        expected = counted(start, end, today)
        assert {tag: n for tag, n in shown.items() if ":others" not in tag and ":more" not in tag}.items() <= (
            expected.items()
        )
        assert {tag: n for tag, n in expected.items() if "unit" not in tag and "unassigned" not in tag} == {
            tag: n for tag, n in shown.items() if tag.count(":") == 1
        }
    assert expected
    answers = Evaluation.objects.filter(answer="unsatisfied").exclude(matter__secrecy=Secrecy.ACCUSATION).count()
    span = (today - timedelta(days=400), today)
    whole = rendered(brief.monthly(town, start=span[0], end=span[1], today=today))
    said = {f.query_id: f.text for f in read_figures(BytesIO(whole))}
    asked = [tag for tag in said if tag.startswith("matters.answers") and tag.endswith(":unsatisfied")]
    assert [said[tag] for tag in asked] == ([f"{answers}人次"] if answers else [])


def test_no_person_and_no_accusation_stands_in_it(story: Story) -> None:
    today = timezone.localdate()
    town = story.cast.town
    secret = story.cast and Matter.objects.filter(secrecy=Secrecy.ACCUSATION).count()
    assert secret
    Matter.objects.filter(state=State.WORKING).exclude(secrecy=Secrecy.ACCUSATION).update(
        secrecy=Secrecy.RESTRICTED, resolve_due=today - timedelta(days=2), title="只给指定的人看"
    )
    text = text_of(rendered(brief.monthly(town, start=date(2026, 1, 1), end=today, today=today)))
    assert "逾期" in text
    assert "限定知悉范围" in text
    assert "只给指定的人看" not in text
    assert ACCUSED not in text
    assert not [name for name in Person.objects.values_list("name", flat=True) if name in text]
    assert not [name for name in Raiser.objects.values_list("name", flat=True) if name and name in text]


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdfinfo")), reason="needs LibreOffice and Poppler")
def test_it_prints_on_two_pages_at_most(story: Story, tmp_path: Path) -> None:
    today = timezone.localdate()
    Matter.objects.filter(state=State.WORKING).update(resolve_due=today - timedelta(days=2), title="长" * 120)
    paper = rendered(brief.monthly(story.cast.town, start=date(2026, 1, 1), end=today, today=today))
    (tmp_path / "brief.docx").write_bytes(paper)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "brief.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    told = subprocess.run(["pdfinfo", "brief.pdf"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert int(re.search(r"Pages:\s+(\d+)", told)[1]) <= 2  # type: ignore[index]  # pdfinfo always says so


def test_office_secretary_and_leader_download_it_and_others_learn_nothing(story: Story) -> None:
    def asked(part: str, month: str = "") -> int:
        request = RequestFactory().get("/brief/", {"month": month} if month else {})
        person = getattr(story.cast, part, None)
        request.actor = org.actor_of(person, on=timezone.localdate()) if person else PUBLIC  # type: ignore[attr-defined]
        try:
            answer = brief_docx(request)
        except Http404:
            return 404
        if answer.status_code == 200:
            assert docx.Document(BytesIO(answer.content)).paragraphs
            assert "draft" in answer["Content-Disposition"] or "%E8%8D%89" in answer["Content-Disposition"]
        return answer.status_code

    for part in ("office", "secretary", "leader"):
        assert asked(part) == asked(part, "2026-10") == 200
        for wrong in ("2026-13", "2026-1", "昨天", "2026-12", "1' OR '1", "２０２６-10"):
            assert asked(part, wrong) == 404
    for part in ("head", "clerk", "village", "discipline", "organisation"):
        assert asked(part) == 404
    assert asked("nobody") == 302
