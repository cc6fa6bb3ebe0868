"""Fixtures that every test may use."""

pytest_plugins = ["luoshi.testing.fixtures"]
