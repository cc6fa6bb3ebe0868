"""Papers that a person writes: a notice, the minutes of a meeting from its text."""

from collections.abc import Mapping
from datetime import date

from luoshi.core.org.rules import Actor
from luoshi.core.papers.models import Kind
from luoshi.core.papers.registry import Ask, Draft, Source, register


def notice(actor: Actor, asked: Mapping[str, str], today: date) -> Draft:
    """通知: a title and an empty body."""
    about = asked.get("about", "").strip()
    return Draft(
        kind=Kind.NOTICE,
        title=about if about.endswith("通知") else f"关于{about or '……'}的通知",
        recipients="各村（社区）、镇直各单位",
        body="（待填：为什么发这个通知）\n一、主要任务\n（待填：做什么）\n二、有关要求\n（待填：谁来做、什么时候做完）",
    )


def minutes(actor: Actor, asked: Mapping[str, str], today: date) -> Draft:
    """会议纪要: when and where, who was there, what was agreed; what was talked about is put in as it was noted."""
    name = asked.get("name", "").strip() or "……会议"
    return Draft(
        kind=Kind.MINUTES,
        title=f"{name}纪要",
        body=(
            f"{today.year}年{today.month}月{today.day}日，（待填：谁）主持召开{name}。现将议定事项纪要如下。\n"
            "一、（待填：议定的第一件事，谁牵头、什么时候办完）\n"
            "出席：（待填：单位和姓名）"
        ),
    )


register(Source("notice", "通知", Kind.NOTICE, "从空白写起。", notice, (Ask("about", "关于什么", "text"),)))
register(Source("minutes", "会议纪要", Kind.MINUTES, "从空白写起。", minutes, (Ask("name", "会议名称", "text"),)))
