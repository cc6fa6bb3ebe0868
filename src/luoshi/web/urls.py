"""The root of all routes: the shell's own pages, then those of whatever apps of the house are there."""

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from luoshi.kit.house import Room
from luoshi.web.views import contents, firstrun, health, home, signin

handler400 = "luoshi.web.views.errors.bad_request"
handler403 = "luoshi.web.views.errors.forbidden"
handler404 = "luoshi.web.views.errors.not_found"
handler500 = "luoshi.web.views.errors.server_error"


def _rooms() -> list[URLPattern | URLResolver]:
    rooms = [config for config in apps.get_app_configs() if isinstance(config, Room)]
    return [
        *(path(room.pages, include(f"{room.name}.urls")) for room in rooms if room.pages is not None),
        *(
            path(room.public_pages, include(f"{room.name}.public_urls"))
            for room in rooms
            if room.public_pages is not None
        ),
    ]


urlpatterns = [
    path("", home.front, name="front"),
    path("start/", firstrun.first_run, name="first-run"),
    path("home/", home.home, name="home"),
    path("all/", contents.contents, name="contents"),
    path("healthz", health.healthz, name="healthz"),
    path("signin/", signin.sign_in, name="signin"),
    path("signout/", signin.sign_out, name="signout"),
    path("signin/reset/", signin.reset, name="reset"),
    path("account/password/", signin.password, name="password"),
    *_rooms(),
]
