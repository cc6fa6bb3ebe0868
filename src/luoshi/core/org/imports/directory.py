"""How the importers of this and higher floors find units and people by name."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from luoshi.core.journal.actions import remembered
from luoshi.core.org import queries
from luoshi.core.org.models import Person, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.imports.cells import fold
from luoshi.kit.imports.registry import SheetRow

_ASIDE = re.compile(r"[(（\[【](.*?)[)）\]】]")
_FILLED_IN = re.compile(r"(?:填报|填表|责任|整改|所属|报送|上报)?单位(?:\(.*?\))?:")
_NUMBER = re.compile(r"[\d\-—+]{7,}")
_BODY = re.compile(r"[村居]?(?:民?委(?:员?会)?|两委|党?总?支部?(?:委员会)?|党委)")
_TOWN_BODY = re.compile(r"[党委和、及人民政府机关]{0,10}")
_POST = re.compile(r"(长|书记|主任|委员|主席|干事|专员|队员|员|同志)$")


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
        if self.is_town(said):
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

    def is_town(self, said: str) -> bool:
        """Whether the town itself is meant: 云岭镇, 云岭镇人民政府, 云岭镇党委、政府."""
        head, own, behind = name_key(said).partition(name_key(self.town.name))
        return bool(own) and not head and _TOWN_BODY.fullmatch(behind) is not None

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
        """The one unit in use whose name has all characters of what was said, in their order (农服中心), or with which
        it begins (石桥村村委会)."""
        wanted = _unaside(name_key(said).removeprefix(name_key(self.town.name)))
        fitting = [
            unit.name
            for key, units in self.units.items()
            for unit in units
            if len(wanted) > 1 and not unit.closed_on and (_is_short_for(wanted, key) or _is_body_of(wanted, key))
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


def _is_body_of(said: str, name: str) -> bool:
    """石桥村村委会, 石桥村民委员会, 石桥村党支部 of 石桥村."""
    return said.startswith(name) and _BODY.fullmatch(said[len(name) :]) is not None


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


def joined(parts: Iterable[str]) -> str:
    return "\x1f".join(fold(part) for part in parts)
