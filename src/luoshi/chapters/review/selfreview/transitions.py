"""What the journal says of rounds and sheets."""

from luoshi.kit.errors import Refused

SENTENCES = {
    "selfreview.round_opened": "开始一轮自查",
    "selfreview.round_closed": "结束一轮自查",
    "selfreview.sheet_begun": "领取自查表",
    "selfreview.handed_in": "交自查表",
    "selfreview.taken_back": "取回自查表再改",
    "selfreview.gap_raised": "把一条差距报成问题",
}


def unknown() -> Refused:
    """The one answer for what does not exist and what may not be seen."""
    return Refused("selfreview.unknown", "没有这份自查表，或您不在其知悉范围内。", "请从“自查”页进入。")
