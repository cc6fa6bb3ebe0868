"""The sketch of the town: a circle for each village, as large as what is open there. No tiles, nothing from outside.

Names hang below their circle by the height of their own letters, which are larger on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, LEFT, TOP = 640, 460, 70, 48
SMALLEST, LARGEST = 7, 34


@dataclass(frozen=True)
class Spot:
    """One village: where it is drawn (0 to 100), its name, how many matters are open, and their page."""

    x: int
    y: int
    name: str
    count: int
    url: str


def radius(count: int, most: int) -> float:
    """The area of a circle is as the count; nothing open is a small ring."""
    return SMALLEST if not count else max(SMALLEST + 3.0, LARGEST * sqrt(count / most))


def draw(spots: Sequence[Spot], *, label: str) -> SafeString:
    """The sketch as SVG; the same stands in the table beside it."""
    most = max((spot.count for spot in spots), default=0) or 1
    marks = sorted(spots, key=lambda spot: -spot.count)
    return format_html(
        '<svg class="village-map" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        _ground(spots),
        format_html_join("", "{}", ((_mark(spot, most),) for spot in marks)),
    )


def _at(spot: Spot) -> tuple[float, float]:
    return round(LEFT + spot.x * (WIDTH - 2 * LEFT) / 100, 1), round(TOP + spot.y * (HEIGHT - 2 * TOP - 16) / 100, 1)


def _mark(spot: Spot, most: int) -> SafeString:
    x, y = _at(spot)
    size = round(radius(spot.count, most), 1)
    number = (
        format_html('<text class="n" x="{}" y="{}">{}</text>', x, round(y + 6, 1), spot.count) if spot.count else ""
    )
    return format_html(
        '<a href="{}"><title>{} {} 件</title><circle class="{}" cx="{}" cy="{}" r="{}"/>{}'
        '<text class="name" x="{}" y="{}" dy="1em">{}</text></a>',
        spot.url,
        spot.name,
        spot.count,
        "some" if spot.count else "none",
        x,
        y,
        size,
        number,
        x,
        round(y + size + 3, 1),
        spot.name,
    )


def _ground(spots: Sequence[Spot]) -> SafeString:
    """A soft outline round the villages, wide enough for their circles."""
    points = sorted({_at(spot) for spot in spots})
    if len(points) < 3:
        return SafeString("")
    hull = _half(points) + _half(points[::-1])
    told = " ".join(f"{x},{y}" for x, y in hull)
    return format_html('<polygon class="ground" points="{}"/>', told)


def _half(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """One chain of the convex hull (Andrew's monotone chain), without its last point."""
    chain: list[tuple[float, float]] = []
    for point in points:
        while len(chain) > 1 and _left(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain[:-1]


def _left(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
