"""The figures that papers are made of, each a name and the text of its source."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from luoshi.core.matters.models import Evaluation

Figures = dict[str, str]


def matters(**filters: str | int | date) -> str:
    """The source that counts matters under these filters of their ledger."""
    return f"matters?{urlencode({key: str(value) for key, value in filters.items()})}"


def received(start: date, end: date, **filters: str | int) -> str:
    return matters(received_from=start, received_to=end, **filters)


def closed(start: date, end: date, **filters: str | int) -> str:
    return matters(state="closed", ended_from=start, ended_to=end, **filters)


def answers(start: date, end: date, answer: str) -> str:
    span = urlencode({"answer": answer or "waiting", "asked_from": start.isoformat(), "asked_to": end.isoformat()})
    return f"query:matters.answers?{span}"


def urgings(start: date, end: date) -> str:
    return f"query:matters.urgings?{urlencode({'at_from': start.isoformat(), 'at_to': end.isoformat()})}"


def whole(start: date, end: date, said: str) -> Figures:
    """What is said of a town in a span; ``said`` is the span in a word (本月, 本年)."""
    return {
        f"{said}收到": received(start, end),
        f"{said}销号": closed(start, end),
        f"{said}逾期销号": closed(start, end, late=1),
        "在办": matters(light="open"),
        "逾期在办": matters(light="red"),
        "今明两日到期": matters(light="yellow"),
        "中止或等候": matters(light="wait"),
    }


COLUMNS = ("收到", "销号", "逾期销号", "在办", "逾期")


def of_unit(start: date, end: date, pk: int) -> Sequence[str]:
    """The sources of ``COLUMNS`` for one unit."""
    return (
        received(start, end, unit=pk),
        closed(start, end, unit=pk),
        closed(start, end, unit=pk, late=1),
        matters(light="open", unit=pk),
        matters(light="red", unit=pk),
    )


ANSWERS = (
    (Evaluation.Answer.SATISFIED, "满意"),
    (Evaluation.Answer.FAIRLY, "基本满意"),
    (Evaluation.Answer.UNSATISFIED, "不满意"),
    (Evaluation.Answer.NO_ANSWER, "未答复"),
)


def common(today: date) -> Figures:
    """The figures that are asked for most, to choose from: this month, this year, as things stand."""
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    named = {**whole(month, today, "本月"), **whole(year, today, "本年")}
    said = {f"本年评价{word}": answers(year, today, answer) for answer, word in ANSWERS}
    return {**named, **said, "本年催办和督办单": urgings(year, today)}
