"""The real settings, with jobs whose effect can be counted and a sign-in that costs nothing."""

import os

from luoshi.settings import *  # noqa: F403 - a settings module builds on another by name
from luoshi.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "luoshi.commands.killing.probe"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if os.environ.get("LUOSHI_KILLING") == "watch":
    DATABASES["default"]["OPTIONS"].pop("pool", None)
    DATABASES["default"]["CONN_MAX_AGE"] = 0
