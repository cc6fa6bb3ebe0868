"""What a person may see is one rule, said once for rows and once for a matter in hand: both say the same. Telephone and
identity numbers that somebody wrote into words nobody meets on a page, in a list or in a file."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.causes import actions as causes
from luoshi.chapters.review.likeness import actions as likeness
from luoshi.chapters.review.likeness import topics
from luoshi.chapters.review.likeness.models import Suggestion
from luoshi.chapters.review.meetings import actions as meetings
from luoshi.chapters.review.meetings.models import Resolution
from luoshi.chapters.review.models import Channel, Finding
from luoshi.chapters.review.selfreview import actions as selfreview
from luoshi.chapters.review.selfreview.actions import Written
from luoshi.core.matters import actions as matters
from luoshi.core.matters import queries
from luoshi.core.matters.models import Matter, Secrecy
from luoshi.core.matters.permissions import Standing
from luoshi.core.notices import actions as notices
from luoshi.core.org.rules import PUBLIC, Actor, system
from luoshi.core.papers import actions as papers
from luoshi.core.papers import registry
from tests.support.story import STORY_NOW, finish
from tests.test_routes_and_roles import clients

if TYPE_CHECKING:
    from tests.support.story import Story

BESIDE = ("named_verifiers", "raisers", "co_units")


def rule_in_words(actor: Actor, matter: Matter) -> bool:
    """The rule as the house says it, read slowly: the oracle of both."""
    if actor.is_system:
        return actor.town_id in (None, matter.town_id)
    if not actor.hats or actor.town_id != matter.town_id:
        return False
    named = {v.person_id for v in matter.named_verifiers.all() if v.done_at is None}
    if actor.people_ids & ({matter.leader_id, matter.handler_id} | named):
        return True
    duties = {str(duty) for duty in actor.duties}
    if matter.secrecy == Secrecy.ACCUSATION:
        return "discipline" in duties
    if matter.secrecy == Secrecy.OPEN or duties & {"office", "secretary"}:
        return True
    if actor.people_ids & {r.person_id for r in matter.raisers.all()}:
        return True
    units = {matter.lead_unit_id, *(co.unit_id for co in matter.co_units.all())}
    if matter.secrecy == Secrecy.INTERNAL:
        return bool(actor.unit_ids & units)
    return any("head" in hat.duties and hat.unit_id == matter.lead_unit_id for hat in actor.hats)


@pytest.mark.row("N3")
def test_rows_and_a_matter_in_hand_are_seen_by_the_same_people(story: Story) -> None:
    day = timezone.localdate()
    everybody = [PUBLIC, system("test"), system("test of the town", town_id=story.cast.town.pk)]
    everybody += [story.stage[part] for part in story.stage.parts]
    hidden = 0
    for secrecy in Secrecy:
        Matter.objects.update(secrecy=secrecy)
        seen = {actor.name: set(queries.visible_to(actor).values_list("pk", flat=True)) for actor in everybody}
        for matter in Matter.objects.select_related("town", "lead_unit").prefetch_related(*BESIDE):
            standing = Standing(matter, day=day)
            for actor in everybody:
                wanted = rule_in_words(actor, matter)
                said = (matter.pk in seen[actor.name], standing.is_visible_to(actor))
                assert said == (wanted, wanted), (matter.title, secrecy, actor.name)
                hidden += not wanted
    assert hidden > 500


def test_today_asks_nobody_for_what_another_office_runs(story: Story) -> None:
    from luoshi.core.matters import queries
    from luoshi.core.matters.models import Secrecy
    from tests.support.story import STORY_NOW

    day = STORY_NOW.date()
    inspection = queries.tasks(story.cast.actor(story.people["discipline"], day), today=day)
    office = queries.tasks(story.cast.actor(story.people["office"], day), today=day)
    runs = {"accept", "reopen", "assign", "decide_extension"}
    assert {t.matter.secrecy for t in inspection if t.verb in runs} == {Secrecy.ACCUSATION}
    assert office
    assert Secrecy.ACCUSATION not in {t.matter.secrecy for t in office}


PHONE, CARD = "13987654321", "410102195003074321"
SAID = f"石桥沟村变压器旁边的路灯整夜不亮，电话{PHONE}，身份证{CARD}"
PLACE = f"变压器旁（{PHONE}）"
READERS = ("office", "leader", "clerk")
"""Who reads everything, who was at the meeting, who works on the matter: others read no other pages of these."""


def held(answer: Any) -> list[str]:
    """The numbers that an answer holds, also inside the files of which a workbook or a document is made."""
    finish_body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    finish(answer)
    texts = [finish_body]
    if finish_body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(finish_body)) as packed:
            texts = [packed.read(name) for name in packed.namelist()]
    plain = "\n".join(re.sub(r"<[^>]*>", "", text.decode("utf-8", "replace")) for text in texts)
    return [number for number in (PHONE, CARD) if number in plain or any(number.encode() in text for text in texts)]


@pytest.fixture
def planted(story: Story) -> list[str]:
    """Numbers in whatever somebody may type in this chapter; the addresses at which it might come out again."""
    stage, cast, town = story.stage, story.cast, story.cast.town
    stage.at = STORY_NOW - timedelta(hours=4)
    office, tick = stage["office"], stage.tick

    def said() -> Finding:
        told = {"words": SAID, "place": PLACE, "address": "10.0.0.8"}
        return review.take_from_public(town=town, channel=Channel.CITIZEN, at=tick(), **told).finding

    one, other, opened, merged = said(), said(), said(), said()
    heard = review.take(
        town=town, channel=Channel.CADRE, words=SAID, place=PLACE, by=stage["village"], at=tick()
    ).finding
    likeness.look(other, at=tick())
    pair = Suggestion.objects.filter(other=other).order_by("-pk")[0]
    review.merge(merged, into=one, reason="", by=office, at=tick())
    matter = review.open_matter(opened, title="修路灯", by=office, at=tick())
    matters.assign(matter, lead_unit=cast.units["nongye"], leader=cast.leader, standard="亮了", by=office, at=tick())
    meeting = meetings.call(
        town=town,
        name="路灯碰头会",
        held_at=stage.at,
        chair=cast.secretary,
        agenda=[f"研究{PHONE}反映的路灯"],
        present=[cast.secretary, cast.leader],
        by=office,
        at=tick(),
    )
    for kind in (Resolution.Kind.TASK, Resolution.Kind.FINDING, Resolution.Kind.DECISION):
        unit = cast.units["nongye"] if kind == Resolution.Kind.TASK else None
        meetings.agree(meeting.agenda.get(), kind=kind, text=f"{kind.label}：{SAID}", unit=unit, by=office, at=tick())
    meetings.issue(meeting, by=office, at=tick())
    by_meeting = meetings.register(meeting.resolutions.order_by("pk")[0], by=office, at=tick())
    drawn = registry.get("meeting")
    assert drawn is not None
    paper = papers.draft(drawn.write(office, {"meeting": str(meeting.pk)}, STORY_NOW.date()), by=office, at=tick())
    cause = causes.record_cause(
        town=town,
        kind="follow",
        whys=[f"没人接{PHONE}", f"只留了{PHONE}"],
        things=[one, by_meeting],
        by=office,
        at=tick(),
    )
    sheet = story.sheets["draft"]
    selfreview.save(sheet, written={"tasks": Written(SAID)}, seen=1, by=stage["clerk"], at=tick())
    selfreview.hand_in(sheet, by=stage["clerk"], at=tick())
    gap = selfreview.raise_gap(sheet, benchmark="tasks", line=0, by=stage["clerk"], at=tick())
    topics.remake(town, STORY_NOW.date().replace(day=1), at=tick())
    while notices.deliver(at=STORY_NOW):
        pass
    findings = [one, other, opened, merged, heard, gap]
    return [
        *(
            "/home/",
            "/notices/",
            "/review/findings/",
            "/likeness/",
            "/likeness/decided/",
            "/likeness/topics/",
            "/causes/",
        ),
        *("/meetings/", "/selfreview/", "/papers/", "/matters/search/?q=路灯", "/exports/", "/ledgers/findings/print/"),
        *(f"/matters/search/?q={PHONE}", "/ledgers/matters/", "/ledgers/matters/print/", "/ledgers/matters/xlsx/"),
        "/ledgers/findings/?cols=number&cols=title&cols=words&cols=place&cols=answer",
        "/ledgers/findings/xlsx/?cols=number&cols=title&cols=words&cols=place&cols=answer",
        *(f"/review/findings/{f.pk}/" for f in findings),
        *(f"/review/findings/{one.pk}/{verb}/" for verb in ("open", "answer", "merge", "mark")),
        *(f"/review/findings/{one.pk}/merge/?q=路灯", f"/review/findings/{merged.pk}/unmerge/"),
        *(f"/likeness/{pair.pk}/", f"/likeness/of/{one.pk}/", f"/likeness/classify/{one.pk}/"),
        *(f"/likeness/topics/{topic.pk}/" for topic in town_topics(story)),
        *(f"/causes/new/?finding={other.pk}", f"/causes/{cause.pk}/", f"/causes/{cause.pk}/amend/"),
        *(f"/causes/villages/{cast.units['shiqiaogou'].pk}/", "/matters/briefs/month.docx"),
        *(f"/matters/{matter.pk}/", f"/matters/{by_meeting.pk}/", f"/desk/whence/matter/{matter.pk}/"),
        *(f"/meetings/{meeting.pk}/", f"/meetings/{meeting.pk}/issue/", f"/meetings/{meeting.pk}/minutes/1.docx"),
        f"/meetings/{meeting.pk}/agree/{meeting.agenda.get().pk}/",
        f"/papers/{paper.pk}/",
        f"/matters/units/{cast.units['nongye'].pk}/",
    ]


def town_topics(story: Story) -> list[Any]:
    return list(topics.Topic.objects.filter(town=story.cast.town, place__gt=0))


@pytest.mark.row("1.3")
def test_nobody_meets_a_number_that_somebody_wrote(story: Story, planted: list[str]) -> None:
    everybody, shown, read = clients(story), [], dict.fromkeys(planted, 0)
    for role in READERS:
        for url in planted:
            answer = everybody[role].get(url)
            if answer.status_code == 200:
                read[url] += 1
                shown += [(role, url, number) for number in held(answer)]
    sought = f"/matters/search/?q={PHONE}"
    assert [one for one in shown if one[1] != sought] == []
    assert [url for url, times in read.items() if not times] == []
    sheet = f"/selfreview/sheets/{story.sheets['draft'].pk}/"
    assert held(everybody["clerk"].get(sheet)) == [PHONE, CARD]
    for reader in ("secretary", "organisation"):
        assert "〔手机号〕" in everybody[reader].get(sheet).content.decode()
        assert held(everybody[reader].get(sheet)) == []
