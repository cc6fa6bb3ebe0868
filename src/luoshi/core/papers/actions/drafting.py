"""拟稿: the draft, its text, its figures, and handing it on."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction

from luoshi.core.journal.actions import record
from luoshi.core.journal.rules import Code
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor
from luoshi.core.papers import figures, queries, rules
from luoshi.core.papers.about import drawn_from
from luoshi.core.papers.actions.frame import begin, done, person, said
from luoshi.core.papers.actions.numbering import default_series, fitting
from luoshi.core.papers.models import Delivery, Kind, Paper, PaperFigure, Reach, Series, State, Template, Version
from luoshi.core.papers.registry import Draft
from luoshi.core.papers.transitions import WRITERS
from luoshi.kit.documents import written
from luoshi.kit.errors import Refused
from luoshi.kit.search import actions as search
from luoshi.kit.text import optional, required, required_line

KIND = "paper"
BODY = 60_000
NAME = 40
SPOKEN = ("title", "recipients", "copies_to", "note")
"""What the journal keeps of the words of a paper besides its text, of which every version is kept."""


def may_write(by: Actor) -> bool:
    """Whether somebody may draft papers at all."""
    return by.is_person and by.has(*WRITERS)


@transaction.atomic
def draft(
    written_as: Draft, *, by: Actor, at: datetime, series: Series | None = None, template: Template | None = None
) -> Paper:
    """Put down a new paper as it was written by its source, with the figures of its template beside its own."""
    drafter = person(by)
    hat = by.hat(*WRITERS)
    if hat is None or by.town_id is None:
        raise Refused("papers.not_writer", "公文由镇机关工作人员拟稿。", "请把情况报给督办室。")
    town, kind = Unit.objects.get(pk=by.town_id), Kind(written_as.kind)
    series = series or default_series(town, kind)
    _in_town(kind, town.pk, series, template)
    title = (series.signed_as if written_as.issued_by else "") + written_as.title
    paper = Paper.objects.create(
        town=town,
        kind=kind,
        reach=Reach(written_as.reach),
        title=required_line(title, label="标题", field="title", longest=200),
        recipients=optional(written_as.recipients, label="主送", field="recipients", longest=500),
        copies_to=optional(written_as.copies_to, label="抄送", field="copies_to", longest=500),
        note=optional(written_as.note, label="附注", field="note", longest=200),
        body=optional(written_as.body, label="正文", field="body", longest=BODY),
        origin=written_as.origin,
        about_id=drawn_from(written_as.origin),
        series=series,
        template=template,
        drafter=drafter,
        drafted_at=at,
        last_at=at,
    )
    PaperFigure.objects.bulk_create(
        PaperFigure(paper=paper, name=name, source=source) for name, source in written_as.figures
    )
    _bring(paper, template)
    _deliver(paper, written_as.units)
    _keep(paper, by=drafter, at=at)
    record(
        stream=paper.stream,
        verb="paper.drafted",
        by=by.signature(hat),
        at=at,
        data={
            "kind": str(paper.kind),
            "origin": paper.origin,
            "reach": str(paper.reach),
            "figures": len(written_as.figures),
        },
        words={name: getattr(paper, name) for name in SPOKEN},
        begins=True,
    )
    return paper


def _in_town(kind: Kind, town_id: int, series: Series | None, template: Template | None) -> None:
    """Refuse a run of numbers or a template that is another town's or out of use, as the database has it now."""
    if series is not None:
        fitting(kind, series, town_id=town_id)
    in_use = Template.objects.filter(town_id=town_id, retired_at__isnull=True)
    if template and not in_use.filter(pk=template.pk).exists():
        raise Refused("papers.not_here", "这个模板不能用。", "请刷新后重新选择。")


def _bring(paper: Paper, template: Template | None) -> None:
    """Give a paper the figures that its template names."""
    fields = template.fields if template else []
    known = set(paper.figures.values_list("name", flat=True))
    PaperFigure.objects.bulk_create(
        PaperFigure(paper=paper, name=field["name"], source=field["source"])
        for field in fields
        if field.get("source") and field["name"] not in known
    )


def _keep(paper: Paper, *, by: Person, at: datetime) -> None:
    """Keep this text as a version, and make the paper findable by it."""
    Version.objects.create(paper=paper, number=paper.version, title=paper.title, body=paper.body, by=by, at=at)
    search.put(KIND, paper.pk, search_text(paper))


def search_text(paper: Paper) -> str:
    """By what a paper is found."""
    return f"{paper.title}\n{paper.body}"


def _deliver(paper: Paper, units: Collection[int]) -> None:
    """Have exactly these units get the paper."""
    known = set(Unit.objects.filter(town_id=paper.town_id, pk__in=list(units)).values_list("pk", flat=True))
    before = set(paper.deliveries.values_list("unit_id", flat=True))
    paper.deliveries.filter(unit_id__in=before - known).delete()
    Delivery.objects.bulk_create(Delivery(paper=paper, unit_id=pk) for pk in sorted(known - before))


@transaction.atomic
def edit(
    paper: Paper,
    *,
    seen: int,
    title: str,
    body: str,
    by: Actor,
    at: datetime,
    recipients: str = "",
    copies_to: str = "",
    note: str = "",
    reach: Reach = Reach.TOWN,
    units: Collection[int] = (),
    series: Series | None = None,
    template: Template | None = None,
) -> Paper:
    """改稿. ``seen`` is the version that the page showed: what somebody else wrote meanwhile is not written over."""
    found = begin(paper, "edit", by=by, at=at)
    _in_town(Kind(found.kind), found.town_id, series, template)
    fresh: dict[str, object] = {
        "title": required_line(title, label="标题", field="title", longest=200),
        "body": optional(body, label="正文", field="body", longest=BODY),
    }
    if seen != found.version:
        raise Refused(
            "papers.changed_meanwhile",
            "您打开以后，别人改过这份稿子，没有覆盖。",
            "您写的还在下面；请另开一页看现在的稿子，把要改的并进去后再存。",
        )
    changed = any(getattr(found, name) != value for name, value in fresh.items())
    fresh |= {
        "version": found.version + changed,
        "recipients": optional(recipients, label="主送", field="recipients", longest=500),
        "copies_to": optional(copies_to, label="抄送", field="copies_to", longest=500),
        "note": optional(note, label="附注", field="note", longest=200),
        "reach": Reach(reach),
        "series": series or found.series,
        "template": template,
    }
    other = {name: value for name, value in fresh.items() if getattr(found, name) != value}
    words = {name: str(other[name]) for name in SPOKEN if name in other}
    codes: dict[str, Code] = {"version": found.version + changed}
    if "reach" in other:
        codes["reach"] = str(fresh["reach"])
    done(found, "edit", by=by, at=at, data=codes, words=words, changed=fresh)
    _bring(found, template)
    _deliver(found, units)
    if changed:
        _keep(found, by=person(by), at=at)
    return found


@transaction.atomic
def add_figure(paper: Paper, *, name: str, source: str, by: Actor, at: datetime) -> PaperFigure:
    """Add a number that keeps its question. ``source``: the text of a figure, or the address of a ledger's page.

    Without a ``name`` it is called by what it counts. Refused where whoever adds it can't read it.
    """
    found = begin(paper, "figure", by=by, at=at)
    reading = figures.readable(required(source, label="数字", field="source", longest=500), by)
    name = required_line(name or _name_of(reading.told), label="名称", field="name", longest=NAME)
    if set(name) & set("【】|｜"):
        raise Refused("papers.figure_name", "名称里不能有【】和竖线。", "请换一个名称。", field="name")
    if found.figures.count() >= rules.MOST_FIGURES:
        raise Refused(
            "papers.too_many_figures", f"一份公文至多 {rules.MOST_FIGURES} 个数字。", "请精简。", field="name"
        )
    try:
        with transaction.atomic():
            figure = PaperFigure.objects.create(paper=found, name=name, source=str(reading.source))
    except IntegrityError:
        raise Refused("papers.figure_taken", f"已有名为“{name}”的数字。", "请换一个名称。", field="name") from None
    done(found, "figure", by=by, at=at, data={"figure": figure.pk}, words={"name": name, "source": figure.source})
    return figure


def _name_of(told: str) -> str:
    return "".join(c for c in told if c not in "【】|｜\n")[:NAME]


@transaction.atomic
def type_over(paper: Paper, *, name: str, text: str, reason: str, by: Actor, at: datetime) -> PaperFigure:
    """Write over a figure by hand, with the reason; an empty ``text`` lets the record speak again."""
    found = begin(paper, "type_over", by=by, at=at)
    figure = found.figures.select_for_update().filter(name=name).first()
    if figure is None:
        raise Refused("papers.no_figure", f"没有名为“{name}”的数字。", "请刷新后再试。")
    figure.typed = optional(text, label="数字", field="text", longest=40)
    figure.reason = required(reason, label="理由", field="reason", longest=200) if figure.typed else ""
    figure.typed_by = person(by) if figure.typed else None
    figure.save(update_fields=["typed", "reason", "typed_by"])
    done(
        found,
        "type_over",
        by=by,
        at=at,
        data={"figure": figure.pk, "typed": bool(figure.typed)},
        words={"name": name, "text": figure.typed, "reason": figure.reason},
    )
    return figure


@transaction.atomic
def submit(paper: Paper, *, by: Actor, at: datetime, words: str = "") -> Paper:
    """送核, when nothing stands in the way."""
    found = begin(paper, "submit", by=by, at=at)
    clear(found, by)
    done(found, "submit", by=by, at=at, words=said("submit", words), changed={"submitted_at": at})
    return found


def clear(paper: Paper, by: Actor) -> dict[str, figures.Seen]:
    """The figures of a paper that can go on, as ``by`` sees them; a refusal names what stands in the way."""
    used = set(written.names(paper.body)) | queries.template_names(paper)
    seen = figures.see(paper.figures.order_by("pk"), by)
    told = [one.told for one in seen.values()]
    wrong = rules.obstacles(title=paper.title, body=paper.body, figures=told)
    wrong += [
        f"模板里的数字【{one.name}】取不到：{one.trouble}"
        for one in told
        if one.name in used and one.trouble and not one.typed and f"【{one.name}】" not in paper.body
    ]
    if wrong:
        more = f"另有 {len(wrong) - 1} 处。" if len(wrong) > 1 else ""
        raise Refused("papers.not_ready", wrong[0] + more, "改好以后再办；取不到的数字可以手填并写明理由。")
    return {name: one for name, one in seen.items() if name in used}


@transaction.atomic
def withdraw(paper: Paper, *, by: Actor, at: datetime, words: str = "") -> Paper:
    """撤回 before it was issued: it keeps its text and never had a number."""
    found = begin(paper, "withdraw", by=by, at=at)
    done(found, "withdraw", by=by, at=at, words=said("withdraw", words), changed={"withdrawn_at": at})
    return found


def unfinished(by: Actor, origin: str) -> Paper | None:
    """A paper of the same origin that has not gone out yet."""
    if not origin:
        return None
    rows = queries.visible_to(by).filter(origin=origin, state__in=[State.DRAFT, State.SUBMITTED, State.REVIEWED])
    return rows.order_by("-pk").first()
