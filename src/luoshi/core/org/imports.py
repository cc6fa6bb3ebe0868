"""Units and people from Excel, and how the importers of this and higher floors find units and people by name."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from luoshi.core.journal.actions import gathering, remembered
from luoshi.core.org import actions, queries
from luoshi.core.org.models import Account, Person, Post, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.imports import registry
from luoshi.kit.imports.cells import fold
from luoshi.kit.imports.registry import Applied, Column, Import, SheetRow

KEEPERS = (Duty.ORGANISATION, Duty.DATA)
_HEAD = re.compile(r"(?<!副)(主任|书记|站长|所长|队长|院长|校长|局长|会长|负责人)$")
_ASIDE = re.compile(r"[(（\[【](.*?)[)）\]】]")
_FILLED_IN = re.compile(r"(?:填报|填表|责任|整改|所属|报送|上报)?单位(?:\(.*?\))?:")
_NUMBER = re.compile(r"[\d\-—+]{7,}")
_POST = re.compile(r"(长|书记|主任|委员|主席|干事|专员|队员|员|同志)$")
_KINDS = {
    UnitKind.VILLAGE: ("村", "社区", "行政村", "村居", "居委会", "村委会", "村(社区)", "村级", "居委", "村民委员会"),
    UnitKind.STATION: (
        *("站所", "站", "所", "中心", "事业单位", "七站八所", "服务中心", "派驻机构", "派驻单位", "派出机构"),
        *("双管单位", "垂管单位", "直属单位", "大队", "直属事业单位", "公益一类", "公益二类"),
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


def realm(actor: Actor) -> str:
    """The town, as the body whose data are brought in."""
    return f"unit:{actor.town_id}"


def ref(actor: Actor) -> str:
    """The person, to be found again when a job goes on."""
    return f"person:{actor.person_id}"


def actor_again(said: str, at: datetime) -> Actor | None:
    """The person with the posts held at a moment; ``None`` when they have left."""
    kind, _, pk = said.partition(":")
    person = (
        Person.objects.filter(pk=int(pk), left_on__isnull=True).select_related("town").first()
        if (kind == "person" and pk.isdigit())
        else None
    )
    return queries.actor_of(person, on=timezone.localdate(at)) if person else None


def may(*duties: Duty) -> Callable[[object], bool]:
    """Whether an actor holds one of these duties."""
    return lambda actor: isinstance(actor, Actor) and actor.is_person and actor.has(*duties)


@dataclass(frozen=True)
class Names:
    """The units and people of a town by name, as they stand now."""

    town: Unit
    units: dict[str, list[Unit]]
    people: dict[str, list[Person]]
    posts: dict[int, frozenset[int]]
    heads: dict[int, list[Person]]

    def unit(self, said: str, *, label: str, field: str) -> Unit:
        """The unit of this name, with or without the town's own before it or what is in brackets behind it.

        Refused: none (with the name that may have been meant), several, closed.
        """
        found = self.units_called(said)
        in_use = [unit for unit in found if not unit.closed_on]
        if len(in_use) == 1:
            return in_use[0]
        if len(in_use) > 1:
            raise Refused(
                "org.unit_ambiguous",
                f"“{label}”填的“{said}”，镇里有 {len(in_use)} 个同名单位。",
                "请先改名区分。",
                field=field,
            )
        if found:
            raise Refused("org.unit_closed", f"“{label}”填的“{said}”已撤销。", "请填在用的单位。", field=field)
        if name_key(said) == name_key(self.town.name):
            raise Refused(
                "org.unit_is_town", f"“{label}”填的是镇本身。", "请填具体的单位，例如班子、办公室或村。", field=field
            )
        meant = self._meant(said)
        raise Refused(
            "org.unit_unknown",
            f"“{label}”填的“{said[:40]}”不在单位名册里。",
            f"是不是“{meant}”？请写成名册里的名称。" if meant else "请核对名称，或先导入单位。",
            field=field,
        )

    def units_called(self, said: str) -> list[Unit]:
        """The units that bear a name, also closed ones."""
        whole = name_key(said)
        own = name_key(self.town.name)
        _, _, behind = whole.partition(own)
        names = [name for name in (whole, behind) if name]
        for name in names:
            if found := self.units.get(name):
                return found
        bare = [_unaside(name) for name in names]
        return [unit for key, units in self.units.items() if _unaside(key) in bare for unit in units]

    def _meant(self, said: str) -> str:
        """The one unit in use whose name has all characters of what was said, in their order: 农服中心."""
        wanted = name_key(said).removeprefix(name_key(self.town.name))
        fitting = [
            unit.name
            for key, units in self.units.items()
            for unit in units
            if len(wanted) > 1 and not unit.closed_on and _is_short_for(wanted, key)
        ]
        return fitting[0] if len(fitting) == 1 else ""

    def around(self, row: SheetRow) -> Unit | None:
        """The unit whose rows these are, where no column says it: named by the sheet, at the head of its title, or, for a
        village or a station, as who filled it in. An office that fills in a sheet may do so for the whole town."""
        if "unit" in row.columns:
            return None
        lines = [line for line in re.split(r"[　\n]+", row.title) if line.strip()]
        told = [name_key(line).removeprefix(name_key(self.town.name)) for line in lines]
        filled_in = [
            unit
            for line in told
            if (by := _FILLED_IN.match(line))
            for unit in self.units_called(line[by.end() :])
            if unit.kind in (UnitKind.VILLAGE, UnitKind.STATION)
        ]
        found = (
            self.units_called(row.sheet)
            or filled_in
            or max(
                (units for key, units in self.units.items() if any(line.startswith(key) for line in told)),
                key=lambda units: len(units[0].name),
                default=[],
            )
        )
        in_use = [unit for unit in found if not unit.closed_on]
        return in_use[0] if len(in_use) == 1 else None

    def person(self, said: str, *, label: str, field: str, unit: Unit | None = None) -> Person:
        """The person of this name; of several namesakes the one of ``unit``, or of the unit named in brackets.

        A post before or in brackets behind the name (副镇长王建军) is passed over. Refused: nobody, several, two names.
        """
        asides = [name_key(aside) for aside in _ASIDE.findall(said)]
        bare = _NUMBER.sub("", fold(_ASIDE.sub("", said)))
        parts = [part for part in re.split(r"[、,，;；/]+", bare) if part.strip()]
        spaced = bare.split()
        if (
            len([part for part in parts if part.strip()]) > 1
            or sum(name_key(part) in self.people for part in spaced) > 1
        ):
            raise Refused(
                "org.two_people",
                f"“{label}”填了不止一个人：{said[:40]}。",
                "请只填一位，其余写进措施。",
                field=field,
            )
        name = name_key(bare)
        found = self.people.get(name) or self._beside_post(name)
        if not found:
            raise Refused(
                "org.person_unknown",
                f"“{label}”填的“{said[:40]}”不在人员名册里。",
                "请核对姓名，或先导入人员。",
                field=field,
            )
        if len(found) > 1:
            named = {u.pk for aside in asides for u in self.units.get(aside, [])}
            wanted = named or ({unit.pk} if unit else set())
            found = [person for person in found if self.posts.get(person.pk, frozenset()) & wanted]
        if len(found) != 1:
            raise Refused(
                "org.person_ambiguous",
                f"“{label}”填的“{said[:40]}”，镇里不止一人同名。",
                "请写成“姓名（单位）”。",
                field=field,
            )
        return found[0]

    def _beside_post(self, name: str) -> list[Person]:
        """Who is named behind a post (副镇长王建军), or before one (王建军副镇长)."""
        fitting = [own for own in self.people if len(own) > 1 and name.endswith(own)]
        fitting = fitting or [
            own for own in self.people if len(own) > 1 and name.startswith(own) and _POST.search(name[len(own) :])
        ]
        return self.people[max(fitting, key=len)] if fitting else []


def name_key(said: str) -> str:
    """A name as far as it tells one from another: without blanks, brackets and points as ordinary ones."""
    return "".join(unicodedata.normalize("NFKC", fold(said)).split())


def _unaside(key: str) -> str:
    return _ASIDE.sub("", key)


def _is_short_for(short: str, name: str) -> bool:
    rest = iter(name)
    return short[0] == name[0] and all(one in rest for one in short)


def names(actor: Actor, *, on: date) -> Names:
    """The directory by name; read once in a bulk job, and again when a unit, post or person has changed in it."""
    return remembered(
        ("names", actor.town_id, on), lambda: _names(actor, on=on), of=frozenset({"unit", "post", "person"})
    )


def _names(actor: Actor, *, on: date) -> Names:
    units: dict[str, list[Unit]] = {}
    people: dict[str, list[Person]] = {}
    posts: dict[int, set[int]] = {}
    heads: dict[int, list[Person]] = {}
    for unit in queries.units(actor).select_related("town"):
        if unit.kind != UnitKind.TOWN:
            units.setdefault(name_key(unit.name), []).append(unit)
    for person in queries.people(actor):
        people.setdefault(name_key(person.name), []).append(person)
    for held in queries.in_force(on).filter(post__unit__town_id=actor.town_id).select_related("person", "post"):
        posts.setdefault(held.person_id, set()).add(held.post.unit_id)
        if Duty.HEAD in held.post.duties:
            heads.setdefault(held.post.unit_id, []).append(held.person)
    town = Unit.objects.get(pk=actor.town_id or 0)
    return Names(town, units, people, {pk: frozenset(ids) for pk, ids in posts.items()}, heads)


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
    if above and fold(above) != fold(town.name):
        parent = names(by, on=timezone.localdate(at)).unit(above, label="上级单位", field="parent")
    kind = _kind(row.text("kind"), name)
    if fold(name) == fold(town.name):
        return Applied("same", name)
    known = names(by, on=timezone.localdate(at)).units.get(name_key(name), [])
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


def _find_person(row: SheetRow, unit: Unit, *, by: Actor, on: date) -> Person | None:
    """The person of the row: by account, else of this name in this unit, else with this phone; ``None``: a new one.

    Refused where a namesake could be meant and nothing tells.
    """
    name, phone, username = row.text("name"), row.text("phone"), row.text("account").lower()
    people = queries.people(by).filter(left_on__isnull=True)
    if username and (account := Account.objects.filter(username=username).first()) is not None:
        if account.person.town_id != by.town_id or account.person.name != name:
            raise Refused("org.username_taken", f"账号“{username}”已是别人的。", "请核对账号。", field="account")
        return account.person
    namesakes = list(people.filter(name=name))
    in_unit = queries.units_of([person.pk for person in namesakes], on=on)
    here = [person for person in namesakes if unit.pk in in_unit[person.pk]]
    if phone and (same := [person for person in here or namesakes if person.phone == phone]):
        return same[0]
    if len(here) == 1:
        return here[0]
    if len(here) > 1:
        raise Refused("org.person_ambiguous", f"{unit.name}有几位{name}。", "请填手机或账号区分。", field="name")
    idle = [person for person in namesakes if not in_unit[person.pk]]
    if len(idle) == 1 and len(namesakes) == 1:
        return idle[0]
    if namesakes and not phone and not username:
        raise Refused(
            "org.person_ambiguous",
            f"名册里已有别的单位的{name}，看不出是不是同一人。",
            "请填手机或账号：与名册相同的算同一人，不同的算另一人。",
            field="name",
        )
    return None


def _duties(post: str) -> list[Duty]:
    """What a post made by an import is for: work and, where it heads its unit, that. Duties for the whole town are
    given by a person alone."""
    return [Duty.HEAD, Duty.CLERK] if _HEAD.search(post) else [Duty.CLERK]


def _apply_person(row: SheetRow, *, by: Actor, at: datetime) -> Applied:
    today = timezone.localdate(at)
    unit = _unit_of(row.text("unit"), by=by, on=today)
    phone, username = row.text("phone"), row.text("account").lower()
    person = _find_person(row, unit, by=by, on=today)
    done: list[str] = []
    outcome: registry.Outcome = "changed"
    if person is None:
        outcome = "new"
        person = actions.add_person(town=unit.town or unit, name=row.text("name"), phone=phone, by=by, at=at)
    elif phone and phone != person.phone:
        actions.change_contact(person, phone=phone, email=person.email, by=by, at=at)
        done.append("手机")
    done += _appoint(person, unit, row.text("post"), by=by, at=at, on=today)
    account = Account.objects.filter(person=person).first()
    if username and account is None:
        actions.open_account(person, username=username, by=by, at=at)
        done.append("开通账号")
    elif username and account is not None and account.username != username:
        raise Refused(
            "org.has_account", f"{person.name}的账号是“{account.username}”。", "账号开通后不改。", field="account"
        )
    if outcome == "new":
        return Applied("new", f"{person.name}（{unit.name}）")
    return Applied("changed", f"{person.name}：{'、'.join(done)}") if done else Applied("same", person.name)


def _unit_of(said: str, *, by: Actor, on: date) -> Unit:
    """As ``Names.unit``, by its own question: people are added meanwhile, so what is remembered never lasts."""
    exact = list(queries.working_units(by).filter(name=said).select_related("town")[:2])
    return exact[0] if len(exact) == 1 else names(by, on=on).unit(said, label="单位", field="unit")


def _appoint(person: Person, unit: Unit, said: str, *, by: Actor, at: datetime, on: date) -> list[str]:
    held = list(queries.in_force(on).filter(person=person, post__unit=unit).select_related("post"))
    if held and (not said or any(one.post.name == said for one in held)):
        return []
    title = said or "工作人员"
    post = Post.objects.filter(unit=unit, name=title).first()
    if post is None:
        post = actions.create_post(unit=unit, name=title, duties=_duties(title), by=by, at=at)
    elif beyond := {Duty(code) for code in post.duties} - {Duty.HEAD, Duty.CLERK}:
        raise Refused(
            "org.post_beyond_sheet",
            f"岗位“{title}”有全镇的职责（{'、'.join(sorted(d.label.split('：')[0] for d in beyond))}），不能用表格任职。",
            "请在“机构人员”里单独办理任职。",
            field="post",
        )
    actions.appoint(person, post, starts_on=on, by=by, at=at)
    return [f"任{title}"]


def _join(parts: Iterable[str]) -> str:
    return "\x1f".join(fold(part) for part in parts)


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
    identify=lambda row: _join((row.text("parent"), row.text("name"))),
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

PEOPLE = Import(
    slug="people",
    label="人员",
    hint="姓名、单位、职务、手机、账号",
    columns=(
        Column(
            "name", "姓名", ("人员姓名", "名字", "干部姓名"), endings=("姓名",), kind="name", required=True, filled=True
        ),
        Column(
            "unit",
            "单位",
            ("所在单位", "工作单位", "部门", "所属单位", "科室", "站所", "单位名称", "所在部门", "村名", "村（社区）"),
            endings=("单位", "部门", "科室", "站所"),
            kind="name",
            required=True,
            filled=True,
        ),
        Column(
            "post",
            "职务",
            ("岗位", "职位", "现任职务", "岗位职务", "单位及职务", "职务职级", "工作岗位"),
            endings=("职务", "岗位", "职位"),
        ),
        Column(
            "phone",
            "手机",
            ("手机号", "手机号码", "联系电话", "电话", "联系方式", "电话号码", "移动电话"),
            endings=("电话", "手机"),
            kind="code",
        ),
        Column("account", "账号", ("用户名", "登录名", "帐号", "登录账号"), kind="code"),
    ),
    identify=lambda row: _join((row.text("name"), row.text("unit"), row.text("post"), row.text("phone"))),
    apply=_apply_person,
    may=may(*KEEPERS),
    realm=realm,
    ref=ref,
    actor_of=actor_again,
    writing=gathering,
    together=True,
    most=5_000,
    result_url=lambda: reverse("org-people"),
)

registry.register(UNITS)
registry.register(PEOPLE)
