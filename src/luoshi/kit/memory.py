"""How a long-running process treats its memory."""

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 50


def settle() -> None:
    """Called when all is loaded: what is there stays, and Python looks for cycles after tens of thousands of new objects,
    not after seven hundred. A page makes and drops some ten thousand; looking through them all, often more than once a
    page, took a tenth of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
