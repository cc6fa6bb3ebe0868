"""The sentence of every verb of a plan's journal."""

from luoshi.core.plan.reading.tree import Kind

SENTENCES = {
    "plan.text_loaded": "装入方案",
    "plan.parts_called": "校正句子的位置",
    "plan.part_cut": "把一句断成两句",
    "plan.parts_joined": "把两句并成一句",
    "plan.part_named": "写短题、注明是否只是说明",
    "plan.duty_set": "定责任单位、责任人、时限和目标",
    "plan.linked": "挂上落实它的记录",
    "plan.unlinked": "去掉落实它的记录",
    "plan.phase_added": "增加阶段",
    "plan.phase_deleted": "删去阶段",
    "plan.goals_loaded": "装入目标",
    "plan.goal_added": "增加目标",
    "plan.goal_renamed": "目标改名",
    "plan.goal_moved": "目标移到别的上级之下",
    "plan.goal_deleted": "删除目标",
}
KINDS = [(kind.value, kind.label) for kind in Kind]
