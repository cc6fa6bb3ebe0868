"""How an app of the house introduces itself.

An app says in its ``apps.py`` which pages it brings and where they stand in the navigation; the shell on the top floor
reads that and names no chapter. What an app offers to lower floors (ledgers, kinds of origin, jobs) it registers in
``ready()``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db.models import QuerySet

DAILY, KEEPING = "每天", "管理"
"""Sections of the table of contents to which apps of every floor bring something: what is done every day, and the house."""


@dataclass(frozen=True)
class NavItem:
    """One entry of the table of contents.

    ``url_name`` is a reversible route, with ``args``; ``duties`` are the codes of which a person needs at least one
    to be shown the entry (empty: everybody who is signed in); ``section`` is the heading below which it stands, and
    ``says`` in a line what it is for. ``bar``: the codes of those at whose every page it also stands at the head (or
    ``True``: everybody's). ``order`` sorts, low first, and a section stands where its first entry does: every day below
    100, the four chapters of the plan from 100, 200, 300 and 400, the plan itself from 500, papers from 600, the house
    from 900. ``also``: routes of other apps whose pages belong to this entry of the bar too.
    """

    label: str
    url_name: str
    order: int
    section: str
    says: str = ""
    duties: frozenset[str] = frozenset()
    bar: frozenset[str] | bool = False
    args: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def is_for(self, duties: frozenset[str]) -> bool:
        """Whether somebody with these duties is shown it at all."""
        return not self.duties or bool(self.duties & duties)

    def is_in_bar(self, duties: frozenset[str]) -> bool:
        """Whether it stands at the head of that person's pages."""
        return self.bar if isinstance(self.bar, bool) else bool(self.bar & duties)


@dataclass(frozen=True)
class Call:
    """A line at the head of today: what waits for this person in an app, and the page where it is done."""

    words: str
    url: str


@dataclass(frozen=True)
class Wait:
    """Rows that wait for a person, and what today says of them once they are counted; it says nothing of none. They are
    asked for when the statement that counts them is made, not on each page; they may hang on the actor alone."""

    rows: Callable[[], QuerySet[Any]]
    say: Callable[[int], Call]


class Room(AppConfig):
    """Base of every app's configuration.

    ``pages`` is the prefix under which ``<app>.urls`` is mounted (``None``: no pages, ``""``: at the root);
    ``public_pages`` the same for ``<app>.public_urls``, the pages that need no account.
    """

    default = False  # Django would otherwise see two configurations in every apps.py that imports this one
    default_auto_field = "django.db.models.BigAutoField"
    pages: str | None = None
    public_pages: str | None = None
    nav: tuple[NavItem, ...] = ()

    def shell_rows(self, actor: object) -> dict[str, QuerySet[Any]]:
        """Rows of this app that the masthead of every page counts, by name (``notice_count``). What all rooms bring is
        counted with one statement, which is kept: it may hang on the actor and on nothing else (no day, no clock)."""
        return {}

    def waits(self, actor: object) -> dict[str, Wait]:
        """What waits for this person here beyond the matters that today lists, by a name of its own. What all rooms
        bring is counted with one statement."""
        return {}

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.default = True
