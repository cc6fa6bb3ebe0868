"""That somebody holds the posts without which work stands still."""

from collections.abc import Iterator

from django.utils import timezone

from luoshi.core.org import queries
from luoshi.core.org.rules import Duty
from luoshi.kit.health import Examination, Symptom

NEEDED = {Duty.OFFICE: "督办室", Duty.DATA: "数据岗", Duty.DISCIPLINE: "纪检监察"}


def posts(examination: Examination) -> Iterator[Symptom]:
    today = timezone.localdate(examination.at)
    towns = list(queries.towns())
    if not towns:
        yield Symptom("还没有建乡镇。", "请运行 ./luoshi init，或打开网页按提示建。", is_wrong=False)
    for town in towns:
        for duty, words in NEEDED.items():
            if not queries.holders(duty, town_id=town.pk, on=today):
                yield Symptom(f"{town.name}今天没有人担任{words}。", "请在“机构人员”里任命。", is_wrong=False)
