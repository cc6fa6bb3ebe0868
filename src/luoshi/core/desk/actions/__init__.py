"""Everything that writes to a desk."""

from luoshi.core.desk.actions.keeping import (
    MOST_VIEWS,
    choose_columns,
    forget_columns,
    keep,
    open_plainly,
    open_with,
    remove,
    rename,
    share,
    unshare,
)

__all__ = [
    "MOST_VIEWS",
    "choose_columns",
    "forget_columns",
    "keep",
    "open_plainly",
    "open_with",
    "remove",
    "rename",
    "share",
    "unshare",
]
