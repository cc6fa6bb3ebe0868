"""Units from a sheet."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from luoshi.core.journal.actions import gathering
from luoshi.core.org import actions
from luoshi.core.org.imports.actors import KEEPERS, actor_again, may, realm, ref
from luoshi.core.org.imports.directory import joined, name_key, names
from luoshi.core.org.models import Unit, UnitKind
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.imports.cells import fold
from luoshi.kit.imports.registry import Applied, Column, Import, SheetRow

_KINDS = {
    UnitKind.VILLAGE: ("村", "社区", "行政村", "村居", "居委会", "村委会", "村(社区)", "村级", "居委", "村民委员会"),
    UnitKind.STATION: (
        *("站所", "站", "所", "中心", "事业单位", "七站八所", "服务中心", "派驻机构", "派驻单位", "派出机构"),
        *("双管单位", "垂管单位", "直属单位", "大队", "直属事业单位", "公益一类", "公益二类"),
        *("公益一类事业单位", "公益二类事业单位"),
    ),
    UnitKind.OFFICE: (
        "内设机构",
        "办公室",
        "党政机构",
        "机关",
        "科室",
        "办",
        "行政",
        "行政机构",
        "机关科室",
        "综合办事机构",
    ),
    UnitKind.OTHER: ("其他", "其他单位", "企业", "学校"),
}


def _kind(said: str, name: str) -> UnitKind:
    """The kind that is said; where nothing is, what the name ends with."""
    if said:
        for kind, words in _KINDS.items():
            if name_key(said) in words or said == kind.label:
                return kind
        labels = "、".join(kind.label for kind in _KINDS)
        raise Refused(
            "org.kind_unknown", f"“类别”填的“{said[:20]}”没有这一类。", f"请填{labels}之一，或留空。", field="kind"
        )
    if name.endswith(("村", "社区", "居委会", "村委会")):
        return UnitKind.VILLAGE
    return UnitKind.STATION if name.endswith(("站", "所", "中心")) else UnitKind.OFFICE


def _code(parent: Unit, name: str) -> str:
    """A code that the same unit gets again: a sheet tells none."""
    return f"u-{hashlib.sha256(f'{parent.path}{name}'.encode()).hexdigest()[:10]}"


def _apply_unit(row: SheetRow, *, by: Actor, at: datetime) -> Applied:
    name, above = row.text("name"), row.text("parent")
    towns = Unit.objects.filter(town_id=by.town_id)
    town = towns.get(pk=by.town_id or 0)
    parent = town
    directory = names(by, on=timezone.localdate(at))
    if above and not (directory.is_town(above) and not directory.units_called(above)):
        parent = directory.unit(above, label="上级单位", field="parent")
    kind = _kind(row.text("kind"), name)
    if fold(name) == fold(town.name):
        return Applied("same", name)
    known = directory.units.get(name_key(name), [])
    found = [unit for unit in known if not above or unit.parent_id == parent.pk]
    if len(found) > 1:
        raise Refused("org.unit_ambiguous", f"镇里有几个“{name}”。", "请写明上级单位。", field="parent")
    if found:
        if found[0].closed_on:
            raise Refused("org.unit_closed", f"{name}已撤销。", "恢复或新设请在“机构人员”里办理。", field="name")
        if row.text("kind") and found[0].kind != kind:
            raise Refused(
                "org.kind_differs",
                f"{name}在名册里是“{found[0].get_kind_display()}”，表里是“{kind.label}”。",
                "类别设立后不改，请核对。",
                field="kind",
            )
        return Applied("same", name)
    actions.open_unit(
        parent=parent, name=name, code=_code(parent, name), kind=kind, by=by, at=at, order=row.number % 999
    )
    return Applied("new", f"{parent.name} · {name}（{kind.label}）")


def _above_first(rows: Sequence[SheetRow]) -> Sequence[int]:
    """Units above before those below them, else in the sheet's order."""
    own = {name_key(row.text("name")): place for place, row in enumerate(rows)}
    order: dict[int, None] = {}

    def put(place: int, below: frozenset[int]) -> None:
        above = own.get(name_key(rows[place].text("parent")))
        if above is not None and above not in order and above not in below and above != place:
            put(above, below | {place})
        order.setdefault(place)

    for place in range(len(rows)):
        put(place, frozenset())
    return list(order)


UNITS = Import(
    slug="units",
    label="单位",
    hint="名称、上级单位、类别",
    columns=(
        Column(
            "name",
            "名称",
            ("单位名称", "单位", "机构名称", "部门名称", "全称", "机构", "部门", "村名", "单位全称", "站所名称"),
            kind="name",
            required=True,
            filled=True,
        ),
        Column(
            "parent",
            "上级单位",
            ("上级", "隶属单位", "所属单位", "主管单位", "上级机构", "隶属", "上级部门", "隶属关系", "主管部门"),
            endings=("上级", "隶属"),
            kind="name",
        ),
        Column(
            "kind",
            "类别",
            ("单位类别", "类型", "单位性质", "单位类型", "性质", "机构类别", "机构性质", "机构类型"),
            endings=("类别", "类型", "性质"),
        ),
    ),
    identify=lambda row: joined((row.text("parent"), row.text("name"))),
    apply=_apply_unit,
    may=may(*KEEPERS),
    realm=realm,
    ref=ref,
    actor_of=actor_again,
    writing=gathering,
    arrange=_above_first,
    together=True,
    most=5_000,
    result_url=lambda: reverse("org"),
)
