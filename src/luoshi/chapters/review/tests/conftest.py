from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from django.test import Client

from luoshi.core.org.models import Person

SignedIn: TypeAlias = Callable[[Person], Client]


@pytest.fixture
def files_kept(settings: Any, tmp_path: Path) -> Path:
    """A folder of its own for what is uploaded."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def signed_in() -> SignedIn:
    def client_of(person: Person) -> Client:
        client = Client()
        client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of
