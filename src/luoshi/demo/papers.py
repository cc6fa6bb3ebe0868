"""Papers of the demo township, drawn from its year: a brief in the archive, a circular that units sign for, an order that
waits to be checked."""

from datetime import date, datetime, timedelta

from luoshi.core.matters.models import Matter, Secrecy
from luoshi.core.matters.queries import lit
from luoshi.core.papers import actions, registry
from luoshi.core.papers.models import Kind, Paper
from luoshi.demo.world import World, data
from luoshi.kit.errors import Refused

DRAFTER, REVIEWER, LEADER, SECRETARY = "周敏", "吴桐", "王建军", "陈立新"
RECEIVERS = ("赵小兰", "李秋", "孟丽")


def papers(world: World, today: date) -> list[str]:
    """Write them; the sentences of what was refused (there should be none)."""
    month = (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    letterheads(world)
    desk = _Desk(world, _days_before(world, today, 2))
    stopped: list[str] = []
    for act in (desk.brief, desk.circular, desk.order):
        try:
            act(month, today)
        except Refused as refused:
            stopped.append(f"{desk.at:%Y-%m-%d %H:%M} 公文：{refused}")
    return stopped


def letterheads(world: World) -> None:
    """Whose mark and number each kind of paper bears, from the data of the town; the year's numbers begin with them."""
    by, at = world.who(DRAFTER), world.end - timedelta(days=700)
    for row in data("town")["series"]:
        told = {key: row[key] for key in ("code", "mark", "signed_as", "printed_by")}
        series = actions.open_series(town=world.town, by=by, at=at, **told)
        for kind in row["kinds"]:
            actions.use_series(Kind(kind), series, town=world.town, by=by, at=at)


def _days_before(world: World, today: date, count: int) -> date:
    """The ``count``-th working day before a day."""
    day = today
    while count:
        day -= timedelta(days=1)
        count -= world.calendar.is_working(day)
    return day


class _Desk:
    """Whoever writes, some minutes later with every act."""

    def __init__(self, world: World, day: date) -> None:
        self.world, self.at = world, world.on_day(day)

    def tick(self) -> datetime:
        self.at = self.world.at_work(self.at, hours=0.2)
        return min(self.at, self.world.end)

    def draft(self, key: str, today: date, **asked: str) -> Paper:
        source = registry.get(key)
        if source is None:
            raise RuntimeError(f"no source {key!r}")
        by = self.world.who(DRAFTER)
        return actions.draft(source.write(by, asked, today), by=by, at=self.tick())

    def issue(self, paper: Paper, signer: str) -> None:
        actions.submit(paper, by=self.world.who(DRAFTER), at=self.tick())
        actions.review(paper, by=self.world.who(REVIEWER), at=self.tick(), words="数字核过，可以发。")
        actions.issue(paper, by=self.world.who(signer), at=self.tick())

    def brief(self, month: str, today: date) -> None:
        paper = self.draft("month", today, month=month)
        self.issue(paper, LEADER)
        actions.archive(paper, by=self.world.who(DRAFTER), at=self.tick())

    def circular(self, month: str, today: date) -> None:
        paper = self.draft("circular", today, month=month)
        by = self.world.who(DRAFTER)
        body = paper.body.replace(
            "（待填：其他要求）", "各单位要把经办人定到人、时限定到天，每件事办完都请提出人评价。"
        )
        units = [unit.pk for unit in self.world.units.values() if unit.pk not in by.unit_ids and unit.code != "jiwei"]
        actions.edit(
            paper,
            seen=paper.version,
            title=paper.title,
            body=body,
            recipients=paper.recipients,
            units=units,
            by=by,
            at=self.tick(),
        )
        self.issue(paper, SECRETARY)
        for name in RECEIVERS:
            actions.receive(paper, by=self.world.who(name), at=self.tick())

    def order(self, month: str, today: date) -> None:
        late = Matter.objects.filter(lit("red", today=today), town=self.world.town, lead_unit__isnull=False)
        late = late.filter(secrecy=Secrecy.OPEN)
        matter = late.order_by("resolve_due", "pk").first()
        if matter is None:
            return
        paper = self.draft("matter", today, matter=str(matter.pk))
        actions.submit(paper, by=self.world.who(DRAFTER), at=self.tick())
