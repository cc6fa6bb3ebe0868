"""Writing a paper: from what it is written, its text, and what comes back from WPS."""

import difflib
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor
from luoshi.core.papers import actions, figures, queries, registry, rules
from luoshi.core.papers.forms import AskForm, EditForm, FileForm
from luoshi.core.papers.models import Paper
from luoshi.core.papers.transitions import WRITERS
from luoshi.core.papers.views.reading import find, loaded_of, most_of
from luoshi.kit.documents import taking
from luoshi.kit.documents.opening import MOST_BYTES
from luoshi.kit.documents.taking import Taken
from luoshi.kit.errors import Refused
from luoshi.kit.forms import attempt

MOST_NAMED = 8


@require_GET
@signed_in()
def home(request: HttpRequest) -> HttpResponse:
    """公文: what waits for me, the newest that I may see, and where to begin one."""
    actor = actor_of_request(request)
    rows = queries.visible_to(actor).select_related("series", "drafter").order_by("-pk")[:30]
    context = {
        "rows": rows,
        "waiting": queries.waiting(actor),
        "to_receive": queries.to_receive(actor),
        "writes": actions.may_write(actor),
    }
    return render(request, "papers/home.html", context)


@require_GET
@signed_in(*WRITERS)
def new(request: HttpRequest) -> HttpResponse:
    """Everything that a paper can be written from."""
    today = timezone.localdate()
    forms = [(source, AskForm(source=source, today=today)) for source in registry.listed()]
    return render(request, "papers/new.html", {"sources": forms})


@require_POST
@signed_in(*WRITERS)
def write(request: HttpRequest, key: str) -> HttpResponse:
    """Have the paper write itself, and go on to its text. One that has not gone out yet is opened instead of a second."""
    actor, source = actor_of_request(request), registry.get(key)
    if source is None:
        raise Http404
    today, now = timezone.localdate(), timezone.now()
    if source.listed:
        form = AskForm(request.POST, source=source, today=today)
        made = attempt(form, lambda: _made(source, actor, form.values()))
        if made is None:
            forms = [(s, form if s is source else AskForm(source=s, today=today)) for s in registry.listed()]
            return render(request, "papers/new.html", {"sources": forms, "wrong": form}, status=409)
    else:
        try:
            made = _made(source, actor, {name: str(value) for name, value in request.POST.items()})
        except Refused as refused:
            return render(request, "papers/refused.html", {"refusal": refused, "now": now}, status=409)
    paper, fresh = made
    if fresh:
        messages.success(request, "稿子已拟好，数字都从记录里来。看过、改过再送核。")
        return redirect("paper-edit", pk=paper.pk)
    messages.info(request, "这份已经拟过，还没有发出，给您打开了。")
    return redirect("paper", pk=paper.pk)


def _made(source: registry.Source, actor: Actor, answers: dict[str, str]) -> tuple[Paper, bool]:
    draft = source.write(actor, answers, timezone.localdate())
    standing = actions.unfinished(actor, draft.origin)
    if standing is not None:
        return standing, False
    return actions.draft(draft, by=actor, at=timezone.now()), True


@require_http_methods(["GET", "POST"])
@signed_in()
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The text of a draft, its figures with what they say now, its length."""
    found, actor = _editable(request, pk)
    beside = queries.beside(found, editing=True)
    today = timezone.localdate()
    form = EditForm(request.POST if request.method == "POST" else None, paper=found, beside=beside, today=today)
    if request.method == "POST":
        done = attempt(form, lambda: _saved(found, actor, form))
        if done is not None:
            if done[1]:
                messages.success(request, f"已存；数字【{done[1]}】已加到右边，点“插入”放进正文。")
                return redirect("paper-edit", pk=pk)
            messages.success(request, "已存。")
            return redirect("paper-edit" if request.POST.get("then") == "stay" else "paper", pk=pk)
    return _editor(request, found, actor, beside, form)


def _editable(request: HttpRequest, pk: int) -> tuple[Paper, Actor]:
    found, actor = find(request, pk)
    if not queries.may_edit(found, actor):
        raise Http404
    return found, actor


@transaction.atomic
def _saved(paper: Paper, actor: Actor, form: EditForm) -> tuple[Paper, str]:
    now = timezone.now()
    done = actions.edit(paper, by=actor, at=now, **form.text())
    wanted = form.figure()
    if wanted is None:
        return done, ""
    return done, actions.add_figure(done, by=actor, at=now, **wanted).name


def _editor(
    request: HttpRequest,
    paper: Paper,
    actor: Actor,
    beside: queries.Beside,
    form: EditForm,
    **more: Any,
) -> HttpResponse:
    seen = figures.see(beside.figures, actor, most=most_of(request, paper))
    body = form["body"].value() or ""
    length, limit = rules.length(body, {name: one.text for name, one in seen.items()}), rules.limit(paper.kind)
    used = {name for name in seen if f"【{name}】" in body}
    context = {
        "paper": paper,
        "form": form,
        "seen": sorted(seen.values(), key=lambda one: one.figure.name not in used),
        "used": used,
        "unfinished": [one for one in seen.values() if one.more and not one.figure.typed],
        "length": length,
        "limit": limit,
        "over": max(0, length - limit.characters) if limit else 0,
        "file_form": FileForm(),
        **more,
    }
    return render(request, "papers/edit.html", context, status=409 if form.errors else 200)


@require_POST
@signed_in()
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """What was edited in WPS, shown in the editor with what was lost; nothing is kept until it is saved there."""
    found, actor = _editable(request, pk)
    beside = queries.beside(found, editing=True)
    today = timezone.localdate()
    filed = FileForm(request.POST, request.FILES)
    taken = attempt(filed, lambda: _taken(found, actor, beside, filed.cleaned_data["file"]))
    if taken is None:
        form = EditForm(paper=found, beside=beside, today=today)
        return _refile(request, found, actor, beside, form, filed)
    back, told = taken
    initial = {
        "title": back.title or found.title,
        "body": back.body,
        "recipients": back.recipients,
        "copies_to": back.copies_to,
        "note": back.note,
    }
    form = EditForm(paper=found, beside=beside, today=today, initial=initial)
    lines = list(difflib.ndiff(found.body.splitlines(), back.body.splitlines()))
    changed = [(line[0], line[2:]) for line in lines if line[0] in "+-" and line[2:].strip()]
    return _editor(request, found, actor, beside, form, told=told, changed=changed[:200], back=True)


def _refile(
    request: HttpRequest, paper: Paper, actor: Actor, beside: queries.Beside, form: EditForm, filed: FileForm
) -> HttpResponse:
    answer = _editor(request, paper, actor, beside, form, filed=filed)
    answer.status_code = 409
    return answer


def _taken(paper: Paper, actor: Actor, beside: queries.Beside, upload: Any) -> tuple[Taken, list[str]]:
    if upload.size > MOST_BYTES:
        raise Refused(
            "documents.too_big", f"文件超过 {MOST_BYTES // 1024 // 1024} MB。", "请删去图片后再试。", field="file"
        )
    seen = figures.see(beside.figures, actor)
    loaded = loaded_of(paper, beside.figures, seen)
    tags = {row.tag: row.name for row in beside.figures}
    expected = {name: loaded.values.get(name) or f"【{name}】" for name in tags.values()}
    back = taking.take(upload.read(), name=tags.get, expected=expected)
    if not back.body.strip():
        raise Refused("papers.nothing_back", "文件里没有读到正文。", "请核对是不是这份公文的文件。", field="file")
    told = list(back.told)
    before = {name for name in tags.values() if f"【{name}】" in paper.body}
    if gone := sorted(before - set(back.found)):
        some = "、".join(gone[:MOST_NAMED]) + (f"等 {len(gone)} 个" if len(gone) > MOST_NAMED else "")
        told.append(f"这些数字在文件里没有了：{some}。还要的，请从右边重新插入，右边标着“正文里没有用到”。")
    told += [
        f"数字【{one.name}】在文件里写成了“{one.text}”：仍按记录取数；确要手填的，存稿以后在公文页上手填并写明理由。"
        for one in back.altered
    ]
    if back.strange:
        told.append(f"有 {back.strange} 个数字不是这份公文的，按文字收下。")
    return back, told
