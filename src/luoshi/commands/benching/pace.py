"""How fast the machine is just now. Hosts that many share differ by a factor of three from hour to hour, and milliseconds of
pages with them; ratios to plain SQL do not."""

import statistics
import time


def loop_ms() -> float:
    """How long plain Python takes for a million squares and their sum, in milliseconds; the median of five."""
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        sum(n * n for n in range(1_000_000))
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)
