"""What the journal says of causes."""

from luoshi.kit.errors import Refused

SENTENCES = {
    "cause.recorded": "记下根源",
    "cause.amended": "改写为什么",
    "cause.linked": "一件事归到这个根源",
    "cause.unlinked": "一件事从这个根源拿开",
    "cause.hung": "挂到更深的根源之下",
    "cause.weights_set": "调整痛点的算法",
    "cause.kind_added": "增加根源类别",
    "cause.village_placed": "在示意图上摆放村",
}


def unknown() -> Refused:
    """The one answer for what does not exist and what may not be seen."""
    return Refused("cause.unknown", "没有这个根源，或您不在其知悉范围内。", "请从“根源和痛点”页进入。")
