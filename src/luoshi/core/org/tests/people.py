"""Short words for the tests of this app."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from luoshi.core.org.models import Person, Post
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast

__all__ = ["Desk", "post_of", "refused", "signed_in"]


class Desk:
    """The cast as actors of one day, so that a test reads ``desk.organisation``."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast, self.now, self.today = cast, now, now.date()

    def __getattr__(self, part: str) -> Actor:
        return self.cast.actor(getattr(self.cast, part), self.today)

    def day(self, later: int) -> date:
        return self.today + timedelta(days=later)


def refused(code: str, field: str = "", why: str = "") -> pytest.RaisesExc:
    """A refusal with this code, about this field, that says a sentence with these words."""

    def fits(said: Refused) -> bool:
        return said.code == code and said.field == field and said.sentence.endswith("。") and why in said.sentence

    return pytest.RaisesExc(Refused, check=fits)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def post_of(person: Person) -> Post:
    return person.appointments.select_related("post__unit").get().post
