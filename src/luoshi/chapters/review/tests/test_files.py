import io
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from luoshi.chapters.review.actions import open_matter, take, take_from_public
from luoshi.chapters.review.models import Channel
from luoshi.chapters.review.tests.conftest import SignedIn
from luoshi.core.evidence.models import Item
from luoshi.core.journal.models import Event
from luoshi.testing.cast import Cast


def photo(name: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue())


@pytest.mark.row("1.2")
def test_files_go_along_with_the_matter_without_the_name_that_tells_who(
    cast: Cast, now: datetime, files_kept: Path, signed_in: SignedIn
) -> None:
    office = cast.actor(cast.office, now.date())
    shared, kept = (
        take_from_public(
            town=cast.town,
            channel=Channel.CITIZEN,
            words="路灯坏了",
            address="192.0.2.1",
            at=now,
            files=[photo("张三家门口.jpg")],
        ).finding
        for _ in range(2)
    )
    matter = open_matter(shared, title="修路灯", by=office, at=now)
    other = open_matter(kept, title="修路灯", by=office, at=now, share_files=False)
    item = Item.objects.get(stream=matter.stream)
    assert item.name == "反映问题附件1.jpg"
    assert Event.objects.get(pk=item.event_id).verb == "matter.register"
    assert not Item.objects.filter(stream=other.stream).exists()

    original = Item.objects.get(stream=shared.stream)
    seen = {
        part: [signed_in(who).get(reverse("evidence-item", args=[one.pk])).status_code for one in (original, item)]
        for part, who in (("office", cast.office), ("clerk", cast.clerk), ("outsider", cast.outsider))
    }
    assert seen == {"office": [200, 200], "clerk": [404, 200], "outsider": [404, 404]}


def test_a_hidden_cadre_is_not_told_by_the_file_either(cast: Cast, now: datetime, files_kept: Path) -> None:
    clerk = cast.actor(cast.clerk, now.date())
    for hidden in (True, False):
        take(
            town=cast.town,
            channel=Channel.CADRE,
            words="路灯坏了",
            by=clerk,
            at=now,
            files=[photo("a.jpg")],
            source_hidden=hidden,
        )
    assert [item.added_by for item in Item.objects.order_by("pk")] == [None, cast.clerk]
    actors = Event.objects.filter(verb="evidence.attached").order_by("id").values_list("actor", flat=True)
    assert list(actors) == ["public", f"person:{cast.clerk.pk}"]
