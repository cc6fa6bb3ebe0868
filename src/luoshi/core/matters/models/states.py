"""Words that a matter's columns may hold: states, grades, who may know of it."""

from django.db import models


class State(models.TextChoices):
    REGISTERED = "registered", "已立项"
    ASSIGNED = "assigned", "已交办"
    CONTESTED = "contested", "有异议"
    WORKING = "working", "办理中"
    PLANNED = "planned", "按方案办理"
    WAITING = "waiting", "中止"
    SENT_UP = "sent_up", "已上报"
    CLAIMED = "claimed", "待核查"
    VERIFIED = "verified", "待销号"
    CLOSED = "closed", "已销号"
    VOIDED = "voided", "已撤销"


ENDED = (State.CLOSED, State.VOIDED)
OPEN = tuple(state for state in State if state not in ENDED)


class Grade(models.TextChoices):
    ORDINARY = "ordinary", "一般"
    MAJOR = "major", "重大复杂"


class Secrecy(models.TextChoices):
    OPEN = "open", "镇内公开"
    INTERNAL = "internal", "办理单位可见"
    RESTRICTED = "restricted", "指定人员可见"
    ACCUSATION = "accusation", "检举控告"
