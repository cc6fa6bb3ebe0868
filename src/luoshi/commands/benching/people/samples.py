"""What the measuring of people took down: milliseconds by kind, and what went wrong."""

import re
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

WORDS = {
    "sign-in": "登录",
    "today": "今天",
    "ledger": "台账首页",
    "next": "台账下一页",
    "filter": "台账筛选",
    "search": "查找",
    "matter": "事项页",
    "report": "反馈",
    "raise": "反映问题（干部）",
    "public": "群众页面",
    "sign": "签收",
    "write while importing": "导入时立项",
}
APART = ("sign-in", "write while importing")
"""Kinds that are not counted among the pages."""


@dataclass
class Samples:
    """Milliseconds by kind, and what went wrong."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, seconds: float) -> None:
        with self.lock:
            self.taken[kind].append(seconds * 1000)

    def fail(self, kind: str, words: str) -> None:
        with self.lock:
            self.errors.append(f"{kind}: {words}"[:300])

    def pages(self) -> list[float]:
        """Everything but signing in, and but the presses of the writer."""
        return [one for kind, taken in self.taken.items() if kind not in APART for one in taken]


def figures(name: str, taken: list[float]) -> dict[str, Any]:
    """How many, and how long: half of them, 95 and 99 of a hundred, and the longest."""
    ordered = sorted(taken)

    def share(part: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1) if ordered else 0.0

    return {
        "name": name,
        "count": len(ordered),
        "p50_ms": share(0.5),
        "p95_ms": share(0.95),
        "p99_ms": share(0.99),
        "most_ms": round(ordered[-1], 1) if ordered else 0.0,
    }


def first_words(body: str) -> str:
    """The heading of a page, to say what came instead of what was asked for."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    return found[1].strip()[:80] if found else ""
