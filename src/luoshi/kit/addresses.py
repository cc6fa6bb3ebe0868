"""Addresses of pages, found once by name and then only filled with their numbers.

A page leads to a hundred others, and Django looks each of them up among all routes anew. What comes back is what
``reverse`` says; a name that does not exist here is refused as there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

from django.urls import get_resolver, get_script_prefix, get_urlconf, reverse

MOST = 4000
"""Addresses kept for one set of routes below one prefix."""
_NUMBER = 7_040_070_001
"""The first mark in place of a number; whatever an address takes as a number takes it."""
_kept: WeakKeyDictionary[Any, dict[str, dict[Any, str]]] = WeakKeyDictionary()
_page: ContextVar[dict[Any, str] | None] = ContextVar("addresses", default=None)


def address(name: str, *args: Any) -> str:
    """``reverse(name, args=args)``."""
    numbers = tuple([arg for arg in args if type(arg) is int])
    if numbers and min(numbers) < 0:
        return reverse(name, args=args)
    known = _page.get()
    if known is None:
        known = _table()
    key = (name, *[None if type(arg) is int else str(arg) for arg in args]) if args else name
    pattern = known.get(key)
    if pattern is None:
        pattern = _pattern(name, args, len(numbers))
        if len(known) >= MOST:
            known.clear()
        known[key] = pattern
    return pattern % numbers if pattern else reverse(name, args=args)


@contextmanager
def of_one_page() -> Iterator[None]:
    """Among which routes and below which prefix is asked once here, not for each address: that takes longer than the rest.
    Neither may change meanwhile."""
    token = _page.set(_table())
    try:
        yield
    finally:
        _page.reset(token)


def _table() -> dict[Any, str]:
    """The addresses kept for the routes and the prefix that hold now."""
    of_routes = _kept.setdefault(get_resolver(get_urlconf()), {})
    return of_routes.setdefault(get_script_prefix(), {})


def _pattern(name: str, args: tuple[Any, ...], count: int) -> str:
    """The address with ``%d`` for each number; empty where they cannot be told apart in it."""
    marks = iter(range(_NUMBER, _NUMBER + count))
    found = reverse(name, args=[next(marks) if type(arg) is int else arg for arg in args]).replace("%", "%%")
    place = 0
    for mark in range(_NUMBER, _NUMBER + count):
        if found.count(str(mark)) != 1 or found.index(str(mark)) < place:
            return ""
        place = found.index(str(mark))
        found = found.replace(str(mark), "%d")
    return found
