"""Fixtures that every test may use, beside the code or under tests/."""

pytest_plugins = [
    "luoshi.testing.fixtures",
    "tests.support.browser",
    "tests.support.data",
    "tests.support.network",
    "tests.support.rows",
]
