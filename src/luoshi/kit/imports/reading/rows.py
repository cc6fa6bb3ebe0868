"""The rows below a header, without totals, notes and headers that come again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from luoshi.kit.errors import Refused
from luoshi.kit.imports import mapping as matching
from luoshi.kit.imports.cells import Raw, text_of, value_of
from luoshi.kit.imports.marks import Mark
from luoshi.kit.imports.places import cell_words
from luoshi.kit.imports.reading.heads import Head, is_whole
from luoshi.kit.imports.reading.sheets import Sheet
from luoshi.kit.imports.reading.tables import Fault, ReadRow
from luoshi.kit.imports.registry import Column, Import, SheetRow, Value

_TOTAL = re.compile(r"(合\s*计|总\s*计|小\s*计|累\s*计|共\s*计|共\s*\d+\s*[件条项个人户起处名]\s*$)(?!.*[。；])")
_NOTE = re.compile(
    r"(注|备注|说明|填表说明|填表人|填报人|制表人?|审核人?|填报单位|单位负责人|主要负责人|联系人|联系电话|填报时间|填报日期)\d*\s*[:：]|注\d+[、.]"
    r"|[^:：，。；]{0,20}[（(]?(?:签字|签名|签章|盖章)[)）]?\s*[:：]"
)
_DITTO = re.compile(r"同\s*上|[〃″＂\"]|''|’’|”|“")
_SECTION = re.compile(r"[（(]?[一二三四五六七八九十]+[)）、.．]")


@dataclass(frozen=True)
class Around:
    """What stands around a table and holds for its rows; ``offset`` is added to the numbers of its rows."""

    title: str
    year: int | None
    dated: date | None
    where: str
    offset: int
    marks: Mapping[tuple[int, int], Mark]


class Reader:
    """Goes through the rows below a header; where another header stands between them, by that from there on."""

    def __init__(
        self,
        declared: Import,
        sheet: Sheet,
        head: Head,
        mapping: Mapping[str, int],
        around: Around,
        *,
        room: int,
    ) -> None:
        self.declared, self.sheet, self.head, self.around, self.room = declared, sheet, head, around, room
        self.skipped: list[tuple[int, str]] = []
        self.above: dict[int, Raw] = {}
        self.first = dict(mapping)
        self._head_is(head.headers, mapping)
        self.wide = {
            top: right - left for (top, left), (_, right) in sheet.merged if right - left >= 2 and top > head.last
        }

    def _head_is(self, headers: tuple[str, ...], mapping: Mapping[str, int]) -> None:
        self.headers, self.mapping = headers, mapping
        self.kinds = {column.key: column for column in self.declared.columns if column.key in mapping}
        self.labels = {matching.plain(label) for label in (*self.head.headers, *headers) if label}
        self.serial = {i for i, label in enumerate(headers) if matching.plain(label) in ("序号", "排序", "no")}

    def rows(self) -> Iterator[ReadRow]:
        count = 0
        for index, raw in self.sheet.rows():
            if index <= self.head.last:
                continue
            if (why := self._not_data(index, raw)) is not None:
                if why:
                    self.skipped.append((index + 1 + self.around.offset, why))
                continue
            count += 1
            if count > self.room:
                raise Refused(
                    "imports.too_many_rows",
                    f"“{self.sheet.name}”超过 {self.declared.most:,} 行。",
                    "请分成几份导入。",
                    field="file",
                )
            yield self._read(index, raw)

    def _not_data(self, index: int, raw: list[Raw]) -> str | None:
        """Why a row is none of the table's (empty: it says nothing); ``None`` for a row that counts."""
        said = [(i, text_of(cell)) for i, cell in enumerate(raw) if i not in self.serial]
        said = [(i, text) for i, text in said if text]
        first = next((text for cell in raw if (text := text_of(cell))), "")
        if not said:
            return "合计" if _TOTAL.match(first) else ""
        if _TOTAL.match(first) or (_TOTAL.fullmatch(said[0][1]) and not self._is_full(raw)):
            return "合计"
        if _NOTE.match(first) and not self._is_full(raw):
            return "表后的说明"
        if len(said) >= 2 and all(matching.plain(text) in self.labels for _, text in said):
            if self.names(raw) == self.names(self.head.headers):
                self._head_is(self.head.headers, self.first)
            return "重复的表头"
        if self._is_other_head(raw, len(said)):
            return "另一个表头"
        if len(said) == 1 and (self.wide.get(index) or _SECTION.match(said[0][1])) and len(self.mapping) > 2:
            return "小标题"
        return None

    @staticmethod
    def names(cells: Sequence[Raw]) -> list[str]:
        """What a row says as a header, without what is empty behind."""
        names = [matching.plain(text_of(cell)) for cell in cells]
        while names and not names[-1]:
            names.pop()
        return names

    def _is_other_head(self, raw: list[Raw], count: int) -> bool:
        """Whether a row is the header of a second table on the sheet: it names what the first one had to, and little
        else. From there on its columns hold."""
        if count < 2:
            return False
        labels = [[text] if (text := text_of(cell)) else [] for cell in raw]
        if len(matching.exact(self.declared, labels)) < 2:  # every ordinary row ends here
            return False
        head = Head(0, 0, labels, matching.guess(self.declared, labels))
        if not is_whole(self.declared, head):
            return False
        self.above = {}
        self._head_is(head.headers, head.mapping)
        return True

    def _is_full(self, raw: list[Raw]) -> bool:
        """Whether the row fills at least half of the columns that are read."""
        filled = sum(1 for place in self.mapping.values() if place < len(raw) and text_of(raw[place]))
        return filled * 2 > len(self.mapping)

    def _read(self, index: int, raw: list[Raw]) -> ReadRow:
        values: dict[str, Value] = {}
        faults: list[Fault] = []
        around = self.around
        row = SheetRow(
            number=index + 1 + around.offset,
            values=values,
            columns=self.mapping,
            dated=around.dated,
            sheet=self.sheet.name,
            title=around.title,
            where=around.where,
        )
        struck = False
        for key, column in self.kinds.items():
            place = self.mapping[key]
            if self.around.marks.get((index, place)) == Mark.STRUCK:
                if struck:
                    continue  # one cell speaks for a row that is crossed out
                struck = True
            try:
                value = self._value(index, raw, place, column)
            except Refused as said:
                faults.append(Fault(cell_words(row, place), key, str(said)))
                continue
            if value is not None:
                values[key] = value
            elif column.filled:
                faults.append(Fault(cell_words(row, place), key, f"“{column.label}”没有填写。"))
        return ReadRow(row, tuple(faults), tuple(raw), self.headers)

    def _value(self, index: int, raw: list[Raw], place: int, column: Column) -> Value | None:
        """What a cell says; 同上 says what the one above it does. Refused: what cannot be read, or not be relied on."""
        cell = raw[place] if place < len(raw) else None
        mark = self.around.marks.get((index, place))
        if mark == Mark.STRUCK:
            raise Refused(
                "imports.struck",
                f"“{column.label}”划了删除线，看不出还算不算。",
                "还算的请去掉删除线，不算的请删掉这一行。",
            )
        if mark == Mark.UNCALCULATED:
            raise Refused(
                "imports.uncalculated",
                f"“{column.label}”的公式还没有算出结果。",
                "请用 Excel 或 WPS 打开、保存一次再导入。",
            )
        if mark == Mark.BROKEN:
            raise Refused(
                "imports.cell_error", f"“{column.label}”的公式出错了，没有结果。", "请在 Excel 里改成要填的内容。"
            )
        if isinstance(cell, str) and _DITTO.fullmatch(cell.strip()) and self.above.get(place) not in (None, ""):
            cell = raw[place] = self.above[place]
        self.above[place] = cell
        return value_of(cell, column, year=self.around.year)
