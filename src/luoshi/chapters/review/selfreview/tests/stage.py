"""A town in the middle of a round of self-review."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from luoshi.chapters.review.selfreview import actions
from luoshi.chapters.review.selfreview.actions import Written
from luoshi.chapters.review.selfreview.models import Round, Sheet
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor
from luoshi.testing.cast import Cast

OWN = "对灌区管护的新要求只在会上念过，没有逐条对到我手里的活上"


@dataclass
class Room:
    """``at`` moves on by a minute with every act."""

    cast: Cast
    at: datetime
    rounds: list[Round] = field(default_factory=list)

    def __getitem__(self, part: str) -> Actor:
        return self.cast.actor(self.cast.everybody[part], timezone.localdate(self.at))

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    def tick(self, **length: float) -> datetime:
        self.at += timedelta(**(length or {"minutes": 1}))
        return self.at

    @property
    def round(self) -> Round:
        return Round.objects.get(pk=self.rounds[-1].pk)

    def open(self, *, deadline: date, by: str = "secretary", title: str = "第四季度自查") -> Round:
        self.rounds.append(
            actions.open_round(town=self.cast.town, title=title, deadline=deadline, by=self[by], at=self.tick())
        )
        return self.rounds[-1]

    def of(self, part: str) -> Sheet:
        """Somebody's own sheet, fresh."""
        person: Person = self.cast.everybody[part]
        return Sheet.objects.select_related("round", "unit", "person").get(round=self.rounds[-1], person=person)

    def unit(self, code: str) -> Sheet:
        return Sheet.objects.select_related("round", "unit", "person").get(
            round=self.rounds[-1], kind="unit", unit=self.cast.units[code]
        )

    def write(self, sheet: Sheet, by: str, text: str = OWN, **more: Any) -> Sheet:
        told = {"guidance": Written(text, ["timely"], ["thought", "work"]), **more.pop("written", {})}
        return actions.save(
            sheet, written=told, seen=more.pop("seen", sheet.version), by=self[by], at=self.tick(), **more
        )

    def hand_in(self, sheet: Sheet, by: str, text: str = OWN, **more: Any) -> Sheet:
        self.write(sheet, by, text, **more)
        return actions.hand_in(sheet, by=self[by], at=self.tick())
