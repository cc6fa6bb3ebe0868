"""Every write to papers: ``verb(paper, *, …, by, at)``. Split by noun."""

from luoshi.core.papers.actions.approving import archive, issue, review, revoke, send_back
from luoshi.core.papers.actions.delivering import receive
from luoshi.core.papers.actions.drafting import (
    add_figure,
    draft,
    edit,
    may_write,
    submit,
    type_over,
    unfinished,
    withdraw,
)
from luoshi.core.papers.actions.numbering import begin_run, close_series, open_series, use_series
from luoshi.core.papers.actions.templating import add_template, retire_template

__all__ = [
    "add_figure",
    "add_template",
    "archive",
    "begin_run",
    "close_series",
    "draft",
    "edit",
    "issue",
    "may_write",
    "open_series",
    "receive",
    "retire_template",
    "review",
    "revoke",
    "send_back",
    "submit",
    "type_over",
    "unfinished",
    "use_series",
    "withdraw",
]
