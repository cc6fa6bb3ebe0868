"""The town's own templates: a file of Word with fields, taken only when every field is known."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from luoshi.core.evidence.actions import Checked, attach
from luoshi.core.evidence.rules import DOCX, check_size
from luoshi.core.journal.actions import record
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.papers import document, figures
from luoshi.core.papers.models import Kind, Template
from luoshi.kit.documents import filling
from luoshi.kit.errors import Refused
from luoshi.kit.text import required_line

if TYPE_CHECKING:
    from luoshi.core.evidence.actions import Upload


def _keeper(by: Actor) -> None:
    if not by.has(Duty.OFFICE) or by.town_id is None:
        raise Refused("papers.not_office", "公文模板由督办室管理。", "请联系督办室。")


@transaction.atomic
def add_template(*, name: str, kind: Kind, upload: "Upload", by: Actor, at: datetime) -> Template:
    """Add a template, or the next version of the one that bears the name.

    Refused (field ``file``): what is no sound docx, and ``documents.unknown_field`` with the name of the field.
    """
    _keeper(by)
    name = required_line(name, label="模板名称", field="name", longest=60)
    check_size(upload.size or 0, name="模板", from_public=False)
    upload.seek(0)
    data = upload.read()
    found = [_field(one, by) for one in filling.fields(data)]
    if not any(field["name"] in document.BODY_NAMES for field in found):
        raise Refused(
            "papers.template_no_body",
            "模板里没有 {{正文}}，写的内容没有地方放。",
            "请在正文的位置写上 {{正文}} 后重新上传。",
            field="file",
        )
    town = Unit.objects.select_for_update().get(pk=by.town_id or 0)
    newest = Template.objects.filter(town=town, name=name).aggregate(n=Max("version"))["n"] or 0
    digest = hashlib.sha256(data).hexdigest()
    template = Template.objects.create(
        town=town,
        name=name,
        kind=Kind(kind),
        version=newest + 1,
        fields=found,
        item_id=0,
        sha256=digest,
        added_by=Person(pk=by.person_id) if by.person_id else None,
        added_at=at,
    )
    event = record(
        stream=template.stream,
        verb="paper.template_added",
        by=by.signature(by.hat(Duty.OFFICE)),
        at=at,
        data={"kind": str(template.kind), "version": template.version, "fields": len(found)},
        words={"name": name, "sha256": digest},
        begins=True,
    )
    file = Checked(name=f"{name}.docx", media_type=DOCX.media_type, sha256=digest, data=data)
    template.item_id = attach(stream=template.stream, event_id=event.pk, upload=file, by=by, at=at).pk
    template.save(update_fields=["item_id"])
    return template


def _field(name: str, by: Actor) -> dict[str, Any]:
    """A field as it is kept: its name, and for a figure its source. Refused where nobody knows it."""
    if name in document.NAMES:
        return {"name": name}
    try:
        reading = figures.readable(name, by)
    except Refused as refused:
        why = refused.sentence if "?" in name else "没有这个字段。"
        raise Refused(
            "documents.unknown_field",
            f"模板里的“{{{{{name}}}}}”不认识：{why}",
            f"可以用的字段：{'、'.join(document.CHINESE)}，或者台账加条件，例如 {{{{matters?light=red}}}}。",
            field="file",
        ) from None
    return {"name": name[:40], "source": str(reading.source), "as": name}


@transaction.atomic
def retire_template(template: Template, *, by: Actor, at: datetime) -> Template:
    """No new paper uses it; those that do keep it."""
    _keeper(by)
    found = Template.objects.select_for_update().filter(pk=template.pk, town_id=by.town_id or 0).first()
    if found is None or found.retired_at is not None:
        raise Refused("papers.template_retired", "没有这个模板，或已停用。", "请刷新后再看。")
    found.retired_at = at
    found.save(update_fields=["retired_at"])
    record(stream=found.stream, verb="paper.template_retired", by=by.signature(by.hat(Duty.OFFICE)), at=at)
    return found
