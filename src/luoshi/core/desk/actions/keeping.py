"""Views and columns. They change nothing of the town's records and are told to nobody, so the journal knows nothing of
them: how a person likes to read is nobody else's matter."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from luoshi.core.desk.models import Habit, View
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.text import required_line

MOST_VIEWS = 30
NAME = 20


def _person(by: Actor) -> int:
    if not by.is_person or by.person_id is None:
        raise Refused("desk.nobody", "没有登录，不能记住。", "请先登录。")
    return by.person_id


def _name(name: str) -> str:
    return required_line(name, label="名称", field="name", longest=NAME)


def _view(pk: int, *, by: Actor, also_shared: bool = False) -> View:
    """One of the person's own, or with ``also_shared`` one of the unit's; ``desk.unknown`` for every other."""
    person = _person(by)
    found = View.objects.select_for_update().filter(pk=pk).first()
    if found is None or (found.person_id != person and not (also_shared and found.unit_id in by.unit_ids)):
        raise Refused("desk.unknown", "没有这个查看方式，或不是您的。", "可能已经去掉，请刷新。")
    return found


@transaction.atomic
def keep(
    ledger: str,
    *,
    name: str,
    params: Mapping[str, str],
    said: Mapping[str, str],
    by: Actor,
    at: datetime,
    shared: bool = False,
    opens: bool = False,
) -> View:
    """记住这个样子 under a name; one's own view of the same name becomes this one. Refused: ``desk.too_many``."""
    person, name = _person(by), _name(name)
    found = View.objects.select_for_update().filter(person_id=person, ledger=ledger, name=name).first()
    if found is None:
        if View.objects.filter(person_id=person, ledger=ledger).count() >= MOST_VIEWS:
            raise Refused("desk.too_many", f"一本台账最多记住 {MOST_VIEWS} 个样子。", "请先去掉不用的。", field="name")
        found = View(person_id=person, ledger=ledger, name=name)
    found.params, found.said, found.kept_at = dict(params), dict(said), at
    found.unit_id = _unit(by) if shared else None
    found.save()
    if opens:
        _habit(person, ledger, opens=found)
    return found


def _unit(by: Actor) -> int:
    hat = by.hat()
    if hat is None:
        raise Refused("desk.no_unit", "您现在不在任何单位任职，不能给同事共用。", "请只给自己用。", field="shared")
    return hat.unit_id


def _habit(person: int, ledger: str, **values: object) -> None:
    Habit.objects.update_or_create(person_id=person, ledger=ledger, defaults=values)


@transaction.atomic
def rename(pk: int, *, name: str, by: Actor) -> View:
    """改名. Refused: ``desk.name_taken``."""
    view = _view(pk, by=by)
    view.name = _name(name)
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError:
        raise Refused("desk.name_taken", f"您已有一个叫“{view.name}”的。", "请换一个名称。", field="name") from None
    return view


@transaction.atomic
def remove(pk: int, *, by: Actor) -> View:
    """去掉: one's own; what is shared with a unit also by whoever heads it."""
    view = _view(pk, by=by, also_shared=True)
    if view.person_id != by.person_id and by.hat(Duty.HEAD, unit_ids=[view.unit_id or 0]) is None:
        raise Refused("desk.not_own", "这是同事共享的，您不能去掉。", "请由其本人或本单位负责人去掉。")
    gone = View(pk=view.pk, name=view.name, ledger=view.ledger)
    view.delete()
    return gone


@transaction.atomic
def open_with(pk: int, *, by: Actor) -> View:
    """打开台账时先看: one's own view or one of the unit's."""
    view = _view(pk, by=by, also_shared=True)
    _habit(_person(by), view.ledger, opens=view)
    return view


@transaction.atomic
def open_plainly(pk: int, *, by: Actor) -> View:
    """不再先看: the ledger opens with everything."""
    view = _view(pk, by=by, also_shared=True)
    Habit.objects.filter(person_id=_person(by), ledger=view.ledger, opens=view).update(opens=None)
    return view


@transaction.atomic
def share(pk: int, *, by: Actor) -> View:
    """给本单位的同事也用."""
    view = _view(pk, by=by)
    view.unit_id = _unit(by)
    view.save(update_fields=["unit"])
    return view


@transaction.atomic
def unshare(pk: int, *, by: Actor) -> View:
    """只给自己用. Colleagues for whom the ledger opened with it see everything again."""
    view = _view(pk, by=by)
    view.unit_id = None
    view.save(update_fields=["unit"])
    Habit.objects.filter(opens=view).exclude(person_id=view.person_id).update(opens=None)
    return view


@transaction.atomic
def choose_columns(ledger: str, *, columns: Collection[str], by: Actor) -> None:
    """Remember the keys of the columns of a ledger."""
    _habit(_person(by), ledger, columns=list(columns))


@transaction.atomic
def forget_columns(ledger: str, *, by: Actor) -> None:
    """The ledger's own columns again."""
    Habit.objects.filter(person_id=_person(by), ledger=ledger).update(columns=[])
