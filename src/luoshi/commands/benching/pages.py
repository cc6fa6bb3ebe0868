"""The pages of plan, papers and 大查摆 that the benchmark opens: where each stands for who looks at it."""

from datetime import timedelta

from django.urls import reverse

from luoshi.commands.benching.rows import PHRASE, TODAY
from luoshi.core.org import queries as org
from luoshi.core.org.models import Account


def addresses(account: Account) -> dict[str, str]:
    """The address of every page, of the newest thing of its kind that this person may see; 0 where there is none."""
    from luoshi.chapters.review import queries as review
    from luoshi.chapters.review.causes import queries as causes
    from luoshi.chapters.review.examples import queries as examples
    from luoshi.chapters.review.likeness import queries as likeness
    from luoshi.chapters.review.likeness.models import Topic
    from luoshi.chapters.review.meetings import queries as meetings
    from luoshi.chapters.review.selfreview import queries as selfreview
    from luoshi.core.matters import queries as matters
    from luoshi.core.papers import queries as papers
    from luoshi.core.plan.models import Part
    from luoshi.kit.imports.models import Batch

    actor = org.actor_of(account.person, on=TODAY)
    year = f"{TODAY - timedelta(days=365)}"

    def newest(rows: object) -> int:
        from django.db.models import QuerySet

        found = rows.order_by("-pk").values_list("pk", flat=True).first() if isinstance(rows, QuerySet) else None
        return int(found or 0)

    rounds = selfreview.rounds(actor)
    sheets = selfreview.visible_to(actor)
    waiting = newest(review.undecided(actor).filter(is_accusation=False))
    opened = newest(review.visible_to(actor).filter(state="opened", is_accusation=False))
    matter = newest(matters.visible_to(actor).filter(state="closed", secrecy="open"))
    part = newest(Part.objects.filter(version__plan__town_id=actor.town_id, links__isnull=False))
    draft = newest(papers.visible_to(actor).filter(state="draft"))
    paper = newest(papers.visible_to(actor).filter(serial__isnull=False))
    topic = newest(Topic.objects.filter(town_id=actor.town_id, place=1, said__isnull=False))
    places = causes.villages(actor)
    category = actor.town_id and review.categories(actor).values_list("pk", flat=True).first()
    unit = next((one.pk for one in org.working_units(actor)), 0)
    findings, register = reverse("ledger", args=["findings"]), reverse("ledger", args=["papers"])
    return {
        "plan": reverse("plan"),
        "plan-bare": reverse("plan-bare"),
        "plan-part": reverse("plan-part", args=[part]),
        "campaign": reverse("campaign"),
        "papers": reverse("papers"),
        "paper-list": register,
        "paper-kind": f"{register}?kind=notice",
        "paper-state": f"{register}?state=draft",
        "paper-days": f"{register}?issued_from={year}&issued_to={TODAY}",
        "paper-found": f"{register}?q=塌了一截",
        "paper": reverse("paper", args=[paper]),
        "paper-edit": reverse("paper-edit", args=[draft]),
        "paper-new": reverse("paper-new"),
        "selfreview": reverse("selfreview"),
        "sf-round": reverse("selfreview-round", args=[rounds[-1].pk if rounds else 0]),
        "sf-sheet": reverse("selfreview-sheet", args=[newest(sheets.filter(state="handed_in"))]),
        "sf-write": reverse("selfreview-write", args=[newest(sheets.filter(state="draft"))]),
        "sf-check": reverse("selfreview-check", args=[newest(sheets.filter(state="draft"))]),
        "suggestions": reverse("suggestions"),
        "suggestion": reverse("suggestion", args=[newest(likeness.open_to(actor))]),
        "topics": reverse("topics"),
        "topic": reverse("topic", args=[topic]),
        "finding-list": findings,
        "finding-unit": f"{findings}?unit={unit}&state=new",
        "finding-end": f"{findings}?end=open",
        "finding-kind": f"{findings}?category={category}",
        "finding-days": f"{findings}?received_from={year}&received_to={TODAY}&channel=superior",
        "finding-find": f"{findings}?q={PHRASE[:2]}坏了",
        "finding": reverse("finding", args=[opened]),
        "find-merge": reverse("finding-merge", args=[waiting]),
        "find-open": reverse("finding-open", args=[waiting]),
        "causes": reverse("causes"),
        "cause": reverse("cause", args=[newest(causes.visible_to(actor))]),
        "cause-new": f"{reverse('cause-new')}?finding={waiting}",
        "village": reverse("cause-village", args=[places[0].pk if places else 0]),
        "examples": reverse("examples"),
        "example": reverse("example", args=[newest(examples.visible_to(actor))]),
        "example-new": reverse("example-new", args=["practice"]),
        "meetings": reverse("meetings"),
        "meeting": reverse("meeting", args=[newest(meetings.visible_to(actor))]),
        "meeting-new": reverse("meeting-new"),
        "imports": reverse("imports"),
        "import": reverse("import", args=[newest(Batch.objects.filter(realm=f"unit:{actor.town_id}"))]),
        "exports": reverse("exports"),
        "passages": reverse("passages"),
        "whence": reverse("whence", args=["matter", matter]),
        "whence-find": reverse("whence", args=["finding", opened]),
    }
