"""Minutes as an official document (纪要), drawn from the version that was issued."""

from datetime import date, datetime

from django.utils import timezone

from luoshi.chapters.review.meetings.models import Minutes, Resolution
from luoshi.kit.documents.model import Block, Document, Heading, Para

LABELS = dict(Resolution.Kind.choices)


def document(minutes: Minutes, *, issuer: str) -> Document:
    """The draft of the minutes of ``issuer``. No number: the town gives it. Minutes bear neither signature nor seal."""
    body = minutes.body
    held = timezone.localtime(datetime.fromisoformat(body["held_at"]))
    where = f"在{body['place']}" if body["place"] else ""
    opening = f"{_day(held.date())}，{body['chair']}{where}主持召开{body['name']}。"
    blocks: list[Block] = [Para((opening,))]
    if body["present"]:
        blocks.append(Para((f"出席：{'、'.join(body['present'])}。",)))
    if body["sitting_in"]:
        blocks.append(Para((f"列席：{'、'.join(body['sitting_in'])}。",)))
    for item in body["items"]:
        blocks.append(Heading(1, item["title"]))
        blocks += [Para((_line(n, one),)) for n, one in enumerate(item["agreed"], start=1)]
        if not item["agreed"]:
            blocks.append(Para(("会议听取了情况，没有议定事项。",)))
    blocks.append(Para((f"记录：{body['recorder']}。",)))
    version = f"第{minutes.version}版，改动的理由：{minutes.reason}" if minutes.version > 1 else ""
    return Document(
        title=f"{body['name']}纪要",
        issuer=f"{issuer}会议纪要",
        kind="纪要",
        body=tuple(blocks),
        signed_by=issuer,
        dated=timezone.localdate(minutes.issued_at),
        note=version,
    )


def _line(n: int, one: dict[str, str]) -> str:
    who = f"由{one['unit']}负责" if one["unit"] else ""
    due = f"{_day(date.fromisoformat(one['due']))}前完成" if one["due"] else ""
    tail = "，".join(part for part in (who, due) if part)
    text = one["text"].rstrip("。；; \n")
    number = f"（{one['number']}）" if one["number"] else ""
    return f"{n}．{LABELS[one['kind']]}：{text}{'，' + tail if tail else ''}。{number}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
