"""A value that is made when it is first asked for, and then kept."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

T = TypeVar("T")


def once(make: Callable[[], T]) -> Callable[[], T]:
    """A function that calls ``make`` the first time only."""
    return cache(make)
