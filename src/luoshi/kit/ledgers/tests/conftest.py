from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory
from django.utils.html import format_html

from luoshi.kit.jobs.models import Job
from luoshi.kit.ledgers import memory, registry, views
from luoshi.kit.ledgers.model import BatchAction, Column, DateRange, Filter, Ledger

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
BLOCKS = "{% block title %}{% endblock %}{% block back %}{% endblock %}{% block main %}{% endblock %}"


def _within(rows, days: DateRange):
    if days.start:
        rows = rows.filter(run_at__date__gte=days.start)
    return rows.filter(run_at__date__lte=days.end) if days.end else rows


LEDGER = Ledger(
    slug="t-jobs",
    label="任务台账",
    rows=lambda actor: Job.objects.filter(kind__startswith=actor),
    may=lambda actor: bool(actor),
    columns=(
        Column("number", "序号", lambda job: job.pk, kind="number", width=6, css="row-number"),
        Column("kind", "种类", lambda job: job.kind, sort="kind", css="row-title", width=20),
        Column(
            "state",
            "状态",
            lambda job: job.get_state_display(),
            kind="html",
            html=lambda job: format_html("<b>{}</b>", job.get_state_display()),
        ),
        Column("message", "进展", lambda job: job.message, kind="long", width=30),
        Column("run", "不早于", lambda job: job.run_at, kind="datetime", sort="run_at"),
        Column(
            "done", "办结日", lambda job: job.finished_at and job.finished_at.date(), kind="date", sort="finished_at"
        ),
        Column("tries", "次数", lambda job: job.attempts, kind="number", sort="attempts", default=False),
    ),
    filters=(
        Filter(
            "state", "状态", "choice", lambda rows, value: rows.filter(state=value), lambda actor: Job.State.choices
        ),
        Filter(
            "owner", "办理", "text", lambda rows, value: rows.filter(owner=value), sentence=lambda value: f"{value}办理"
        ),
        Filter("run", "时间", "daterange", _within),
        Filter("late", "试过多次", "flag", lambda rows, value: rows.filter(attempts__gt=1)),
    ),
    search=lambda rows, words: rows.filter(message__contains=words),
    office=lambda actor: "云岭镇",
    detail_url=lambda job: f"/jobs/{job.pk}/",
)


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger[Job]:
    monkeypatch.setattr(registry, "_ledgers", {})
    monkeypatch.setattr(memory, "_memories", [])
    registry.register(LEDGER)
    return LEDGER


@pytest.fixture
def batched(ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger[Job]:
    batched = replace(ledger, batch=lambda actor: (BatchAction("一并交办", "/jobs/assign/"),))
    monkeypatch.setattr(registry, "_ledgers", {batched.slug: batched})
    return batched


def make(n: int = 1, **fields: Any) -> list[Job]:
    given = {"kind": "t.a", "run_at": NOON, "created_at": NOON} | fields
    return Job.objects.bulk_create([Job(**given) for _ in range(n)])


def later(days: int) -> datetime:
    return NOON + timedelta(days=days)


def params(query: str = "") -> QueryDict:
    return QueryDict(query)


@pytest.fixture
def get(settings) -> Callable[..., HttpResponse]:
    """Ask a view of the ledgers, in a shell that is nothing but its blocks."""
    shells = ("django.template.loaders.locmem.Loader", {"shell.html": BLOCKS, "print.html": BLOCKS})
    settings.ROOT_URLCONF = "luoshi.kit.ledgers.tests.urls"
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [shells, "django.template.loaders.app_directories.Loader"]},
        }
    ]

    def ask(name: str = "page", query: str = "", *, slug: str = "t-jobs", actor: object = "t.") -> HttpResponse:
        request = RequestFactory().get(f"/ledgers/{slug}/?{query}")
        request.actor = actor
        return getattr(views, f"ledger_{name}")(request, slug)

    return ask
