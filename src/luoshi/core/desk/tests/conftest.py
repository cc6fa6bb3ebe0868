from collections.abc import Callable

import pytest
from django.test import Client

from luoshi.core.org.models import Person


@pytest.fixture
def signed_in() -> Callable[[Person], Client]:
    def client_of(person: Person) -> Client:
        client = Client()
        client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of
