"""A plan is loaded, and loaded again when its wording changes."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from luoshi.core.journal.actions import record
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor
from luoshi.core.plan.actions.frame import keeper
from luoshi.core.plan.models import Link, Part, PlanText, Version
from luoshi.core.plan.reading import Opened, read_plan
from luoshi.core.plan.reading.deadlines import deadline
from luoshi.core.plan.reading.versions import same_sentences
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional, required_line

NAME, SOURCE, FILE = 120, 200, 200
_LONGEST_NUMBER = 40


@transaction.atomic
def load_plan(
    *,
    town: Unit,
    opened: Opened,
    by: Actor,
    at: datetime,
    name: str = "",
    source: str = "",
    file_name: str = "",
    plan: PlanText | None = None,
) -> Version:
    """A plan, or with ``plan`` its next wording, read into sentences.

    What people said of a sentence (what it is, who sees to it, its links) goes along to the same sentence of the next
    wording. ``name``: the text's own title unless said. Refused: ``plan.not_keeper``, ``plan.same_text``,
    ``text.name.missing`` where the text has no title and none is said.
    """
    hat = keeper(town.pk, by)
    read = read_plan(opened)
    title = "".join(part.text for part in read.tree.title)
    before: Version | None = None
    if plan is None:
        plan = PlanText.objects.create(
            town=town,
            name=required_line(name or title[:NAME], label="方案名称", field="name", longest=NAME),
            source=optional(" ".join(source.split()), label="出处", field="source", longest=SOURCE),
        )
    else:
        plan = PlanText.objects.select_for_update().get(pk=plan.pk, town=town)
        before = plan.versions.order_by("-number").first()
        if before is not None and before.text == opened.text:
            raise Refused("plan.same_text", "与现行版的文字完全一样。", "请核对是否传错了文件。", field="file")
    version = Version.objects.create(
        plan=plan,
        number=before.number + 1 if before else 1,
        text=opened.text,
        file_name=file_name[:FILE],
        notes=opened.notes,
        enumerations=[{"name": one.name, "items": list(one.items)} for one in read.enumerations],
        loaded_at=at,
    )
    year = timezone.localdate(at).year
    parts = []
    for place, part in enumerate(read.parts):
        due, words = deadline(part.text, year=year)
        parts.append(
            Part(
                version=version,
                place=place,
                kind=part.kind,
                number=part.number[:_LONGEST_NUMBER],
                text=part.text,
                start=part.start,
                text_start=part.text_start,
                end=part.end,
                due=due,
                due_words=words,
            )
        )
    carried = _carry(before, parts) if before else []
    made = Part.objects.bulk_create(parts, batch_size=500)
    links = [Link(part=made[i], source=old.source, label=old.label, whole=old.whole) for i, old in carried]
    Link.objects.bulk_create(links)
    record(
        stream=plan.stream,
        verb="plan.text_loaded",
        by=by.signature(hat),
        at=at,
        data={"version": version.number, "sentences": len(parts), "links": len(links)},
        words={"name": plan.name, "file": version.file_name},
    )
    return version


def _carry(before: Version, parts: Sequence[Part]) -> list[tuple[int, Link]]:
    """Gives the new sentences what was said of the same old ones; their links, by the new one's place."""
    old = list(before.parts.prefetch_related("links").order_by("place"))
    links: list[tuple[int, Link]] = []
    for then, now in same_sentences([part.text for part in old], [part.text for part in parts]):
        for name in ("is_plain", "alias", "unit_id", "person_id", "goal_id"):
            setattr(parts[now], name, getattr(old[then], name))
        if old[then].due and not parts[now].due:
            parts[now].due = old[then].due
        if old[then].corrected:
            parts[now].kind, parts[now].corrected = old[then].kind, True
        links += [(now, link) for link in old[then].links.all()]
    return links
