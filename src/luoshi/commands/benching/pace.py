"""How fast the machine is just now, and how much memory this process took at most. Hosts that many share differ by a factor
of three from hour to hour, and milliseconds of pages with them; ratios to plain SQL do not."""

import resource
import statistics
import time
from contextlib import suppress
from pathlib import Path


def loop_ms() -> float:
    """How long plain Python takes for a million squares and their sum, in milliseconds; the median of five."""
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        sum(n * n for n in range(1_000_000))
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def forget_peak() -> None:
    """From here on ``peak_mb`` tells of what comes after, where the kernel can forget."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> int:
    """The most memory that this process ever held (or since ``forget_peak``), in MB. ``getrusage`` would tell that of
    whoever started it where that was more: the kernel hands it on to the program that takes a process over."""
    status = Path("/proc/self/status")
    told = status.read_text().partition("VmHWM:")[2].split() if status.is_file() else []
    return int(told[0]) // 1024 if told else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
