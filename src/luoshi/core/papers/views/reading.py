"""Reading a paper: its page, the sheet for the printer, the files."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.papers import actions, document, figures, filing, queries, rules
from luoshi.core.papers.document import Loaded
from luoshi.core.papers.forms import SayForm, TypeForm
from luoshi.core.papers.models import OUT, Kind, Paper, State
from luoshi.core.papers.transitions import VERBS
from luoshi.core.papers.views.sheet import sheet
from luoshi.kit.documents import pdf
from luoshi.kit.documents.model import UNSIGNED
from luoshi.kit.errors import Refused
from luoshi.kit.forms import PlainForm, attempt
from luoshi.kit.ledgers import figures as kit

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WHOLE = "whole"
"""The parameter by which a page counts its figures to their end."""
TOLD = {
    "submit": "已送核，等另一位同志核稿。",
    "review": "已核稿，等领导签发。",
    "send_back": "已退回修改，理由拟稿人看得到。",
    "archive": "已归档，全文可以检索。",
    "withdraw": "已撤回，稿子留着，没有编号。",
    "revoke": "已撤销，文号留着，不再给别的公文。",
}


def find(request: HttpRequest, pk: int) -> tuple[Paper, Actor]:
    """The paper, and who asks; 404 where it does not exist for them."""
    actor = actor_of_request(request)
    try:
        return queries.get(actor, pk), actor
    except Refused:
        raise Http404 from None


def compared(paper: Paper, actor: Actor) -> Actor | None:
    """With whose rights an issued paper's figures are counted again: the signer's, so that like is compared with like.

    Only for those who see the whole town anyway, and the signer.
    """
    if paper.signer is None or paper.issued_on is None:
        return None
    if not (actor.has(Duty.OFFICE, Duty.SECRETARY) or paper.signer_id in actor.people_ids):
        return None
    return org.actor_of(paper.signer, on=paper.issued_on)


def most_of(request: HttpRequest, paper: Paper) -> int | None:
    """Where counting for the page ends: nowhere when asked to, nor while somebody has to judge the numbers."""
    judged = paper.state in (State.SUBMITTED, State.REVIEWED)
    return None if judged or WHOLE in request.GET else kit.MOST


def _seen(paper: Paper, rows: list[Any], actor: Actor, *, most: int | None) -> dict[str, figures.Seen]:
    """The figures now: of a draft as the actor sees them, of an issued paper as the signer would."""
    if paper.serial is None:
        return figures.see(rows, actor, most=most)
    eyes = compared(paper, actor)
    return figures.see(rows, eyes, most=most) if eyes else {}


def loaded_of(paper: Paper, rows: list[Any], seen: dict[str, figures.Seen]) -> Loaded:
    values = figures.frozen(rows) if paper.serial else {name: one.text for name, one in seen.items()}
    return Loaded(paper, values, {row.name: row for row in rows})


def page(
    request: HttpRequest,
    paper: Paper,
    actor: Actor,
    *,
    asked: str = "",
    form: PlainForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a paper; ``form`` is that of ``asked`` as it was typed."""
    beside = queries.beside(paper)
    seen = _seen(paper, beside.figures, actor, most=most_of(request, paper))
    loaded = loaded_of(paper, beside.figures, seen)
    told = [one.told for one in seen.values()]
    draft = paper.serial is None and paper.state != State.WITHDRAWN
    obstacles = rules.obstacles(title=paper.title, body=paper.body, figures=told) if draft else []
    offers = queries.offers(paper, actor, authors=beside.authors)
    if obstacles and asked != "submit":
        offers = [offer for offer in offers if offer.verb.name != "submit"]
    units = {delivery.unit_id for delivery in beside.deliveries if delivery.received_at is None}
    length = rules.length(paper.body, loaded.values)
    limit = rules.limit(paper.kind)
    drawn = sheet(loaded, seen=seen)
    context: dict[str, Any] = {
        "paper": paper,
        "sheet": drawn,
        "document": document.as_document(loaded),
        "unsigned": rules.OFFICIAL[Kind(paper.kind)] in UNSIGNED,
        "beside": beside,
        "seen": seen,
        "changes": figures.changes(beside.figures, seen) if paper.serial else [],
        "compares": bool(paper.serial and seen),
        "uncertain": figures.uncertain(beside.figures, seen) if paper.serial else [],
        "unfinished": [one for one in seen.values() if one.more and not one.figure.typed] if not paper.serial else [],
        "typed": [row for row in beside.figures if row.typed],
        "troubles": [one for one in seen.values() if one.trouble and draft],
        "differences": [one for one in seen.values() if draft and one.figure.reviewed not in (None, one.count)],
        "obstacles": obstacles,
        "length": length,
        "limit": limit,
        "over": max(0, length - limit.characters) if limit else 0,
        "verbs": [
            {
                "verb": offer.verb,
                "form": form if form is not None and offer.verb.name == asked else SayForm(verb=offer.verb),
                "open": offer.verb.name == (asked or _next(offers)),
            }
            for offer in offers
            if not offer.refused
        ],
        "cannot": [offer for offer in offers if offer.refused],
        "may_edit": queries.may_edit(paper, actor),
        "may_receive": bool(paper.state in OUT and units & actor.unit_ids),
        "type_form": form if isinstance(form, TypeForm) else TypeForm(),
        "story": queries.story(paper) if queries.may_read_story(actor, paper) else [],
        "matter": paper.origin.removeprefix("matter:") if paper.origin.startswith("matter:") else "",
        "refusal": _first(form),
        "named": queries.names_in(paper, actor) if draft and paper.kind == Kind.CIRCULAR else [],
    }
    return render(request, "papers/paper.html", context, status=status)


def _first(form: PlainForm | None) -> Refused | None:
    """What was refused about the whole act, to stand at the head of the page."""
    if form is None:
        return None
    said = next((str(error) for error in form.non_field_errors()), "")
    return Refused("papers.said", said) if said else None


def _next(offers: list[queries.Offer]) -> str:
    return next((offer.verb.name for offer in offers if not offer.refused), "")


@require_GET
@signed_in()
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor = find(request, pk)
    return page(request, found, actor)


@require_POST
@signed_in()
def do(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One verb from its button; refused, the page comes back with what was typed."""
    found, actor = find(request, pk)
    if verb not in TOLD and verb != "issue":
        raise Http404
    form = SayForm(request.POST, verb=VERBS[verb])
    words = {"words": form.data.get(f"{verb}-words", "")} if VERBS[verb].says else {}
    act = getattr(actions, verb)
    done = attempt(form, lambda: act(found, by=actor, at=timezone.now(), **words))
    if done is None:
        return page(request, found, actor, asked=verb, form=form, status=409)
    told = f"已签发，编为{done.number}。用印在本系统之外办理。" if verb == "issue" else TOLD[verb]
    messages.success(request, told)
    return redirect("paper", pk=pk)


@require_POST
@signed_in()
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """签收 for one's unit."""
    found, actor = find(request, pk)
    try:
        actions.receive(found, by=actor, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已签收。")
    return redirect("paper", pk=pk)


@require_POST
@signed_in()
def type_over(request: HttpRequest, pk: int) -> HttpResponse:
    """A number written by hand, with the reason."""
    found, actor = find(request, pk)
    form = TypeForm(request.POST)
    if attempt(form, lambda: actions.type_over(found, by=actor, at=timezone.now(), **form.cleaned_data)) is None:
        return page(request, found, actor, form=form, status=409)
    messages.success(request, f"“{form.cleaned_data['name']}”已手填，理由会留在公文上。")
    return redirect("paper", pk=pk)


def _loaded(paper: Paper, actor: Actor) -> Loaded:
    return document.load(paper, actor=actor)


@require_GET
@signed_in()
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper as a file of Word, as it stands now."""
    found, actor = find(request, pk)
    response = HttpResponse(filing.word(_loaded(found, actor)), content_type=WORD)
    response["Content-Disposition"] = _attachment(found, "docx")
    return response


def _attachment(paper: Paper, ending: str) -> str:
    name = quote(f"{document.file_name(paper)}.{ending}")
    return f"attachment; filename=\"paper-{paper.pk}.{ending}\"; filename*=UTF-8''{name}"


@require_http_methods(["GET", "POST"])
@signed_in()
def as_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF when it has been made, else a page that says how far it is; asked for by a press."""
    found, actor = find(request, pk)
    loaded = _loaded(found, actor)
    try:
        if request.method == "POST":
            asked = filing.ask(loaded, at=timezone.now())
            job = f"?job={asked.job.pk}" if asked.job else ""
            return redirect(reverse("paper-pdf", args=[pk]) + job)
        if not pdf.available():
            raise pdf.missing()
        text = request.GET.get("job", "")
        standing, _ = filing.standing(
            loaded, job_id=int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
        )
    except Refused as refused:
        return render(request, "papers/pdf.html", {"paper": found, "refusal": refused}, status=409)
    if standing.path is not None and "wait" not in request.GET:
        response = HttpResponse(standing.path.read_bytes(), content_type="application/pdf")
        response["Content-Disposition"] = _attachment(found, "pdf")
        return response
    return render(request, "papers/pdf.html", {"paper": found, "job": standing.job})


@require_GET
@signed_in()
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper as a page for the printer, for where neither Word nor PDF will do."""
    found, actor = find(request, pk)
    beside = queries.beside(found)
    loaded = loaded_of(found, beside.figures, figures.see(beside.figures, actor) if found.serial is None else {})
    context = {
        "paper": found,
        "document": document.as_document(loaded),
        "sheet": sheet(loaded, seen={}),
        "unsigned": rules.OFFICIAL[Kind(found.kind)] in UNSIGNED,
    }
    return render(request, "papers/print.html", context)
