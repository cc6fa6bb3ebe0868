"""Who somebody is at a moment: the duties that posts carry, and the actor whom every action is told of."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from luoshi.core.journal.actions import Signature


class Duty(StrEnum):
    """What a post is for. Everything a person may do follows from these, the unit, and being named on a thing."""

    SECRETARY = "secretary"
    LEADER = "leader"
    OFFICE = "office"
    HEAD = "head"
    CLERK = "clerk"
    DISCIPLINE = "discipline"
    ORGANISATION = "organisation"
    DATA = "data"

    @property
    def label(self) -> str:
        return DUTY_LABELS[self]


DUTY_LABELS = {
    Duty.SECRETARY: "党委书记：看全镇，批准例外",
    Duty.LEADER: "班子成员：分管事项的领导",
    Duty.OFFICE: "督办室：立项、交办、督办、销号",
    Duty.HEAD: "单位负责人：签收、异议、移交",
    Duty.CLERK: "经办人：反馈、申请销号、核查别的单位的事项",
    Duty.DISCIPLINE: "纪检监察：受理检举控告",
    Duty.ORGANISATION: "组织人事：维护机构与人员",
    Duty.DATA: "数据岗：维护账号与基础数据",
}


@dataclass(frozen=True)
class Hat:
    """One post held at a moment, in one's own name or (``principal_id``) as somebody's deputy."""

    post_id: int
    post_name: str
    unit_id: int
    unit_name: str
    unit_path: str
    duties: frozenset[Duty]
    principal_id: int | None = None
    principal_name: str = ""


@dataclass(frozen=True)
class Actor:
    """Who acts or looks. ``public`` has no account; ``system`` is a command that says its name."""

    kind: Literal["person", "public", "system"]
    name: str
    person_id: int | None = None
    town_id: int | None = None
    town_name: str = ""
    hats: tuple[Hat, ...] = field(default=())

    @property
    def is_person(self) -> bool:
        return self.kind == "person"

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def duties(self) -> frozenset[Duty]:
        return frozenset().union(*(hat.duties for hat in self.hats))

    @property
    def unit_ids(self) -> frozenset[int]:
        return frozenset(hat.unit_id for hat in self.hats)

    @property
    def people_ids(self) -> frozenset[int]:
        """Oneself and everybody for whom one acts now: none of them may judge the others' work."""
        ids = {hat.principal_id for hat in self.hats if hat.principal_id} | {self.person_id}
        return frozenset(i for i in ids if i)

    def has(self, *duties: Duty) -> bool:
        return bool(self.duties & frozenset(duties))

    def hat(self, *duties: Duty, unit_ids: Collection[int] | None = None) -> Hat | None:
        """The first hat with one of ``duties`` (any, when none is named) in one of ``unit_ids``, own posts first."""
        fitting = [
            hat
            for hat in self.hats
            if (not duties or hat.duties & frozenset(duties)) and (unit_ids is None or hat.unit_id in unit_ids)
        ]
        return min(fitting, key=lambda hat: hat.principal_id is not None, default=None)

    def signature(self, hat: Hat | None = None) -> Signature:
        """How this actor signs an event, wearing ``hat`` (the first of them unless said)."""
        if self.kind != "person":
            return Signature(actor="public" if self.kind == "public" else f"system:{self.name}")
        hat = hat or self.hat()
        return Signature(
            actor=f"person:{self.person_id}",
            principal=f"person:{hat.principal_id}" if hat and hat.principal_id else "",
            post=f"post:{hat.post_id}" if hat else "",
            unit=f"unit:{hat.unit_id}" if hat else "",
        )


PUBLIC = Actor(kind="public", name="群众")


def system(name: str, *, town_id: int | None = None) -> Actor:
    """A command or job that acts under its own name (``replay``, ``init``)."""
    return Actor(kind="system", name=name, town_id=town_id)
