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
from luoshi.core.desk.actions.passing import SENTENCES, asked_again, taken_out

__all__ = [
    "MOST_VIEWS",
    "SENTENCES",
    "asked_again",
    "choose_columns",
    "forget_columns",
    "keep",
    "open_plainly",
    "open_with",
    "remove",
    "rename",
    "share",
    "taken_out",
    "unshare",
]
