"""The cast stands as the other tests expect it."""

from django.contrib.auth import authenticate
from django.test import RequestFactory

from luoshi.core.org.rules import Duty
from luoshi.testing.cast import PASSWORD, Cast


def test_everybody_is_in_post_and_can_sign_in(cast: Cast, now) -> None:
    for part, person in cast.everybody.items():
        actor = cast.actor(person, now.date())
        assert actor.hats, part
        assert actor.town_id == (cast.other_town.pk if part == "outsider" else cast.town.pk)
        request = RequestFactory().post("/signin/")
        assert authenticate(request, username=person.account.username, password=PASSWORD) == person.account
    assert cast.actor(cast.office, now.date()).has(Duty.OFFICE)
    assert not cast.actor(cast.clerk, now.date()).has(Duty.OFFICE)
    assert cast.units["nongye"].path == "/yunling/nongye/"
