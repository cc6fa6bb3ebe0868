"""Papers about a span of time: the month's brief, a report on how things stand, a circular by unit, the year's report.

Units stand in the town's own order and people not at all: these papers compare nobody. What only a person can write is
marked ``（待填：…）`` and holds the paper back until it is written. A report goes to one body above, others get a copy
(《党政机关公文处理工作条例》, 15).
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from luoshi.core.matters.models import Raiser, Secrecy
from luoshi.core.matters.queries.period import Period, period
from luoshi.core.org.models import Unit, UnitKind
from luoshi.core.org.rules import Actor
from luoshi.core.papers.models import Kind, Reach
from luoshi.core.papers.registry import Ask, Draft, Source, register
from luoshi.core.papers.writing import counts
from luoshi.core.papers.writing.counts import Figures
from luoshi.core.plan import queries as plan
from luoshi.core.plan.models import GoalLevel
from luoshi.kit.errors import Refused
from luoshi.kit.ledgers import registry as ledgers

MOST_UNITS = 30
MOST_OVERDUE = 6
MOST_GOALS = 20
RULE = (
    "统计口径：计时从收到之日起，三日内反馈，一般事项七日内、重大复杂事项一个月内办结，另定期限的从其规定，"
    "期限至当日二十四时止。逾期，指过了办结期限还没有申请销号，或申请销号时已过期限；等候核查和评价的时间不计。检举控告不在统计之内。"
)


class Text:
    """The lines of a paper and the figures that they name."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.figures: Figures = {}

    def say(self, *lines: str) -> None:
        self.lines += lines

    def know(self, figures: Mapping[str, str]) -> None:
        self.figures.update(figures)

    def figure(self, name: str, source: str) -> str:
        """A figure's place in the text; a name that stands for another source already is told apart by a number."""
        name = name[:36].translate({ord(c): None for c in "【】|｜"})
        kept, n = name, 2
        while self.figures.get(kept, source) != source:
            kept, n = f"{name}{n}", n + 1
        self.figures[kept] = source
        return f"【{kept}】"

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> None:
        if caption:
            self.say(f"表：{caption}")
        self.say("|" + "|".join(head) + "|")
        self.lines += ["|" + "|".join(cell.replace("|", "／") for cell in row) + "|" for row in rows]

    @property
    def body(self) -> str:
        return "\n".join(self.lines)


def month_of(text: str, today: date) -> tuple[date, date]:
    """The first and the last day of ``2026-11``. Refused where it is none, or has not begun."""
    try:
        start = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Refused("papers.month", "月份没有看懂。", "请按 2026-11 的样子填写。", field="month") from None
    if start.day != 1 or start.year < 2000 or start > today:
        raise Refused("papers.month", "这个月还没有到。", "请选已经开始的月份。", field="month")
    return start, start.replace(day=monthrange(start.year, start.month)[1])


def span_of(asked: Mapping[str, str], today: date) -> tuple[date, date]:
    try:
        start, end = date.fromisoformat(asked.get("start", "")), date.fromisoformat(asked.get("end", ""))
    except ValueError:
        raise Refused("papers.span", "起止日期没有填全。", "请选开始和截止的日期。", field="start") from None
    if not date(2000, 1, 1) <= start <= end or start > today:
        raise Refused(
            "papers.span", "起止日期不对。", "截止日期不能早于开始日期，开始日期不能在今天以后。", field="start"
        )
    return start, end


def _cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _whole(text: Text, start: date, end: date, *, span: str, said: str) -> None:
    figures = counts.whole(start, end, said)
    text.know(figures)
    text.say(
        f"{span}，全镇收到事项【{said}收到】件，销号【{said}销号】件，其中逾期销号【{said}逾期销号】件。"
        "截至本文印发之日，在办【在办】件，其中逾期【逾期在办】件、今明两日到期【今明两日到期】件、中止或上报等候【中止或等候】件。"
    )


def _units(text: Text, found: Period, start: date, end: date) -> None:
    rows = []
    for unit in _standing(found)[:MOST_UNITS]:
        sources = counts.of_unit(start, end, unit.pk)
        named = zip(counts.COLUMNS, sources, strict=True)
        rows.append([unit.name, *(text.figure(f"{unit.name}{label}", source) for label, source in named)])
    if not rows:
        text.say("本期没有交办到单位的事项。")
        return
    text.table(("牵头单位", *counts.COLUMNS), rows)


def _standing(found: Period) -> list[Unit]:
    """The units with matters in the span that still exist: only of those can be asked again."""
    units = [row.unit for row in found.units if row.unit]
    return [unit for unit in units if unit.closed_on is None and unit.kind != UnitKind.TOWN]


def _overdue(text: Text, found: Period) -> None:
    if not found.overdue:
        text.say("拟稿时没有逾期在办的事项。")
        return
    rows = [
        [
            matter.number,
            "（限定知悉范围，略）"
            if matter.secrecy in (Secrecy.RESTRICTED, Secrecy.ACCUSATION)
            else matter.title[:24] + ("…" if len(matter.title) > 24 else ""),
            matter.lead_unit.name if matter.lead_unit else "尚未交办",
            f"{matter.resolve_due:%Y-%m-%d}",
        ]
        for matter in found.overdue
    ]
    text.table(("编号", "事项", "牵头单位", "办结期限"), rows)
    text.say(f"以上为拟稿时期限最早的{len(rows)}件，全部见问题台账。")


def _pains(text: Text, found: Period, start: date, end: date) -> str:
    told = [
        f"{pain.name}{text.figure(f'{pain.name}类', counts.received(start, end, category=pain.category_id))}件"
        for pain in found.pains
    ]
    return "收到两件以上的类别：" + "；".join(told) + "。" if told else ""


def _answers(text: Text, start: date, end: date) -> None:
    told = [f"{word}{text.figure(f'评价{word}', counts.answers(start, end, a))}人次" for a, word in counts.ANSWERS]
    text.say(f"就本期申请销号的事项征询提出人，{'、'.join(told)}。未答复的不作满意计。")


def _found(actor: Actor, start: date, end: date, today: date) -> tuple[Unit, Period]:
    town = Unit.objects.get(pk=actor.town_id or 0)
    return town, period(town, start=start, end=end, today=today, most=MOST_OVERDUE)


def _report(
    kind: Kind,
    text: Text,
    found: Period,
    days: tuple[date, date],
    rest: Callable[[Text], None],
    *,
    span: str,
    said: str,
    title: str,
    recipients: str,
    copies_to: str = "",
    origin: str,
) -> Draft:
    """A report on how things stand: the whole and the units, which all of them tell, and the ``rest``, in which they
    differ. What ``text`` says already stands before it."""
    text.say("一、总体情况")
    _whole(text, *days, span=span, said=said)
    text.say(RULE, "二、各单位办理情况")
    _units(text, found, *days)
    rest(text)
    return Draft(
        kind=kind,
        title=title,
        recipients=recipients,
        copies_to=copies_to,
        body=text.body,
        figures=tuple(text.figures.items()),
        origin=origin,
        reach=Reach.NAMED,
        issued_by=True,
    )


def brief(actor: Actor, asked: Mapping[str, str], today: date) -> Draft:
    """月度简报: how the town's matters went in a month."""
    start, end = month_of(asked.get("month", ""), today)
    _, found = _found(actor, start, end, today)
    span = f"{start.year}年{start.month}月"

    def rest(text: Text) -> None:
        text.say("三、逾期在办事项")
        _overdue(text, found)
        if pains := _pains(text, found, start, end):
            text.say("四、反映集中的问题", pains)
        text.say("五、提出人的评价")
        _answers(text, start, end)

    return _report(
        Kind.BRIEF,
        Text(),
        found,
        (start, end),
        rest,
        span=span,
        said="本月",
        title=f"关于{span}问题办理情况的报告",
        recipients="镇党委、镇人民政府",
        origin=f"month:{start:%Y-%m}",
    )


def situation(actor: Actor, asked: Mapping[str, str], today: date) -> Draft:
    """情况报告: how things stand in a span of days."""
    start, end = span_of(asked, today)
    town, found = _found(actor, start, end, today)
    span, text = f"{_cn(start)}至{_cn(end)}", Text()
    text.say(f"现将{town.name}{span}问题办理情况报告如下。")

    def rest(text: Text) -> None:
        text.say("三、主要做法", "（待填：这一期主要做了什么）", "四、存在的问题和下一步打算")
        text.say("（待填：问题和打算）", "特此报告。")

    return _report(
        Kind.SITUATION,
        text,
        found,
        (start, end),
        rest,
        span=span,
        said="本期",
        title="关于问题办理情况的报告",
        recipients="县委",
        copies_to="县人民政府",
        origin=f"span:{start:%Y%m%d}-{end:%Y%m%d}",
    )


def circular(actor: Actor, asked: Mapping[str, str], today: date) -> Draft:
    """通报 by unit, in the town's own order; no person is named and nobody is compared with others."""
    start, end = month_of(asked.get("month", ""), today)
    _, found = _found(actor, start, end, today)
    span = f"{start.year}年{start.month}月"
    text = Text()
    text.say(f"现将{span}问题办理情况通报如下。", "一、办理情况")
    _whole(text, start, end, span=span, said="本月")
    _units(text, found, start, end)
    text.say("各单位按镇内顺序排列，不分先后。", RULE, "二、有关要求")
    text.say("有逾期在办事项的单位，要逐件查明原因，确有困难的及时报告，需要协调的由督办室提请会商。")
    text.say("（待填：其他要求）")
    units = tuple(unit.pk for unit in _standing(found) if unit.pk not in actor.unit_ids)
    return Draft(
        kind=Kind.CIRCULAR,
        title=f"关于{span}问题办理情况的通报",
        recipients="各村（社区）、镇直各单位",
        body=text.body,
        figures=tuple(text.figures.items()),
        origin=f"circular:{start:%Y-%m}",
        units=units,
    )


def annual(actor: Actor, asked: Mapping[str, str], today: date) -> Draft:
    """年度报告 to the county along the three orientations: 目标、问题、结果."""
    asked_year = asked.get("year", "")
    year = int(asked_year) if asked_year.isascii() and asked_year.isdigit() and len(asked_year) == 4 else 0
    if not 2000 <= year <= today.year:
        raise Refused("papers.year", "年份没有看懂，或还没有到。", "请按 2026 的样子填写。", field="year")
    start, end = date(year, 1, 1), date(year, 12, 31)
    town, found = _found(actor, start, end, today)
    text = Text()
    text.say(
        f"{year}年，{town.name}坚持目标导向、问题导向、结果导向，把群众反映和上级交办的事项逐件立项、逐件办理、逐件销号。"
        "现将全年情况报告如下。",
        "一、坚持目标导向，事项对着目标办",
    )
    _goals(text, actor, start, end)
    text.say("二、坚持问题导向，把问题找全找准")
    _problems(text, actor, found, start, end)
    text.say("三、坚持结果导向，办到群众认可")
    _results(text, found, start, end, year)
    text.say("四、存在的不足和下一步打算", "（待填：不足和打算）", "特此报告。")
    return Draft(
        kind=Kind.ANNUAL,
        title=f"关于{year}年度工作落实情况的报告",
        recipients="县委",
        copies_to="县人民政府",
        body=text.body,
        figures=tuple(text.figures.items()),
        origin=f"year:{year}",
        reach=Reach.NAMED,
        issued_by=True,
    )


def _goals(text: Text, actor: Actor, start: date, end: date) -> None:
    known = [branch for branch in plan.tree(plan.goals(actor)) if branch.goal.level == GoalLevel.TOWN]
    text.say(
        f"全年收到的事项中，没有注明服务目标的{text.figure('未注明目标', counts.received(start, end, goal='none'))}件，"
        "其余都对着目标办理。"
    )
    if not known:
        return
    rows = [
        [
            branch.goal.name,
            text.figure(f"{branch.goal.name[:30]}收到", counts.received(start, end, goal=branch.goal.pk)),
            text.figure(f"{branch.goal.name[:30]}销号", counts.closed(start, end, goal=branch.goal.pk)),
            text.figure(f"{branch.goal.name[:30]}在办", counts.matters(light="open", goal=branch.goal.pk)),
        ]
        for branch in known[:MOST_GOALS]
    ]
    text.table(("目标", "收到", "销号", "在办"), rows, "各项目标下的事项")


def _problems(text: Text, actor: Actor, found: Period, start: date, end: date) -> None:
    text.know(counts.whole(start, end, "本年"))
    first = "全年收到事项【本年收到】件。"
    review = ledgers.get("findings")
    if review is not None and review.may(actor):
        source = f"findings?received_from={start}&received_to={end}"
        first = f"全年查摆问题{text.figure('查摆问题', source)}件，立项办理和由其他渠道进来的事项共【本年收到】件。"
    kinds = [
        f"{label}{text.figure(f'{label}提出', counts.received(start, end, kind=kind))}件"
        for kind, label in Raiser.Kind.choices
    ]
    text.say(first, "按谁提出的看，" + "，".join(kinds) + "；一件事由几方提出的分别计。")
    if pains := _pains(text, found, start, end):
        text.say(pains)


def _results(text: Text, found: Period, start: date, end: date, year: int) -> None:
    _whole(text, start, end, span=f"{year}年", said="本年")
    again = text.figure("重开过", counts.received(start, end, reopened=1))
    looked = text.figure("回头看", counts.closed(start, end, looked=1))
    pressed = text.figure("催办和督办单", counts.urgings(start, end))
    text.say(f"本年收到的事项中，销号后又重新打开的{again}件；本年销号的事项中，做过回头看的{looked}件。")
    text.say(f"全年催办和发督办单{pressed}次。")
    _answers(text, start, end)
    _units(text, found, start, end)
    text.say(RULE)


MONTH = Ask("month", "月份", "month")
register(Source("month", "月度简报", Kind.BRIEF, "全镇一个月的办理情况，数字都从台账里来。", brief, (MONTH,)))
register(
    Source(
        "span",
        "情况报告",
        Kind.SITUATION,
        "从哪天到哪天的办理情况，做法和打算由您写。",
        situation,
        (Ask("start", "从", "day"), Ask("end", "到", "day")),
    )
)
register(Source("circular", "通报", Kind.CIRCULAR, "按单位通报一个月的办理情况，不点个人姓名。", circular, (MONTH,)))
register(
    Source(
        "year",
        "年度报告",
        Kind.ANNUAL,
        "报县里的全年报告，按目标、问题、结果三个导向写。",
        annual,
        (Ask("year", "年份", "year"),),
    )
)
