"""Measures, faces and styles of GB/T 9704-2012, as Word writes them. Lengths are twips (1/20 pt) unless said otherwise.

Sources: GB/T 9704-2012, 5.1 (A4), 5.2.1 (天头 37 mm, 订口 28 mm, 版心 156 × 225 mm), 5.2.2 (3号仿宋), 5.2.3 (22 lines
of 28 characters), 7 (elements). Faces carry the names of the faces that offices own; no font is embedded.
"""

from dataclasses import dataclass
from html import escape
from typing import Final

NS: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

PAGE_WIDTH: Final = 11906
PAGE_HEIGHT: Final = 16838
TOP: Final = 2098
LEFT: Final = 1587
BOTTOM: Final = 1984
RIGHT: Final = 1474
TEXT_WIDTH: Final = PAGE_WIDTH - LEFT - RIGHT
LINES: Final = 22
COLUMNS: Final = 28
LINE: Final = 579
"""One line: 225 mm / 22, 28.95 pt."""
CHARACTER: Final = TEXT_WIDTH / COLUMNS
"""One character: 156 mm / 28, 15.8 pt; 3号 itself is 16 pt, so the grid draws characters together a little."""
TIGHTENING: Final = -5
"""Added to each 3号 character (16 pt), so that 28 of them fit 156 mm. A character grid would say the same, but readers
other than Word give every character two cells where the cell is narrower than the character."""
HEADER: Final = 907
FOOTER: Final = 1446
"""From the paper's lower edge to the page number's line: its dash then stands 7 mm under the text (7.5)."""

FANGSONG: Final = "仿宋_GB2312"
KAITI: Final = "楷体_GB2312"
HEITI: Final = "黑体"
XIAOBIAOSONG: Final = "方正小标宋简体"
SONGTI: Final = "宋体"

SIZE_2: Final = 22.0
SIZE_3: Final = 16.0
SIZE_4: Final = 14.0
SIZE_SMALL_4: Final = 12.0
SIZE_5: Final = 10.5
SIZE_REMARK: Final = 7.5

RED: Final = "FF0000"


@dataclass(frozen=True)
class Style:
    """A paragraph style: face, size in points, and the rest of its paragraph properties in the schema's order."""

    key: str
    name: str
    face: str = FANGSONG
    size: float = SIZE_3
    before: int = 0
    after: int = 0
    line: int | None = LINE
    indent: str = ""
    align: str = "both"
    leading: str = ""
    tabs: str = ""
    outline: int | None = None
    color: str = ""
    tightening: int = 0

    def xml(self) -> str:
        spacing = f'<w:spacing w:before="{self.before}" w:after="{self.after}" ' + (
            f'w:line="{self.line}" w:lineRule="exact"/>' if self.line else 'w:line="240" w:lineRule="auto"/>'
        )
        outline = "" if self.outline is None else f'<w:outlineLvl w:val="{self.outline}"/>'
        color = f'<w:color w:val="{self.color}"/>' if self.color else ""
        tight = f'<w:spacing w:val="{self.tightening}"/>' if self.tightening else ""
        snap = "" if self.line == LINE and self.size == SIZE_3 else '<w:snapToGrid w:val="0"/>'
        return (
            f'<w:style w:type="paragraph" w:customStyle="{int(self.key.startswith("Luoshi"))}" w:styleId="{self.key}">'
            f'<w:name w:val="{self.name}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
            f"<w:pPr>{self.leading}{self.tabs}{snap}{spacing}{self.indent}"
            f'<w:jc w:val="{self.align}"/>{outline}</w:pPr>'
            f"<w:rPr>{fonts(self.face)}{color}{tight}{sizes(self.size)}</w:rPr></w:style>"
        )


def fonts(face: str, *, hint: bool = False) -> str:
    """One face for all scripts; ``hint`` gives ambiguous marks (“ ” —) their full Chinese width."""
    name = escape(face)
    told = ' w:hint="eastAsia"' if hint else ""
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"{told}/>'


def sizes(points: float) -> str:
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


def indent(
    *, left: float = 0, right: float = 0, first: float = 0, hanging: float = 0, points: float = CHARACTER / 20
) -> str:
    """An indent in characters, with the same in twips for readers that know no characters.

    Word takes the twips of a hanging indent only when no characters are given, so that one is written in twips alone.
    """
    twips = points * 20
    parts = []
    if left or hanging:
        parts.append(f'w:left="{round(left * twips)}"')
    if right:
        parts.append(f'w:rightChars="{round(right * 100)}" w:right="{round(right * twips)}"')
    if first:
        parts.append(f'w:firstLineChars="{round(first * 100)}" w:firstLine="{round(first * twips)}"')
    if hanging:
        parts.append(f'w:hanging="{round(hanging * twips)}"')
    return f"<w:ind {' '.join(parts)}/>" if parts else ""


_KEEP = "<w:keepNext/>"
_FIRST = indent(first=2)
_RED_RULE = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="{RED}"/></w:pBdr>'
"""11 pt, about 4 mm, under the number (7.2.8)."""

STYLES: Final = (
    Style("LuoshiBody", "公文正文", indent=_FIRST, tightening=TIGHTENING),
    Style("LuoshiMark", "发文机关标志", XIAOBIAOSONG, line=None, align="center", color=RED, leading=_KEEP),
    Style("LuoshiNumber", "发文字号", before=2 * LINE, align="center", leading=_KEEP + _RED_RULE),
    Style(
        "LuoshiNumberUp",
        "发文字号（上行文）",
        before=2 * LINE,
        align="left",
        leading=_KEEP + _RED_RULE,
        tabs=f'<w:tabs><w:tab w:val="left" w:pos="{round(CHARACTER)}"/>'
        f'<w:tab w:val="right" w:pos="{TEXT_WIDTH - round(CHARACTER)}"/></w:tabs>',
    ),
    Style("Title", "Title", XIAOBIAOSONG, SIZE_2, align="center", leading=_KEEP),
    Style("LuoshiRecipients", "主送机关", before=LINE, tightening=TIGHTENING),
    Style("Heading1", "heading 1", HEITI, indent=_FIRST, leading=_KEEP, outline=0, tightening=TIGHTENING),
    Style("Heading2", "heading 2", KAITI, indent=_FIRST, leading=_KEEP, outline=1, tightening=TIGHTENING),
    Style("Heading3", "heading 3", indent=_FIRST, leading=_KEEP, outline=2, tightening=TIGHTENING),
    Style("Heading4", "heading 4", indent=_FIRST, leading=_KEEP, outline=3, tightening=TIGHTENING),
    Style("LuoshiAttachments", "附件说明", tightening=TIGHTENING),
    Style("LuoshiSigned", "发文机关署名", align="right", leading=_KEEP),
    Style("LuoshiDated", "成文日期", align="right"),
    Style("LuoshiNote", "附注", indent=_FIRST, tightening=TIGHTENING),
    Style("LuoshiAttachmentMark", "附件序号", HEITI, align="left", leading=_KEEP + "<w:pageBreakBefore/>"),
    Style("LuoshiCaption", "表题", HEITI, SIZE_SMALL_4, before=120, after=60, line=400, align="center", leading=_KEEP),
    Style("LuoshiCell", "表格文字", size=SIZE_SMALL_4, line=None),
    Style("LuoshiAfterTable", "表后", size=SIZE_5, line=200),
    Style("LuoshiImprint", "版记", size=SIZE_4, line=480, align="left"),
    Style("LuoshiEnd", "文末", size=1, line=20),
    Style("LuoshiDraftMark", "草稿标记", HEITI, SIZE_3, line=None, align="right"),
    Style("LuoshiPageNumber", "页码", SONGTI, SIZE_4, line=280, align="left"),
)


def styles_xml() -> str:
    """The whole styles part: nothing of Word's own faces or colours is left to show through."""
    return (
        f'<w:styles xmlns:w="{NS}"><w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANGSONG)}{sizes(SIZE_3)}'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/>'
        "</w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/><w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/><w:jc w:val="both"/></w:pPr>'
        f"<w:rPr>{fonts(FANGSONG)}{sizes(SIZE_3)}</w:rPr></w:style>"
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        '<w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="80" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        f"{''.join(style.xml() for style in STYLES)}</w:styles>"
    )


def settings_xml() -> str:
    """Odd and even pages differ (the page number stands outside); Word 2013 rules, no compatibility mode."""
    return (
        f'<w:settings xmlns:w="{NS}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )
