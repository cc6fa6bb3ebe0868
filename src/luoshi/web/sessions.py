"""Sessions as Django keeps them in the database, looked up with a statement that is compiled once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from luoshi.kit.again import again


def _of_key(key: str) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key)


class SessionStore(db.SessionStore):
    """The store of ``SESSION_ENGINE``."""

    def _get_session_from_db(self) -> Any:
        found: list[Session] = again("web.session", _of_key, key=self.session_key or "")
        if found and found[0].expire_date > timezone.now():
            return found[0]
        self._session_key = None
        return None
