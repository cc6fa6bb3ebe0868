"""What the page says after a verb: never that something was submitted, but what happened and what comes next."""

from datetime import date
from typing import Any

from luoshi.core.matters.models import Matter, State


def _on(day: date) -> str:
    return f"{day.month}月{day.day}日"


def after(verb: str, matter: Matter, data: dict[str, Any]) -> str:
    """One sentence after a verb that was done to ``matter`` (as it is now) with the form's ``data``."""
    unit = matter.lead_unit.name if matter.lead_unit else ""
    said = {
        "assign": f"已交办给{unit}，{_on(matter.report_due)}前反馈，{_on(matter.resolve_due)}前办结。",
        "describe": "内容已改，原来的写法留在经过里。",
        "put_in_charge": f"分管领导已改为{matter.leader.name if matter.leader else ''}。",
        "contest": "异议已提出，裁定前计时停止。",
        "propose_ruling": "裁定已拟，等分管领导审定。",
        "rule": f"已裁定，由{unit}办理，计时继续。" if data.get("granted") else "未同意，请督办室重新拟定。",
        "sign": f"已签收，由{matter.handler.name if matter.handler else ''}经办，{_on(matter.report_due)}前反馈。",
        "report": f"已反馈，{_on(matter.resolve_due)}前办结。",
        "co_report": "协办进展已反馈给牵头单位。",
        "accept": "已阅评。",
        "return_report": f"反馈已退回，仍应在{_on(matter.report_due)}前反馈。",
        "ask_extension": "延期申请已送审，批准前仍按原期限。",
        "decide_extension": f"已同意，办结期限改为{_on(matter.resolve_due)}。"
        if data.get("granted")
        else "未同意延期。",
        "suspend": "已中止，计时停止。",
        "resume": f"已恢复计时，{_on(matter.resolve_due)}前办结。",
        "draft_plan": "方案已报分管领导审批。",
        "approve_plan": f"方案已同意，按方案办理，{_on(matter.resolve_due)}前办结，每月反馈。"
        if data.get("granted")
        else "方案未同意，请经办人重报。",
        "send_up": "已上报，本镇仍保持打开，计时停止。",
        "answer_from_above": "已记录上级反馈，转入核查。"
        if matter.state == State.CLAIMED
        else "已记录上级反馈，继续办理。",
        "transfer": f"已转办给{unit}，经过一并转去。",
        "hand_over": f"已移交给{matter.handler.name if matter.handler else ''}。",
        "ask_regrade": "改级已提出，等另一人审定。",
        "regrade": f"已改级，办结期限为{_on(matter.resolve_due)}。" if data.get("granted") else "未同意改级。",
        "claim": "已申请销号，等其他单位核查和提出人评价；等待的时间不算您的。",
        "withdraw": "已撤回，继续办理。",
        "name_verifier": f"已指定{data['person'].name}，等其到现场看过后填写所见。" if data.get("person") else "",
        "verify": "核查通过，等提出人评价后销号。" if data.get("passed") else "核查不通过，已退回重办。",
        "evaluate": "谢谢，您的评价已记录。",
        "answer_dissent": "复核意见已记录，会给提出人看。" if data.get("stands") else "已退回重办。",
        "close": "已销号，归零。",
        "look_again": "回头看已记录，确已解决。" if data.get("passed") else "已重新打开。",
        "reopen": f"已重新打开，{_on(matter.resolve_due)}前办结。",
        "ask_void": "撤销已提出，等另一人审定。",
        "void": "已撤销，提出人会看到理由。" if data.get("granted") else "未同意撤销。",
        "urge": f"已催办{unit}。",
        "escalate": f"督办单已发{unit}。",
    }
    return said[verb]
