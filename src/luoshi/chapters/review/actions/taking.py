"""Words come in: from the public without account, from a cadre, or by a cadre on somebody else's behalf."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from luoshi.chapters.review import rules
from luoshi.chapters.review.actions.receipts import check, spend
from luoshi.chapters.review.models import FROM_PUBLIC, ORIGIN, POINTED, Channel, Finding, Mode, Via
from luoshi.core.evidence.actions import Checked, attach, validate
from luoshi.core.journal.actions import Signature, record
from luoshi.core.matters.actions import NewRaiser, add_raiser
from luoshi.core.matters.models import Category, Raiser
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import PUBLIC, Actor
from luoshi.kit.errors import Refused
from luoshi.kit.search import actions as search
from luoshi.kit.text import clean, optional, required, required_line

if TYPE_CHECKING:
    Upload: TypeAlias = UploadedFile[bytes]
else:
    Upload = UploadedFile

KIND = "finding"
WORDS, LINE, CONTACT = 4000, 120, 120


@dataclass(frozen=True)
class Taken:
    """A finding with the receipt code that its raiser keeps; it is known only now. Empty: nobody needs one."""

    finding: Finding
    code: str


NUMBER = 60


def search_text(finding: Finding) -> str:
    older = [f"（原编号：{finding.old_number}）"] if finding.old_number else []
    return "\n".join((finding.title, finding.words, *older, finding.place))


def take(
    *,
    town: Unit,
    channel: Channel,
    words: str,
    by: Actor,
    at: datetime,
    received_at: datetime | None = None,
    title: str = "",
    place: str = "",
    mode: str = "",
    via: str = "",
    unit: Unit | None = None,
    category: Category | None = None,
    name: str = "",
    contact: str = "",
    document: str = "",
    heard_by: Person | None = None,
    meeting_name: str = "",
    meeting_on: date | None = None,
    meeting_people: str = "",
    old_number: str = "",
    is_accusation: bool = False,
    source_hidden: bool = True,
    files: Sequence[Upload] = (),
) -> Taken:
    """A finding of one of the six channels; its raiser waits for the matter that may come of it.

    ``words`` is what was said, ``title`` their first sentence unless given, ``name`` who said it (for the two kinds of
    pointing the body, which is required), ``old_number`` what an older list calls it, ``via`` how it came to who enters
    it for another. ``received_at`` (default ``at``) is when the words reached the town, neither later than ``at`` nor
    before 2000: the clock starts there. A receipt is made for citizens, those served, and everybody for whom somebody
    else enters the words.

    Refused: what a channel needs and was not told (the document of 书面点, who heard 当面点, name, date and people of a
    meeting), things of another town, and everybody else's channels from the public. Files are checked before anything
    is written.
    """
    anonymous = not by.is_person or (channel == Channel.CADRE and not via and source_hidden)
    checked = [validate(upload, from_public=anonymous) for upload in files]
    with transaction.atomic():
        return _take(
            town=town,
            channel=Channel(channel),
            words=words,
            by=by,
            at=at,
            received_at=received_at or at,
            title=title,
            place=place,
            mode=mode,
            via=via,
            unit=unit,
            category=category,
            name=name,
            contact=contact,
            document=document,
            heard_by=heard_by,
            meeting_name=meeting_name,
            meeting_on=meeting_on,
            meeting_people=meeting_people,
            old_number=old_number,
            is_accusation=is_accusation,
            source_hidden=source_hidden or is_accusation,
            checked=checked,
        )


def take_from_public(
    *,
    town: Unit,
    channel: Channel,
    words: str,
    address: str,
    at: datetime,
    place: str = "",
    contact: str = "",
    is_accusation: bool = False,
    files: Sequence[Upload] = (),
) -> Taken:
    """The same from the public page: without account, at most 20 a day from one address."""
    check(rules.SUBMISSIONS, address, at=at)
    checked = [validate(upload, from_public=True) for upload in files]
    with transaction.atomic():
        spend(rules.SUBMISSIONS, address, at=at)
        return _take(
            town=town,
            channel=Channel(channel),
            words=words,
            by=PUBLIC,
            at=at,
            received_at=at,
            place=place,
            contact=contact,
            is_accusation=is_accusation,
            checked=checked,
        )


def _take(
    *,
    town: Unit,
    channel: Channel,
    words: str,
    by: Actor,
    at: datetime,
    received_at: datetime,
    title: str = "",
    place: str = "",
    mode: str = "",
    via: str = "",
    unit: Unit | None = None,
    category: Category | None = None,
    name: str = "",
    contact: str = "",
    document: str = "",
    heard_by: Person | None = None,
    meeting_name: str = "",
    meeting_on: date | None = None,
    meeting_people: str = "",
    old_number: str = "",
    is_accusation: bool = False,
    source_hidden: bool = True,
    checked: Sequence[Checked] = (),
) -> Taken:
    _check_who(town, channel, via, by=by)
    rules.check_received(received_at, at=at)
    for thing, label in ((unit, "单位"), (category, "类别"), (heard_by, "听取人")):
        if thing is not None and thing.town_id != town.pk:
            raise Refused("review.other_town", f"{label}不属于本镇。", "请重新选择。", field="unit")
    said = required(words, label="什么问题", field="words", longest=WORDS)
    finding = Finding(
        town=town,
        channel=channel,
        via=Via(via) if via else "",
        title=required_line(title if clean(title) else rules.title_of(said), label="标题", field="title", longest=LINE),
        words=said,
        place=optional(" ".join(clean(place).split()), label="在哪里", field="place", longest=LINE),
        unit=unit,
        category=category,
        old_number=optional(" ".join(clean(old_number).split()), label="原编号", field="number", longest=NUMBER),
        received_at=received_at,
        entered_by_id=by.person_id,
        entered_at=at,
        is_accusation=is_accusation,
        source_hidden=source_hidden,
        last_at=at,
    )
    if channel in POINTED:
        _pointed(finding, mode=mode, document=document, heard_by=heard_by, by=by)
        name = required_line(name, label="谁点的", field="name", longest=60)
    elif channel == Channel.MEETING:
        finding.meeting_name = required_line(meeting_name, label="会议名称", field="meeting_name", longest=LINE)
        finding.meeting_people = required(meeting_people, label="参会人员", field="meeting_people", longest=WORDS)
        finding.meeting_on = _meeting_day(meeting_on, received_at)
        name = name or finding.meeting_name[:60]
    finding.save()
    own = channel == Channel.CADRE and not via and by.is_person
    code = rules.make_code(secrets.choice) if not own and channel not in (*POINTED, Channel.MEETING) else ""
    raiser = add_raiser(
        town=town,
        origin_kind=ORIGIN,
        origin_ref=str(finding.pk),
        new=NewRaiser(
            kind=Raiser.Kind(channel.value),
            raised_at=received_at,
            person=Person(pk=by.person_id) if own and by.person_id else None,
            name=optional(" ".join(clean(name).split()), label="称呼", field="name", longest=60),
            contact=optional(" ".join(clean(contact).split()), label="怎么联系您", field="contact", longest=CONTACT),
            receipt_digest=rules.digest(code) if code else None,
            source_hidden=source_hidden,
        ),
    )
    unnamed = own and source_hidden
    if not is_accusation:
        search.put(KIND, finding.pk, search_text(finding))
    event = record(
        stream=finding.stream,
        verb="finding.taken",
        by=Signature(actor=f"raiser:{raiser.pk}") if unnamed else by.signature(),
        at=received_at,
        recorded=None if received_at == at else at,
        data={
            "channel": str(channel),
            "mode": str(finding.mode),
            "via": str(finding.via),
            "unit": unit.pk if unit else None,
            "accusation": is_accusation,
            "files": len(checked),
        },
        words={"title": finding.title, "words": finding.words, "old_number": finding.old_number},
    )
    for one in checked:
        attach(
            stream=finding.stream,
            event_id=event.pk,
            upload=one,
            by=PUBLIC if unnamed else by,
            at=at,
            from_public=unnamed or not by.is_person,
        )
    return Taken(finding, code)


def _check_who(town: Unit, channel: Channel, via: str, *, by: Actor) -> None:
    if by.is_system:
        return
    if not by.is_person:
        if channel not in FROM_PUBLIC or via:
            raise Refused("review.not_public", "这一渠道由干部登录后录入。", "请登录，或从“反映问题”填写。")
        return
    if by.town_id != town.pk or not by.hats:
        raise Refused("review.not_cadre", "只有本镇在任干部可以录入问题。", "请联系督办室。")
    if channel in FROM_PUBLIC and not via:
        raise Refused("review.via", "没有说明是怎么听来的。", "请选择电话或窗口。", field="via")
    if via and channel not in (*FROM_PUBLIC, Channel.CADRE):
        raise Refused("review.via", "这一渠道不用代录。", "请不要选择代录方式。", field="via")


def _pointed(finding: Finding, *, mode: str, document: str, heard_by: Person | None, by: Actor) -> None:
    if mode not in Mode.values:
        raise Refused("review.mode", "没有选择是当面点还是书面点。", "请选择一种。", field="mode")
    finding.mode = Mode(mode)
    if finding.mode == Mode.WRITTEN:
        finding.document = required_line(document, label="文件名称和文号", field="document", longest=LINE)
        return
    finding.heard_by_id = heard_by.pk if heard_by else by.person_id
    if finding.heard_by_id is None:
        raise Refused("review.heard_by", "当面点要记下是谁听到的。", "请选择听取人。", field="heard_by")


def _meeting_day(day: date | None, received_at: datetime) -> date:
    if day is None:
        raise Refused("review.meeting_on", "“会议日期”没有选择。", "请选择后再提交。", field="meeting_on")
    if not date(2000, 1, 1) <= day <= timezone.localdate(received_at):
        raise Refused(
            "review.meeting_on", "会议日期晚于收到时间或早于 2000 年。", "请核对会议日期。", field="meeting_on"
        )
    return day
