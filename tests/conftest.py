"""The story of a town, made once for each module that walks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db import transaction

if TYPE_CHECKING:
    from tests.support.story import Story


@pytest.fixture(scope="module")
def story_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    from tests.support.story import make_story  # the models are ready only now

    with django_db_blocker.unblock(), transaction.atomic():
        yield make_story()
        transaction.set_rollback(True)


@pytest.fixture
def story(story_of_module: Story, db: None) -> Iterator[Story]:
    """The story, with its own moment as the present. What a test writes is gone after it. Pages are those of a server that
    can make a PDF, whatever is installed here."""
    from luoshi.kit.documents import pdf
    from tests.support.story import story_clock

    with story_clock(), mock.patch.object(pdf, "available", return_value=True):
        yield story_of_module
