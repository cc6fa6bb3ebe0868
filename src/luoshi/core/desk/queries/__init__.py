"""Reads of the desk."""

from luoshi.core.desk.queries.views import recalled, shared_by_me

__all__ = ["recalled", "shared_by_me"]
