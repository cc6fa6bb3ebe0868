"""The matter and everything that hangs on it. What was said lives in the journal's words; here stand codes and dates.

All ``*_due`` are the last day in time, in the town's time zone: a limit ends at 24:00 of that day.
"""

from luoshi.core.matters.models.course import CoUnit, DateMove, Handling, Pause, Urging
from luoshi.core.matters.models.matter import Matter
from luoshi.core.matters.models.raisers import Evaluation, Raiser
from luoshi.core.matters.models.reports import Claim, Report, Request
from luoshi.core.matters.models.settings import Category, ClockRule
from luoshi.core.matters.models.states import ENDED, OPEN, Grade, Secrecy, State
from luoshi.core.matters.models.verdicts import NamedVerifier, Verdict

__all__ = [
    "ENDED",
    "OPEN",
    "Category",
    "Claim",
    "ClockRule",
    "CoUnit",
    "DateMove",
    "Evaluation",
    "Grade",
    "Handling",
    "Matter",
    "NamedVerifier",
    "Pause",
    "Raiser",
    "Report",
    "Request",
    "Secrecy",
    "State",
    "Urging",
    "Verdict",
]
