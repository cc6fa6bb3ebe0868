"""A paper on the screen: its lines as HTML, every figure a link to the rows that it counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from luoshi.core.papers.document import Loaded
from luoshi.core.papers.figures import Seen
from luoshi.kit.documents.model import Block, Cell, Figure, Heading, Para, Run, Table, cell_text, numbered
from luoshi.kit.errors import Refused
from luoshi.kit.ledgers import figures as kit


@dataclass(frozen=True)
class Sheet:
    """Body and attachments, ready to be shown."""

    body: SafeString
    attachments: list[tuple[str, SafeString]]


class _Drawing:
    def __init__(self, loaded: Loaded, links: Mapping[str, str], seen: Mapping[str, Seen]) -> None:
        self.loaded, self.links, self.seen = loaded, links, seen

    def run(self, run: Run) -> SafeString:
        return self.figure(run) if isinstance(run, Figure) else format_html("{}", run)

    def figure(self, figure: Figure) -> SafeString:
        row = self.loaded.rows[figure.name]
        if not self.loaded.values.get(figure.name):
            return format_html('<mark class="fig-wrong">{}</mark>', figure.text)
        told = f"{figure.name}：{row.sentence or self._sentence(figure.name)}"
        if row.typed:
            return format_html('<span class="fig typed" title="手填：{}">{}</span>', row.reason, figure.text)
        url = self.links.get(figure.name, "")
        if not url:
            return format_html('<span class="fig" title="{}">{}</span>', told, figure.text)
        return format_html('<a class="fig" href="{}" title="{}">{}</a>', url, told, figure.text)

    def _sentence(self, name: str) -> str:
        seen = self.seen.get(name)
        return seen.sentence if seen else ""

    def runs(self, runs: tuple[Run, ...]) -> SafeString:
        return format_html_join("", "{}", ((self.run(run),) for run in runs))

    def cell(self, cell: Cell) -> SafeString:
        number = isinstance(cell, int | Figure)
        content = self.figure(cell) if isinstance(cell, Figure) else format_html("{}", cell_text(cell))
        return format_html('<td class="number">{}</td>', content) if number else format_html("<td>{}</td>", content)

    def block(self, number: str, block: Block) -> SafeString:
        if isinstance(block, Heading):
            level = block.level
            return format_html('<p class="h{}"><b>{}{}</b>{}</p>', level, number, block.words, self.runs(block.runs))
        if isinstance(block, Para):
            return format_html("<p>{}</p>", self.runs(block.runs))
        return self.table(block)

    def table(self, table: Table) -> SafeString:
        caption = format_html("<caption>{}</caption>", table.caption) if table.caption else SafeString("")
        head = format_html_join("", '<th scope="col">{}</th>', ((column,) for column in table.columns))
        rows = format_html_join(
            "", "<tr>{}</tr>", ((format_html_join("", "{}", ((self.cell(c),) for c in row)),) for row in table.rows)
        )
        return format_html(
            '<div class="scroll" tabindex="0" role="region" aria-label="表格"><table>{}<thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table></div>",
            caption,
            head,
            rows,
        )

    def blocks(self, blocks: tuple[Block, ...]) -> SafeString:
        return format_html_join("", "{}", ((self.block(number, block),) for number, block in numbered(blocks)))


def sheet(loaded: Loaded, *, seen: Mapping[str, Seen]) -> Sheet:
    """The paper's text; figures link to their rows, those of an issued paper to what is counted now."""
    links = {name: one.url for name, one in seen.items() if one.url}
    for name, row in loaded.rows.items():
        if name not in links and row.value is not None:
            links[name] = _link(row.source)
    drawing = _Drawing(loaded, links, seen)
    text = loaded.text
    return Sheet(drawing.blocks(text.body), [(one.name, drawing.blocks(one.body)) for one in text.attachments])


def _link(source: str) -> str:
    """The page of a figure's rows, whoever looks: the page itself says whether it exists for him."""
    try:
        return kit.address(kit.parse(source))
    except Refused:
        return ""
