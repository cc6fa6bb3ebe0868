"""Tables of this chapter, split by noun."""

from luoshi.chapters.review.models.boxes import Complaint, Tally
from luoshi.chapters.review.models.findings import (
    FROM_PUBLIC,
    ORIGIN,
    POINTED,
    Channel,
    Finding,
    Mode,
    State,
    Via,
)

__all__ = [
    "FROM_PUBLIC",
    "ORIGIN",
    "POINTED",
    "Channel",
    "Complaint",
    "Finding",
    "Mode",
    "State",
    "Tally",
    "Via",
]
