"""Reads of the desk."""

from luoshi.core.desk.queries.kept_views import recalled, shared_by_me
from luoshi.core.desk.queries.passages import Burden, burden, passages
from luoshi.core.desk.queries.whence import Whence, whence

__all__ = ["Burden", "Whence", "burden", "passages", "recalled", "shared_by_me", "whence"]
