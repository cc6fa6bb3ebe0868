import re
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.chapters.review import rules
from luoshi.chapters.review.actions import present, take_from_public
from luoshi.chapters.review.models import Channel, Tally
from luoshi.core.matters.models import Raiser
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast

HOME, AWAY = "192.0.2.7", "192.0.2.8"


def taken(cast: Cast, at: datetime, address: str = HOME) -> str:
    return take_from_public(town=cast.town, channel=Channel.CITIZEN, words="自来水发黄", address=address, at=at).code


@given(st.randoms(use_true_random=False))
def test_one_wrong_sign_or_two_exchanged_never_make_another_code(draw: Random) -> None:
    code = rules.make_code(draw.choice)
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{2}", code)
    plain = rules.plain_code(code)
    assert plain == code.replace("-", "")
    for place, sign in enumerate(plain):
        for other in rules.ALPHABET:
            if other != sign:
                assert rules.plain_code(plain[:place] + other + plain[place + 1 :]) is None
    for place in range(len(plain) - 1):
        swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
        assert rules.plain_code(swapped) in ({plain} if swapped == plain else {None})


def test_a_code_is_read_however_it_is_typed(cast: Cast, now: datetime) -> None:
    code = taken(cast, now)
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in code)
    for typed in (code, code.lower(), code.replace("-", " "), f"  {code.replace('-', '')} ", full_width):
        assert present(typed, address=HOME, at=now).receipt_digest == rules.digest(code)
    assert not Raiser.objects.filter(receipt_digest__contains=code[:4]).exists()


@pytest.mark.row("1.2")
def test_a_receipt_cannot_be_guessed(cast: Cast, now: datetime) -> None:
    code = taken(cast, now)
    unknown = rules.make_code(Random(1).choice)
    said = set()
    for typed in (unknown, "不是回执", "", "0" * 5000, "' OR 1=1 --", unknown[:-1] + "2", "\x00", code[:-1]) + (
        unknown,
    ) * 2:
        with pytest.raises(Refused) as wrong:
            present(typed, address=HOME, at=now)
        said.add((wrong.value.code, str(wrong.value), wrong.value.field))
    assert len(said) == 1

    with pytest.raises(Refused) as stopped:
        present(code, address=HOME, at=now + timedelta(minutes=59))
    assert stopped.value.code == "review.too_many"
    assert present(code, address=AWAY, at=now)
    assert present(code, address=HOME, at=now + timedelta(minutes=60))


def test_right_codes_are_never_counted(cast: Cast, now: datetime) -> None:
    code = taken(cast, now)
    for _ in range(15):
        assert present(code, address=HOME, at=now)


def test_a_flood_from_one_address_is_refused_kindly(cast: Cast, now: datetime) -> None:
    for _ in range(20):
        taken(cast, now)
    with pytest.raises(Refused, match="明天再来") as flood:
        taken(cast, now)
    assert flood.value.code == "review.too_many"
    assert taken(cast, now, AWAY)
    assert taken(cast, now + timedelta(days=1))


def test_no_address_is_kept_and_its_hash_lives_a_day(cast: Cast, now: datetime) -> None:
    taken(cast, now)
    (row,) = Tally.objects.all()
    assert HOME not in row.who
    assert re.fullmatch("[0-9a-f]{64}", row.who)
    assert row.who != rules.hidden_address(HOME, secret="s", day=now.date())
    one, other = (rules.hidden_address(HOME, secret="s", day=now.date() + timedelta(days=n)) for n in (0, 1))
    assert one != other
    taken(cast, now + timedelta(days=2), AWAY)
    assert not Tally.objects.filter(pk=row.pk).exists()
