"""Which pages need no account. Every other page is for people who are signed in."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver

from luoshi.core.evidence.views import download
from luoshi.kit.house import Room
from luoshi.kit.once import once
from luoshi.web.views import firstrun, health, home, signin

View = Callable[..., Any]
OWN = (home.front, firstrun.first_run, health.healthz, signin.sign_in, signin.sign_out, signin.reset)
MINDING = (download,)
"""Views that ask by themselves who it is: a file may hang on something that the public may see."""


def _views(patterns: list[URLPattern | URLResolver]) -> Iterator[View]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        else:
            yield pattern.callback


@once
def open_views() -> frozenset[View]:
    """The shell's own pages for everybody, and what the rooms of the house mount as public."""
    rooms = [config for config in apps.get_app_configs() if isinstance(config, Room)]
    public = [import_module(f"{room.name}.public_urls") for room in rooms if room.public_pages is not None]
    return frozenset([*OWN, *MINDING, *(view for module in public for view in _views(module.urlpatterns))])
