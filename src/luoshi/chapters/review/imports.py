"""Findings from Excel: what an older list says was raised, with its own dates. Same row = same 编号, else same unit and
text. What somebody said is never rewritten by a sheet."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from luoshi.chapters.review import actions
from luoshi.chapters.review.models import FROM_PUBLIC, POINTED, Channel, Finding, Mode, Via
from luoshi.core.journal.actions import gathering, through
from luoshi.core.org.imports import actor_again, may, names, realm, ref
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.imports import registry
from luoshi.kit.imports.cells import fold
from luoshi.kit.imports.registry import Applied, Column, Import, SheetRow
from luoshi.kit.personal import masked, shortened

TITLE = 120
_OWN = re.compile(r"问(\d{4})-(\d{6,17})")
_SOURCES = (
    (Channel.MEETING, re.compile(r"会议|座谈|恳谈|生活会|议")),
    (Channel.PEER, re.compile(r"同级|兄弟|友邻|互点|互查")),
    (Channel.SUPERIOR, re.compile(r"上级|巡察|巡视|督查|督导|审计|反馈意见|省|市委|市政府|县|通报")),
    (Channel.SERVED, re.compile(r"服务对象|企业|商户|办事人|合作社")),
    (
        Channel.CITIZEN,
        re.compile(r"群众|村民|居民|热线|12345|信访|来访|来信|来电|网民|网友|留言|信箱|网络|微信|网格|入户|意见箱"),
    ),
    (Channel.CADRE, re.compile(r"党员|干部|自查|自我查摆|班子|内部|走访|排查")),
)
_PHONE = re.compile(r"电话|热线|12345|来电")
NOBODY_KNOWN = "原台账未记参会人员"


def _plain(text: str) -> str:
    return "".join(fold(text).split())


def _said(row: SheetRow) -> tuple[str, str]:
    """Title and words."""
    title = " ".join(row.text("title").split())
    words = row.text("words") or row.text("title")
    if len(title) > TITLE:
        words = words if _plain(title) in _plain(words) else f"{title}\n{words}"
        title = shortened(title, TITLE)
    return title or shortened(re.split(r"[。；;\n]", words, maxsplit=1)[0], TITLE), words


def _older(row: SheetRow) -> str:
    """The number that an older list gave: in its own column, or as the only number of the row."""
    number, older = row.text("number"), " ".join(row.text("old_number").split())
    if _OWN.fullmatch(number):
        return older
    number = " ".join(number.split())
    if number and older and number != older:
        raise Refused(
            "review.two_numbers",
            f"“编号”填的是“{number}”，“原编号”填的是“{older}”，不知道以哪个为准。",
            "原台账的编号只填一处；本系统的编号形如 问2026-000012。",
            field="old_number",
        )
    return older or number


def _mark(number: str) -> str:
    """How earlier versions of the program kept an older number: behind the words."""
    return f"\n（原编号：{number}）"


def _identify(row: SheetRow) -> str:
    if number := row.text("number") or row.text("old_number"):
        return f"n:{number}"
    unit = row.text("unit") if "unit" in row.columns or not row.where else row.sheet
    text = "\x1f".join(map(_plain, (unit, *_said(row))))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Known:
    """Findings that rows could mean: by key, and all whose title or older number a row bears."""

    by_key: dict[int, Finding]
    alike: list[Finding]


def _prepare(rows: Sequence[SheetRow], *, by: Actor, at: datetime) -> Known:
    """Of the whole town, also what the importer may not open: a row learns no more than that it is there already."""
    plain = Finding.objects.filter(town_id=by.town_id, is_accusation=False).select_related("unit").order_by("pk")
    keys, wanted = set(), Q(pk__in=())
    for row in rows:
        if own := _OWN.fullmatch(row.text("number")):
            keys.add(int(own[2]))
            continue
        for number in {" ".join(row.text(key).split()) for key in ("number", "old_number")} - {""}:
            wanted |= Q(old_number=number) | Q(words__endswith=_mark(number))
    titles = {_said(row)[0] for row in rows if not row.text("number") and not row.text("old_number")}
    return Known(
        {one.pk: one for one in plain.filter(pk__in=keys)} if keys else {},
        list(plain.filter(wanted | Q(title__in=titles))) if rows else [],
    )


def _find(row: SheetRow, unit: Unit | None, known: Known) -> Finding | None:
    number = row.text("number")
    if own := _OWN.fullmatch(number):
        found = known.by_key.get(int(own[2]))
        if found is None or found.number != number:
            raise Refused("review.unknown", f"没有编号为“{number}”的问题。", "新的问题请把“编号”留空。", field="number")
        return found
    if older := _older(row):
        fits = (one for one in known.alike if one.old_number == older or one.words.endswith(_mark(older)))
        return next(fits, None)
    title, words = _said(row)
    unit_id = unit.pk if unit else None
    fitting = (one for one in known.alike if one.unit_id == unit_id and one.title == title)
    return next((one for one in fitting if _plain(one.words) == _plain(words)), None)


def _channel(said: str) -> Channel:
    for channel in Channel:
        if said == channel.label:
            return channel
    for channel, pattern in _SOURCES:
        if pattern.search(said):
            return channel
    raise Refused(
        "review.channel",
        f"“来源”填的“{said[:20]}”看不出是哪一类。",
        f"请填{'、'.join(channel.label for channel in Channel)}之一。",
        field="source",
    )


def _apply(row: SheetRow, *, by: Actor, at: datetime, known: Known) -> Applied:
    today = timezone.localdate(at)
    directory = names(by, on=today)
    unit = directory.unit(row.text("unit"), label="单位", field="unit") if row.text("unit") else directory.around(row)
    title, words = _said(row)
    if not words.strip():
        raise Refused("text.words.missing", "“问题”没有填写。", "请写明是什么问题。", field="title")
    found = _find(row, unit, known)
    if found is not None:
        return _compare(found, row, unit)
    on = row.day("day") or row.dated or today
    taken = actions.take(
        town=directory.town,
        words=words,
        title=title,
        unit=unit,
        old_number=_older(row),
        received_at=_at(on, at),
        by=by,
        at=at,
        **_told(_channel(row.text("source")), row.text("source"), on),
    ).finding
    return Applied("new", taken.title, thing=taken.stream)


def _check(row: SheetRow, *, by: Actor, at: datetime) -> Iterator[Refused]:
    """What stands for nothing in a row: its unit, its source."""
    try:
        if row.text("unit"):
            names(by, on=timezone.localdate(at)).unit(row.text("unit"), label="单位", field="unit")
    except Refused as said:
        yield said
    try:
        if row.text("source"):
            _channel(row.text("source"))
    except Refused as said:
        yield said


def _at(day: date, now: datetime) -> datetime:
    """The day where the hour is unknown; today: now."""
    if day == timezone.localdate(now):
        return now
    return timezone.make_aware(datetime.combine(day, time(0)))


def _told(channel: Channel, source: str, on: date) -> dict[str, Any]:
    """What the channel asks for, as far as an older list tells it: its words about the source."""
    told: dict[str, Any] = {"channel": channel}
    if channel in POINTED:
        told |= {"mode": Mode.WRITTEN, "document": source[:TITLE], "name": source[:60]}
    elif channel == Channel.MEETING:
        told |= {"meeting_name": source[:TITLE], "meeting_on": on, "meeting_people": NOBODY_KNOWN}
    elif channel in FROM_PUBLIC or channel == Channel.CADRE:
        told["via"] = Via.PHONE if _PHONE.search(source) else Via.COUNTER
    return told


def _compare(found: Finding, row: SheetRow, unit: Unit | None) -> Applied:
    """Nothing of a finding is changed by a sheet: its words are somebody's, the rest is decided by verbs."""
    title, words = _said(row)
    day, received = row.day("day"), timezone.localdate(found.received_at)
    older = _older(row)
    bare = found.words.removesuffix(_mark(older)) if older else found.words
    said = {_plain(bare), _plain(masked(bare))}
    named = {_plain(found.title), _plain(masked(found.title))}
    whole = {_plain(f"{title}\n{one}") for one in (bare, masked(bare))}
    differs = ""
    if _plain(words) not in said | whole and _plain(title) not in named:
        differs = "title"
    elif row.text("words") and _plain(words) not in said:
        differs = "words"
    elif older and found.old_number != older and bare == found.words:
        differs = "old_number"
    elif unit is not None and unit.pk != found.unit_id:
        differs = "unit"
    elif day is not None and day != received:
        differs = "day"
    elif row.text("source") and _channel(row.text("source")) != found.channel:
        differs = "source"
    if differs:
        raise Refused(
            "review.owned_by_take",
            f"{found.number} 已由“录入”记下，这一格与系统里不一样。",
            "提出人的原话和来源录入后不改；有新情况请另报一条，或由督办室答复、立项、并入。",
            field=differs,
        )
    again = tuple(key for key in row.values if key not in ("number", "old_number"))
    return Applied("same", f"{found.number} {found.title}", thing=found.stream, again=again)


FINDINGS = Import(
    slug="findings",
    label="查摆的问题",
    hint="编号、原编号、问题、表现、来源、单位、提出日期",
    columns=(
        Column("number", "编号", ("问题编号", "编码", "问题编码", "台账编号"), kind="code"),
        Column("old_number", "原编号", ("原台账编号", "旧编号", "原问题编号"), kind="code"),
        Column(
            "title",
            "问题",
            (
                "存在问题",
                "问题名称",
                "主要问题",
                "查摆问题",
                "反映问题",
                "具体问题",
                "意见建议",
                "诉求",
                "问题内容",
                "征求意见",
                "意见",
                *("查摆出的问题", "存在的问题", "突出问题", "反馈问题", "群众反映问题", "问题清单", "问题简述"),
            ),
            endings=("意见建议", "意见和建议", "诉求"),
            stand_in="words",
            kind="long",
            required=True,
        ),
        Column("words", "表现", ("具体表现", "原话", "问题表现", "问题描述", "具体情况", "反映内容"), kind="long"),
        Column(
            "source",
            "来源",
            (
                *("渠道", "问题来源", "来源渠道", "提出渠道", "查摆方式", "谁提的", "征集方式", "征集渠道", "反映渠道"),
                *("征求意见方式", "征求方式", "收集方式", "收集渠道", "反映方式", "征求意见对象", "征求对象", "提出人"),
            ),
            endings=("来源", "渠道"),
            required=True,
            filled=True,
        ),
        Column(
            "unit",
            "单位",
            ("涉及单位", "责任单位", "所属单位", "涉及部门", "承办单位", "牵头单位", "责任部门", "村名"),
            kind="name",
        ),
        Column(
            "day",
            "提出日期",
            (
                "提出时间",
                "收到",
                "收到时间",
                "收到日期",
                "反映时间",
                "反映日期",
                "登记时间",
                "登记日期",
                "征集时间",
                "收集时间",
                "日期",
                "时间",
                *("查摆时间", "查摆日期", "发现时间", "发现日期", "排查时间", "排查日期"),
            ),
            kind="day",
        ),
    ),
    identify=_identify,
    apply=_apply,
    prepare=_prepare,
    check=_check,
    may=may(Duty.OFFICE, Duty.DATA),
    realm=realm,
    ref=ref,
    actor_of=actor_again,
    writing=gathering,
    through=partial(through, "import"),
    result_url=lambda: reverse("findings"),
)

registry.register(FINDINGS)
