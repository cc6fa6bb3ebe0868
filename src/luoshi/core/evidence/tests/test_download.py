"""A file goes to who may see its stream; to everybody else it does not exist."""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client

from luoshi.core.evidence import actions, registry, storage
from luoshi.core.evidence.models import Item
from luoshi.core.evidence.tests.samples import picture, upload
from luoshi.testing.cast import Cast


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    settings.MEDIA_ROOT = tmp_path
    seen = lambda actor, stream: actor.town_id == cast.town.pk and stream == "thing:1"  # noqa: E731 - one rule
    monkeypatch.setattr(registry, "_resolvers", {"thing": seen})


def put(cast: Cast, now, data: bytes, name: str, stream: str = "thing:1") -> str:
    by = cast.actor(cast.clerk, now.date())
    item = actions.attach(stream=stream, event_id=1, upload=upload(data, name), by=by, at=now)
    return f"/evidence/{item.pk}/"


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_file_is_handed_out_to_be_kept_and_not_run(cast: Cast, now) -> None:
    url = put(cast, now, b"<script>alert(1)</script>", "记录.txt")
    answer = signed_in(cast.clerk).get(url)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_picture_is_shown_in_place(cast: Cast, now) -> None:
    answer = signed_in(cast.clerk).get(put(cast, now, picture(), "现场.jpg"))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_outsider_gets_404_and_the_public_is_led_to_sign_in(cast: Cast, now) -> None:
    url = put(cast, now, b"one", "记录.txt")
    assert signed_in(cast.office).get(url).status_code == 200
    assert signed_in(cast.outsider).get(url).status_code == 404
    assert signed_in(cast.office).get("/evidence/999999/").status_code == 404
    for there in (url, "/evidence/999999/"):
        answer = Client().get(there)
        assert answer.status_code == 302
        assert answer["Location"] == f"/signin/?{urlencode({'next': there})}"


def test_stream_for_which_nobody_speaks_is_closed_to_all(cast: Cast, now) -> None:
    for stream in ("other:1", "thing:2"):
        url = put(cast, now, b"one", "记录.txt", stream=stream)
        assert signed_in(cast.clerk).get(url).status_code == 404
    assert signed_in(cast.clerk).get(put(cast, now, b"one", "记录.txt")).status_code == 200


def test_erased_and_lost_files_are_404(cast: Cast, now) -> None:
    url, lost = put(cast, now, b"one", "记录.txt"), put(cast, now, b"two", "记录.txt")
    client = signed_in(cast.office)
    assert client.get(url).status_code == client.get(lost).status_code == 200
    actions.erase(Item.objects.get(pk=url.split("/")[2]), by=cast.actor(cast.office, now.date()), at=now)
    storage.remove(Item.objects.get(pk=lost.split("/")[2]).file_id)
    assert client.get(url).status_code == client.get(lost).status_code == 404
