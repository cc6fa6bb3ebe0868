"""Fixtures that every test may use, beside the code or under tests/, and how Hypothesis draws."""

import os

from hypothesis import settings

settings.register_profile("luoshi", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("luoshi")

pytest_plugins = [
    "luoshi.testing.fixtures",
    "tests.support.browser",
    "tests.support.data",
    "tests.support.network",
    "tests.support.passes",
    "tests.support.rows",
]
