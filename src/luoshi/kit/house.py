"""How an app of the house introduces itself.

An app says in its ``apps.py`` which pages it brings and where they stand in the navigation; the shell on the top floor
reads that and names no chapter. What an app offers to lower floors (ledgers, kinds of origin, jobs) it registers in
``ready()``.
"""

from dataclasses import dataclass

from django.apps import AppConfig


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation.

    ``url_name`` is a reversible route, with ``args``; ``duties`` are the codes of which a person needs at least one
    to be shown the entry (empty: everybody who is signed in); ``order`` sorts, low first.
    """

    label: str
    url_name: str
    order: int = 100
    duties: frozenset[str] = frozenset()
    args: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """A line at the head of today: what waits for this person in an app, and the page where it is done."""

    words: str
    url: str


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

    def shell_counts(self, actor: object) -> dict[str, int]:
        """Numbers of this app for the masthead of every page, by name (``notice_count``); one statement at most."""
        return {}

    def calls(self, actor: object) -> tuple[Call, ...]:
        """What waits for this person here beyond the matters that today lists; one statement at most."""
        return ()

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.default = True
