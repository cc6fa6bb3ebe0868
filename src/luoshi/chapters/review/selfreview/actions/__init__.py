"""Every write of self-reviews, a verb a function. Split by noun: rounds and sheets."""

from luoshi.chapters.review.selfreview.actions.rounds import begin_sheet, close_round, keep_up, open_round
from luoshi.chapters.review.selfreview.actions.sheets import Written, hand_in, raise_gap, save, take_back

__all__ = [
    "Written",
    "begin_sheet",
    "close_round",
    "hand_in",
    "keep_up",
    "open_round",
    "raise_gap",
    "save",
    "take_back",
]
