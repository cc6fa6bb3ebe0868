"""Towns with their letterhead, units, and the posts in them."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from luoshi.core.journal.actions import record
from luoshi.core.org.actions.keepers import may_keep
from luoshi.core.org.models import Appointment, Post, TownProfile, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional, required_line, slug

PROFILE_KEEPERS = (Duty.SECRETARY, Duty.OFFICE, Duty.DATA)


@transaction.atomic
def found_town(
    *, name: str, code: str, by: Actor, at: datetime, parent: Unit | None = None, is_demo: bool = False
) -> Unit:
    """A town with its letterhead. The code is its place in paths: lower-case letters, digits and hyphens."""
    name = required_line(name, label="乡镇名称", field="name", longest=80)
    code = slug(code, label="代码", field="code")
    path = f"{parent.path if parent else '/'}{code}/"
    if Unit.objects.filter(path=path).exists():
        raise Refused("org.code_taken", f"代码“{code}”已被使用。", "请换一个代码。", field="code")
    town = Unit(parent=parent, name=name, code=code, kind=UnitKind.TOWN, path=path)
    town.save()
    town.town = town
    town.save(update_fields=["town"])
    TownProfile.objects.create(unit=town, issuer=f"{name}党政综合办公室", document_code=name[:2], is_demo=is_demo)
    record(stream=f"unit:{town.pk}", verb="org.town_founded", by=by.signature(), at=at, words={"name": name})
    return town


@transaction.atomic
def open_unit(*, parent: Unit, name: str, code: str, kind: UnitKind, by: Actor, at: datetime, order: int = 0) -> Unit:
    """A unit under another. Names are unique among siblings; a closed parent takes no children."""
    may_keep(by, parent.town_id)
    name = required_line(name, label="单位名称", field="name", longest=80)
    code = slug(code, label="代码", field="code")
    parent = Unit.objects.select_for_update().get(pk=parent.pk)
    if parent.closed_on:
        raise Refused(
            "org.parent_closed", f"{parent.name}已撤销，不能再设下级。", "请选择在用的上级单位。", field="parent"
        )
    if parent.children.filter(name=name).exists():
        raise Refused("org.unit_name_taken", f"{parent.name}下已有“{name}”。", "请核对是否已建。", field="name")
    path = f"{parent.path}{code}/"
    if Unit.objects.filter(path=path).exists():
        raise Refused("org.code_taken", f"代码“{code}”已被使用。", "请换一个代码。", field="code")
    unit = Unit.objects.create(
        parent=parent, town_id=parent.town_id, name=name, code=code, kind=kind, path=path, order=order
    )
    record(
        stream=f"unit:{unit.pk}",
        verb="org.unit_opened",
        by=by.signature(),
        at=at,
        data={"kind": str(kind), "parent": parent.pk},
        words={"name": name},
    )
    return unit


@transaction.atomic
def rename_unit(unit: Unit, *, name: str, by: Actor, at: datetime) -> Unit:
    may_keep(by, unit.town_id)
    name = required_line(name, label="单位名称", field="name", longest=80)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if Unit.objects.filter(parent_id=unit.parent_id, name=name).exclude(pk=unit.pk).exists():
        raise Refused("org.unit_name_taken", f"同级已有“{name}”。", "请换一个名称。", field="name")
    before, unit.name = unit.name, name
    unit.save(update_fields=["name"])
    record(
        stream=f"unit:{unit.pk}", verb="org.unit_renamed", by=by.signature(), at=at, words={"from": before, "to": name}
    )
    return unit


@transaction.atomic
def close_unit(unit: Unit, *, on: date, by: Actor, at: datetime) -> Unit:
    """The unit ends: ``on`` is the first day without it. Refused while anybody is in post there
    or a part still exists."""
    may_keep(by, unit.town_id)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.kind == UnitKind.TOWN:
        raise Refused("org.town_stays", "乡镇本身不能在这里撤销。", "请联系上级主管部门。")
    if unit.closed_on:
        raise Refused("org.unit_closed", f"{unit.name}已经撤销。", "无需重复办理。")
    held = Appointment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), post__unit=unit)
    if held.exists():
        raise Refused("org.unit_staffed", f"{unit.name}还有在任人员，不能撤销。", "请先为他们办理免职或调岗。")
    if unit.children.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on)).exists():
        raise Refused("org.unit_has_parts", f"{unit.name}还有下级单位，不能撤销。", "请先撤销下级单位。")
    unit.closed_on = on
    unit.save(update_fields=["closed_on"])
    record(stream=f"unit:{unit.pk}", verb="org.unit_closed", by=by.signature(), at=at, data={"on": on.isoformat()})
    return unit


@transaction.atomic
def create_post(*, unit: Unit, name: str, duties: list[Duty], by: Actor, at: datetime) -> Post:
    may_keep(by, unit.town_id)
    name = required_line(name, label="岗位名称", field="name", longest=60)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.closed_on:
        raise Refused("org.unit_closed", f"{unit.name}已撤销，不能再设岗位。", "请选择在用的单位。", field="unit")
    if Post.objects.filter(unit=unit, name=name).exists():
        raise Refused("org.post_name_taken", f"{unit.name}已有岗位“{name}”。", "请换一个名称。", field="name")
    post = Post.objects.create(unit=unit, name=name, duties=sorted(str(d) for d in set(duties)))
    record(
        stream=f"post:{post.pk}",
        verb="org.post_created",
        by=by.signature(),
        at=at,
        data={"unit": unit.pk, "duties": list(post.duties)},
        words={"name": name},
    )
    return post


@transaction.atomic
def change_duties(post: Post, *, duties: list[Duty], by: Actor, at: datetime) -> Post:
    """What the post is for. Nobody widens a post of their own, nor one of a person for whom they act."""
    may_keep(by, post.unit.town_id)
    post = Post.objects.select_for_update(of=("self",)).select_related("unit").get(pk=post.pk)
    if any(hat.post_id == post.pk for hat in by.hats):
        raise Refused("org.own_post", "不能调整自己所在岗位的职责。", "请由另一位维护人员办理。", field="duties")
    before, post.duties = list(post.duties), sorted(str(d) for d in set(duties))
    post.save(update_fields=["duties"])
    record(
        stream=f"post:{post.pk}",
        verb="org.duties_changed",
        by=by.signature(),
        at=at,
        data={"from": before, "to": list(post.duties)},
    )
    return post


@transaction.atomic
def close_post(post: Post, *, on: date, by: Actor, at: datetime) -> Post:
    """The post ends: ``on`` is the first day without it. Refused while anybody holds it then or later."""
    may_keep(by, post.unit.town_id)
    post = Post.objects.select_for_update(of=("self",)).select_related("unit").get(pk=post.pk)
    if post.closed_on:
        raise Refused("org.post_closed", f"岗位“{post.name}”已经撤销。", "无需重复办理。")
    if Appointment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), post=post).exists():
        raise Refused(
            "org.post_held", f"岗位“{post.name}”还有人在任，不能撤销。", "请先为在任人员办理免职。", field="on"
        )
    post.closed_on = on
    post.save(update_fields=["closed_on"])
    record(stream=f"post:{post.pk}", verb="org.post_closed", by=by.signature(), at=at, data={"on": on.isoformat()})
    return post


@transaction.atomic
def change_profile(
    town: Unit,
    *,
    issuer: str,
    document_code: str,
    evaluation_days: int,
    discipline_contact: str,
    higher_contact: str,
    by: Actor,
    at: datetime,
    takes_words: bool = True,
) -> TownProfile:
    """What the town decides for itself. For secretary, office and data posts; silence of raisers is waited for 1 to 30
    days. A town that does not take words is not offered on the public page."""
    if not by.is_system and (by.town_id != town.pk or not by.has(*PROFILE_KEEPERS)):
        raise Refused("org.not_profile_keeper", "本镇设置由党委书记、督办室或数据岗维护。", "请联系督办室办理。")
    if not 1 <= evaluation_days <= 30:
        raise Refused(
            "org.evaluation_days", "评价等待天数要在 1 至 30 天之间。", "请改一个数。", field="evaluation_days"
        )
    profile = TownProfile.objects.select_for_update().get(unit=town)
    profile.issuer = required_line(issuer, label="发文机关标志", field="issuer", longest=80)
    profile.document_code = required_line(document_code, label="发文字号代字", field="document_code", longest=20)
    profile.evaluation_days = evaluation_days
    profile.discipline_contact = optional(
        discipline_contact, label="纪检监察受理方式", field="discipline_contact", longest=200
    )
    profile.higher_contact = optional(higher_contact, label="上级纪检监察受理方式", field="higher_contact", longest=200)
    profile.takes_words = takes_words
    profile.save()
    record(
        stream=f"unit:{town.pk}",
        verb="org.profile_changed",
        by=by.signature(),
        at=at,
        data={"evaluation_days": evaluation_days, "takes_words": takes_words},
        words={
            "issuer": profile.issuer,
            "document_code": profile.document_code,
            "discipline_contact": profile.discipline_contact,
            "higher_contact": profile.higher_contact,
        },
    )
    return profile
