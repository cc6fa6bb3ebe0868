import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from luoshi.core.journal import rules
from luoshi.core.journal.models import Event
from luoshi.core.journal.tests.tampering import put_back
from luoshi.core.journal.tests.town import act
from luoshi.core.journal.verification import verify

COLUMNS = {
    **dict.fromkeys(rules.COLUMNS, "a"),
    "id": 12,
    "seq": 3,
    "happened_at": datetime(2026, 11, 22, 14, 5, 4, 3, tzinfo=timezone(timedelta(hours=8))),
    "recorded_at": datetime(2026, 11, 22, 6, 5, 4, tzinfo=UTC),
    "data": '{"n":1}',
    "stream": "村:1",
}
BYTES = (
    '{"actor":"a","data":"{\\"n\\":1}","happened_at":"2026-11-22T06:05:04.000003Z","id":12,"post":"a","prev_hash":"a",'
    '"principal":"a","recorded_at":"2026-11-22T06:05:04.000000Z","seq":3,"stream":"村:1","unit":"a","verb":"a",'
    '"words_digest":"a"}'
).encode()


def test_the_canonical_bytes_of_an_event_are_these_and_stay_these():
    assert rules.canonical(COLUMNS) == BYTES
    assert rules.canonical({**COLUMNS, "leaf_hash": "left out"}) == BYTES
    assert rules.leaf_hash(BYTES) == hashlib.sha256(b"\x00" + BYTES).hexdigest()


@given(st.dictionaries(st.sampled_from(rules.COLUMNS), st.text() | st.integers() | st.none()))
def test_different_columns_have_different_bytes(changes):
    changed = rules.canonical({**COLUMNS, **changes})
    plain = json.loads(BYTES)
    assert (changed == BYTES) == all(type(plain[k]) is type(v) and plain[k] == v for k, v in changes.items())


@pytest.mark.django_db
@given(
    st.datetimes(datetime(1999, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1),
)
def test_what_is_recorded_is_read_back_raw_as_it_was_hashed(moment, text):
    with put_back():
        event = act(f"matter:{connection.vendor}", words={"reason": text}, moment=moment)
        assert Event.objects.get(pk=event.id).happened_at == moment
        assert verify().whole
