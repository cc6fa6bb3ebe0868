"""Every write of causes, a verb a function."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from luoshi.chapters.review import queries as review
from luoshi.chapters.review.causes import queries, rules
from luoshi.chapters.review.causes.models import Cause, CauseKind, CauseLink, PainRule, VillageSpot
from luoshi.chapters.review.causes.transitions import unknown
from luoshi.chapters.review.models import Finding
from luoshi.core.journal.actions import record
from luoshi.core.matters import actions as matters
from luoshi.core.matters import queries as matter_queries
from luoshi.core.matters.models import Matter, Secrecy
from luoshi.core.org.models import Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty, Hat
from luoshi.kit.errors import Refused
from luoshi.kit.personal import masked
from luoshi.kit.text import clean, required, required_line, slug

WHY = 200
Thing = Matter | Finding


def _whys(whys: Sequence[str]) -> list[str]:
    """The chain as it is kept. Its end goes into ledgers and papers: numbers of people have no place in it."""
    said = [clean(why) for why in whys]
    while said and not said[-1]:
        said.pop()
    if len(said) > rules.MOST_WHYS:
        raise Refused("cause.too_deep", f"为什么问了 {len(said)} 层。", "最多五层，请合并相近的。", field="why5")
    if not said:
        required("", label="为什么", field="why1", longest=WHY)
    return [
        required_line(masked(why), label=f"第{n}个为什么", field=f"why{n}", longest=WHY)
        for n, why in enumerate(said, start=1)
    ]


def _kind(town_id: int, kind: str) -> str:
    if kind not in dict(queries.kinds(town_id)):
        raise Refused("cause.kind", "没有选择根源类别。", "请从列表中选一个。", field="kind")
    return kind


def _office(town_id: int, by: Actor, *duties: Duty) -> Hat | None:
    hat = by.hat(*(duties or (Duty.OFFICE,)))
    if not by.is_system and (by.town_id != town_id or hat is None):
        raise Refused("cause.not_office", "这一项由督办室办理。", "请联系督办室。")
    return hat


def _locked(cause: Cause, *, by: Actor, at: datetime) -> Cause:
    found = Cause.objects.select_for_update(of=("self",)).select_related("town").filter(pk=cause.pk).first()
    if found is None or not queries.visible_to(by).filter(pk=found.pk).exists():
        raise unknown()
    if at < found.last_at:
        raise Refused("cause.before_last", "时间早于上一步。", "请核对时间。", field="at")
    return found


def _seen(thing: Thing, *, by: Actor) -> Thing:
    """The thing as it is now, for who may see it. A finding that has become a matter stands for the matter.
    Accusations have no place here."""
    if isinstance(thing, Finding):
        finding = review.visible_to(by).filter(is_accusation=False, pk=thing.pk).select_related("matter").first()
        if finding is None:
            raise Refused("review.unknown", "没有这件问题，或您不在其知悉范围内。", "请核对编号。")
        return finding.matter or finding
    matter = matter_queries.visible_to(by).exclude(secrecy=Secrecy.ACCUSATION).filter(pk=thing.pk).first()
    if matter is None:
        raise Refused("matter.unknown", "没有这个事项，或您不在其知悉范围内。", "请核对编号。")
    return matter


@transaction.atomic
def record_cause(
    *, town: Unit, kind: str, whys: Sequence[str], things: Sequence[Thing], by: Actor, at: datetime
) -> Cause:
    """找根源: a chain of one to five whys for these matters and findings; its end becomes their 根源.

    Refused: a chain with nothing in it, a hole in it, or more than five; a kind that the town does not have;
    ``cause.of_nothing`` without a thing; whatever ``link`` refuses.
    """
    if by.town_id not in (None, town.pk) if by.is_system else by.town_id != town.pk:
        raise unknown()
    if not things:
        raise Refused("cause.of_nothing", "没有选择是哪件事的根源。", "请从事项或问题的页面点“找根源”。")
    cause = Cause.objects.create(
        town=town,
        kind=_kind(town.pk, kind),
        whys=_whys(whys),
        made_by_id=by.person_id,
        made_at=at,
        last_at=at,
    )
    record(
        stream=cause.stream,
        verb="cause.recorded",
        by=by.signature(),
        at=at,
        data={"kind": cause.kind, "depth": len(cause.whys)},
        words={f"why{n}": why for n, why in enumerate(cause.whys, start=1)},
        begins=True,
    )
    for thing in things:
        _link(cause, thing, by=by, at=at)
    return cause


@transaction.atomic
def link(cause: Cause, thing: Thing, *, by: Actor, at: datetime) -> Cause:
    """归到: one more matter or finding has this cause. Refused: ``cause.linked_already`` for what has one."""
    found = _locked(cause, by=by, at=at)
    _link(found, thing, by=by, at=at)
    return found


def _link(cause: Cause, thing: Thing, *, by: Actor, at: datetime) -> None:
    now = _seen(thing, by=by)
    if now.town_id != cause.town_id:
        raise unknown()
    if isinstance(now, Matter):
        _may_analyse(now, by)
        there = CauseLink.objects.filter(matter=now).select_related("cause").first()
    else:
        _office(now.town_id, by)
        there = CauseLink.objects.filter(finding=now).select_related("cause").first()
    if there is not None:
        raise Refused(
            "cause.linked_already", f"这件事的根源已经记为“{there.cause.root}”。", "要换，请先在那个根源的页面拿开。"
        )
    CauseLink.objects.create(
        cause=cause,
        matter=now if isinstance(now, Matter) else None,
        finding=now if isinstance(now, Finding) else None,
    )
    if isinstance(now, Matter):
        _fill(now, cause.root, by=by, at=at)
    Cause.objects.filter(pk=cause.pk).update(last_at=at)
    record(stream=cause.stream, verb="cause.linked", by=by.signature(), at=at, data={"thing": now.stream})


def follow(finding: Finding, matter: Matter, *, by: Actor, at: datetime) -> None:
    """A finding that was analysed has become a matter: its cause goes along, inside the act of opening it."""
    there = CauseLink.objects.select_related("cause").filter(finding=finding).first()
    if there is None:
        return
    there.finding, there.matter = None, matter
    there.save(update_fields=["finding", "matter"])
    _fill(matter, there.cause.root, by=by, at=at)
    record(stream=there.cause.stream, verb="cause.linked", by=by.signature(), at=at, data={"thing": matter.stream})


def _may_analyse(matter: Matter, by: Actor) -> None:
    if by.is_system or by.has(Duty.OFFICE) or matter.handler_id in by.people_ids:
        return
    raise Refused("cause.not_yours", "事项的根源由督办室或经办人来找。", "请联系经办人或督办室。")


def _fill(matter: Matter, root: str, *, by: Actor, at: datetime) -> None:
    """The end of the chain is the 根源 of the ledger, entered once."""
    if matter.is_open and matter.cause != root:
        matters.describe(matter, cause=root, by=by, at=at)


@transaction.atomic
def unlink(cause: Cause, thing: Thing, *, by: Actor, at: datetime) -> Cause:
    """拿开: this matter or finding has another cause. What its ledger says stays until another is found."""
    found = _locked(cause, by=by, at=at)
    _office(found.town_id, by)
    rows = found.links.filter(matter_id=thing.pk) if isinstance(thing, Matter) else found.links.filter(finding=thing)
    if not rows.delete()[0]:
        raise Refused("cause.not_linked", "这件事不在这个根源之下。", "请刷新后再看。")
    found.last_at = at
    found.save(update_fields=["last_at"])
    record(stream=found.stream, verb="cause.unlinked", by=by.signature(), at=at, data={"thing": thing.stream})
    return found


@transaction.atomic
def amend(cause: Cause, *, kind: str, whys: Sequence[str], by: Actor, at: datetime) -> Cause:
    """改写: another chain or kind; the 根源 of every open matter under it follows. Refused: ``cause.nothing_changed``."""
    found = _locked(cause, by=by, at=at)
    _office(found.town_id, by)
    said = _whys(whys)
    if (said, kind) == (found.whys, found.kind):
        raise Refused("cause.nothing_changed", "内容没有改动。", "改好后再提交。")
    found.kind, found.whys, found.last_at = _kind(found.town_id, kind), said, at
    found.save(update_fields=["kind", "whys", "last_at"])
    record(
        stream=found.stream,
        verb="cause.amended",
        by=by.signature(),
        at=at,
        data={"kind": found.kind, "depth": len(said)},
        words={f"why{n}": why for n, why in enumerate(said, start=1)},
    )
    for one in found.links.filter(matter__isnull=False).select_related("matter").order_by("pk"):
        assert one.matter is not None
        _fill(one.matter, found.root, by=by, at=at)
    return found


@transaction.atomic
def hang(cause: Cause, *, under: Cause | None, by: Actor, at: datetime) -> Cause:
    """挂到更深的根源之下, or (``None``) take it from there. Refused: ``cause.goes_round`` for a circle."""
    Unit.objects.select_for_update().get(pk=cause.town_id)  # whoever hangs causes is alone with the tree
    found = _locked(cause, by=by, at=at)
    _office(found.town_id, by)
    if under is not None:
        if not queries.visible_to(by).filter(pk=under.pk, town_id=found.town_id).exists():
            raise unknown()
        tree = dict(Cause.objects.filter(town_id=found.town_id).values_list("pk", "under_id"))
        if rules.goes_round(tree, cause=found.pk, deeper=under.pk):
            raise Refused(
                "cause.goes_round",
                "这样挂会绕成一圈：一个根源成了它自己的根源。",
                "请想一想哪一个更深，只挂一头。",
                field="under",
            )
    if found.under_id == (under.pk if under else None):
        raise Refused("cause.nothing_changed", "已经是这样挂的。", "不用再办。", field="under")
    found.under, found.last_at = under, at
    found.save(update_fields=["under", "last_at"])
    data = {"under": under.pk if under else None}
    record(stream=found.stream, verb="cause.hung", by=by.signature(), at=at, data=data)
    return found


@transaction.atomic
def set_weights(*, town: Unit, people: int, weeks: int, places: int, reason: str, by: Actor, at: datetime) -> PainRule:
    """调整算法: a new version of what people, weeks and places weigh, each from 0 to 100, not all 0."""
    hat = _office(town.pk, by, Duty.OFFICE, Duty.SECRETARY)
    said = required_line(reason, label="理由", field="reason", longest=200)
    for value, field in ((people, "people"), (weeks, "weeks"), (places, "places")):
        if not 0 <= value <= 100:
            raise Refused("cause.weight", "每一项从 0 到 100。", "请改小一点。", field=field)
    if not people + weeks + places:
        raise Refused("cause.weight", "三项都是 0，就分不出轻重了。", "请至少留一项。", field="people")
    Unit.objects.select_for_update().get(pk=town.pk)
    before = queries.weights(town.pk)
    made = PainRule.objects.create(
        town=town,
        version=before.version + 1,
        people=people,
        weeks=weeks,
        places=places,
        reason=said,
        made_by_id=by.person_id,
        made_at=at,
    )
    record(
        stream=f"unit:{town.pk}",
        verb="cause.weights_set",
        by=by.signature(hat),
        at=at,
        data={"version": made.version, "people": people, "weeks": weeks, "places": places},
        words={"reason": said},
    )
    return made


@transaction.atomic
def add_kind(*, town: Unit, code: str, name: str, by: Actor, at: datetime) -> CauseKind:
    """A kind of the town's own, beside the standard ones. Refused: ``cause.kind_known`` for a code that is there."""
    hat = _office(town.pk, by)
    plain = slug(code, label="代码", field="code")
    named = required_line(name, label="类别", field="name", longest=60)
    Unit.objects.select_for_update().get(pk=town.pk)
    if plain in dict(queries.kinds(town.pk)):
        raise Refused("cause.kind_known", "已有这个代码的类别。", "请换一个代码。", field="code")
    made = CauseKind.objects.create(town=town, code=plain, name=named)
    record(
        stream=f"unit:{town.pk}",
        verb="cause.kind_added",
        by=by.signature(hat),
        at=at,
        data={"code": plain},
        words={"name": named},
    )
    return made


@transaction.atomic
def place_village(unit: Unit, *, x: int, y: int, by: Actor, at: datetime) -> VillageSpot:
    """Put a village where it is drawn on the sketch. Refused: what is no village, a place off the sheet."""
    hat = _office(unit.town_id or 0, by, Duty.OFFICE, Duty.DATA)
    if unit.kind != UnitKind.VILLAGE:
        raise Refused("cause.no_village", "示意图上只摆村（社区）。", "请选择一个村。", field="unit")
    if not (0 <= x <= 100 and 0 <= y <= 100):
        raise Refused("cause.off_the_sheet", "位置要在 0 到 100 之间。", "请重新填写。", field="x")
    spot, _ = VillageSpot.objects.update_or_create(unit=unit, defaults={"x": x, "y": y})
    record(stream=f"unit:{unit.pk}", verb="cause.village_placed", by=by.signature(hat), at=at, data={"x": x, "y": y})
    return spot
