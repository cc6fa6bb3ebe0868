"""The flow of a campaign as one picture: SVG, made on the server from the counts. Pure."""

from collections.abc import Sequence

WIDTH, HEIGHT, BAR, GAP = 1000, 120, 96, 19.35
"""In the picture's own units; ``GAP`` is that of the columns that stand below it on the page."""
_LEAST = 6
_NUMBER = 84
"""Room for the number that stands behind a bar."""


def draw_flow(counts: Sequence[int | None]) -> str:
    """Steps from left to right, each a bar as high as its count is to the greatest; a band joins what is known. A step
    without a count is an empty outline that a dashed line passes through."""
    most = max((count for count in counts if count), default=0)
    pitch = (WIDTH + GAP) / max(1, len(counts))
    middle = HEIGHT / 2
    bars: list[str] = []
    bands: list[str] = []
    before: tuple[float, float] | None = None
    for i, count in enumerate(counts):
        left = i * pitch
        if count is None:
            bars.append(
                f'<rect x="{left + 1:.1f}" y="{middle - 30:.1f}" width="{BAR}" height="60" class="flow-none"/>'
                f'<text x="{left + 1 + BAR / 2:.1f}" y="{middle + 5:.1f}" class="flow-word">没有数</text>'
            )
            half = 0.0
        else:
            half = max(_LEAST, (HEIGHT - 8) * count / most if most else _LEAST) / 2
            bars.append(
                f'<rect x="{left:.1f}" y="{middle - half:.1f}" width="{BAR}" height="{2 * half:.1f}" class="flow-bar"/>'
                f'<text x="{left + BAR + 8:.1f}" y="{middle + 9:.1f}" class="flow-count">{count}</text>'
            )
        if before is not None:
            bands.append(_between(before, (left, half), middle))
        before = left + BAR, half
    return f'<svg class="flow-picture" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{"".join(bands)}{"".join(bars)}</svg>'


def _between(start: tuple[float, float], end: tuple[float, float], middle: float) -> str:
    (a, above), (b, below) = start, end
    if not above or not below:
        beyond = a + _NUMBER if above else a
        return f'<path class="flow-gap" d="M{beyond:.1f} {middle:.1f} L{b:.1f} {middle:.1f}"/>'
    return (
        f'<path class="flow-band" d="M{a:.1f} {middle - above:.1f} L{b:.1f} {middle - below:.1f}'
        f' L{b:.1f} {middle + below:.1f} L{a:.1f} {middle + above:.1f} Z"/>'
    )
