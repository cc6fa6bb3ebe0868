"""What matters offer the plan: records that carry its sentences out, and figures of the campaign's flow."""

from luoshi.core.plan.registry import FlowFigure, Mechanism, offer, show

offer(
    Mechanism("按“13710”在办的事项", "matters?light=open", ("13710", "督办", "交办", "限时", "专项治理", "专项整治")),
    Mechanism("办成销号的事项", "matters?state=closed", ("解决", "整改", "销号", "落实落地", "办实事")),
    Mechanism("逾期的事项", "matters?light=red", ("慢", "拖", "逾期", "推诿")),
    Mechanism("回头看过的事项", "matters?looked=1", ("回头看", "反弹", "常态")),
    Mechanism("提出人的评价", "query:matters.answers", ("评价", "满意", "群众公认", "反馈")),
    Mechanism("催办和督办单", "query:matters.urgings", ("督查检查", "督考", "层层加码", "减负")),
)
show(
    FlowFigure("found", "立项的事项", "matters"),
    FlowFigure("done", "办成销号", "matters?state=closed"),
    FlowFigure("done", "正在办", "matters?light=open"),
    FlowFigure("done", "逾期", "matters?light=red"),
    FlowFigure("earned", "提出人满意的事项", "matters?said=satisfied"),
    FlowFigure("earned", "回头看过", "matters?looked=1"),
    FlowFigure("earned", "提出人不满意的事项", "matters?said=unsatisfied"),
    FlowFigure("earned", "重开过", "matters?reopened=1"),
)
