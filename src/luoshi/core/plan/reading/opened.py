"""What an opened file is."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Opened:
    """The decoded text, its line ends ``\\n``; ``notes`` say in Chinese how it was read and what was not. ``hard``: the
    places of line ends that end a paragraph, where the file says so (Word), else ``None``. ``levels``: how high the
    headings stand, by the place where they begin, where the file says so."""

    text: str
    notes: list[str] = field(default_factory=list)
    hard: frozenset[int] | None = None
    levels: dict[int, int] = field(default_factory=dict)
