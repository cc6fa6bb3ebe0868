"""Who may write here."""

from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused

KEEPERS = (Duty.ORGANISATION, Duty.DATA)


def may_keep(by: Actor, town_id: int | None) -> None:
    if by.is_system:
        return
    if by.town_id != town_id or not by.has(*KEEPERS):
        raise Refused("org.not_keeper", "机构与人员由组织人事或数据岗维护。", "请联系本镇数据岗办理。")
