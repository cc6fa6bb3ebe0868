from luoshi.core.desk.views.keeping import columns, do, keep, own_views
from luoshi.core.desk.views.tracing import passages, whence

__all__ = ["columns", "do", "keep", "own_views", "passages", "whence"]
