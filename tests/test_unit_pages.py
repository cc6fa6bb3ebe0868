"""A unit's own page: its own problems and numbers, re-added here from the rows; nothing of others, no ranking."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from luoshi.core.matters.models import CoUnit, Matter, Secrecy, Urging
from luoshi.core.org.models import Unit, UnitKind
from tests.support.story import ACCUSED, STORY_NOW, client_of

if TYPE_CHECKING:
    from tests.support.story import Story


@pytest.mark.row("3.7")
@pytest.mark.parametrize("part", ["village", "clerk", "office", "secretary"])
def test_a_unit_has_its_own_page_with_its_own_problems_and_numbers(story: Story, part: str) -> None:
    unit = story.cast.units["nongye"]
    page = client_of(story.people[part]).get(reverse("unit", args=[unit.pk])).content.decode()
    led = list(Matter.objects.filter(lead_unit=unit).exclude(secrecy=Secrecy.ACCUSATION))
    seen = [m for m in led if part != "village" or m.secrecy != Secrecy.RESTRICTED]
    standing = [m for m in seen if m.is_open]
    today = STORY_NOW.date()
    late = [m for m in standing if m.resolve_due < today and not m.claimed_at and not m.paused_on]
    shown = [int(text) for text in re.findall(r"<li><a href=\"[^\"]*light=[^\"]*\"><b>(\d+)</b>", page)]
    assert shown[:2] == [len(standing), len(late)]
    for matter in standing[:5]:
        assert matter.title in page
    other = Matter.objects.exclude(lead_unit=unit).filter(lead_unit__isnull=False).exclude(secrecy="accusation")
    assert all(matter.title not in page for matter in other)
    assert ACCUSED not in page
    pressed = Urging.objects.filter(unit=unit, urged_at__year=today.year).count()
    assert re.search(rf"被催办、督办</dt>\s*<dd>{pressed}\s", page.replace("\xa0", " "))


@pytest.mark.row("3.7")
def test_a_village_sees_what_it_helps_with_and_another_town_sees_nothing(story: Story) -> None:
    village = story.cast.units["shiqiaogou"]
    page = client_of(story.people["village"]).get(reverse("unit", args=[village.pk])).content.decode()
    helped = CoUnit.objects.filter(unit=village).exclude(matter__state__in=["closed", "voided"])
    helping = helped.exclude(matter__secrecy__in=[Secrecy.RESTRICTED, Secrecy.ACCUSATION]).count()
    assert re.search(rf"协办别的单位</dt>\s*<dd>{helping}\s", page.replace("\xa0", " "))
    assert client_of(story.people["outsider"]).get(reverse("unit", args=[village.pk])).status_code == 404
    assert client_of(None).get(reverse("unit", args=[village.pk])).status_code == 302
    order = client_of(story.people["village"]).get(reverse("units")).content.decode()
    rows = Unit.objects.filter(town=story.cast.town, closed_on__isnull=True).exclude(kind=UnitKind.TOWN)
    names = [unit.name for unit in sorted(rows, key=lambda u: (u.kind, u.order, u.path))]
    assert list(re.findall(r"units/\d+/\">([^<]+)</a>", order)) == names
