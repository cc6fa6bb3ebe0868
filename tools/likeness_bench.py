"""How long it takes to find what a new finding is like, among very many. Figures: ``bench/README-merging.md``.

    DATABASE_URL=sqlite:////…/likeness.sqlite3 python tools/likeness_bench.py ROWS

The database is made and filled on the first run and kept. The findings are invented: 40 villages, some 60 troubles, a
hundred places within a village, told in varying words; one in some 2,000 tells of the same thing as a new one.
"""

import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

CHUNK = 5000
HILLS = ("石桥", "柳树", "云岭", "长坪", "东沟", "黄土", "青龙", "白杨")
VILLAGES = [f"{a}{b}村" for a in HILLS for b in "沟坪湾岭庄"]
SIDES = ("村东", "村西", "村南", "村北", "老", "新", "大", "小", "前", "后")
SPOTS = [a + b for a in SIDES for b in "桥井坡庙塘坝渠场院口"]
WHAT = (
    "路灯",
    "自来水管",
    "垃圾池",
    "河堤",
    "排水沟",
    "水泥路",
    "变压器",
    "公交站",
    "低保名单",
    "卫生室",
    "小学围墙",
    "蓄水池",
)
WRONG = ("坏了没人修", "几个月没人管", "被大车压坏", "又脏又臭", "一直没有公示")
THINGS = [a + b for a, b in itertools.product(WHAT, WRONG)]
TAILS = [
    *("老人出门不方便", "孩子上学要绕路", "反映过两次没有结果", "一下雨就更厉害"),
    *("晚上看不见", "影响十几户人家", "希望镇里派人看看"),
]
DAY = datetime(2026, 11, 25, 2, tzinfo=UTC)


def words(chance: random.Random) -> tuple[str, str]:
    village, spot, thing = chance.choice(VILLAGES), chance.choice(SPOTS), chance.choice(THINGS)
    tail = "，".join(chance.sample(TAILS, chance.randint(1, 3)))
    return f"{village}{spot}的{thing}", f"我们{village}{spot}旁边的{thing}，{tail}，已经{chance.randint(2, 90)}天了。"


def rows(count: int, town: Any) -> Iterator[Any]:
    from luoshi.chapters.review.models import Finding

    chance = random.Random(1)  # noqa: S311 - invented data
    for n in range(count):
        title, told = words(chance)
        at = DAY - timedelta(minutes=count - n)
        yield Finding(town=town, channel="citizen", title=title, words=told, received_at=at, entered_at=at, last_at=at)


def fill(count: int) -> Any:
    from luoshi.chapters.review.actions.taking import KIND, search_text
    from luoshi.chapters.review.models import Finding
    from luoshi.core.org import actions as org
    from luoshi.core.org.models import Unit
    from luoshi.core.org.rules import system
    from luoshi.kit.search.actions import put_many

    town = Unit.objects.filter(kind="town").first()
    if town is None:
        town = org.found_town(name="云岭镇", code="yunling", by=system("bench"), at=DAY - timedelta(days=800))
    made = rows(count, town)
    while chunk := list(itertools.islice(made, CHUNK)):
        saved = Finding.objects.bulk_create(chunk, batch_size=500)
        put_many(KIND, ((finding.pk, search_text(finding)) for finding in saved))
    return town


def measure(town: Any, times: int = 40) -> None:
    from django.db import connection

    from luoshi.chapters.review.likeness.queries import alike
    from luoshi.chapters.review.models import Finding

    chance = random.Random(2)  # noqa: S311 - invented data
    spent, found = [], []
    for n in range(times + 3):
        title, told = words(chance)
        new = Finding(pk=10**9 + n, town=town, channel="citizen", title=title, words=told, received_at=DAY)
        begun = time.perf_counter()
        matches = alike(new)
        if n >= 3:
            spent.append((time.perf_counter() - begun) * 1000)
            found.append(len(matches))
    print(
        f"{connection.vendor}: median {statistics.median(spent):.0f} ms, 95 in 100 within "
        f"{sorted(spent)[int(times * 0.95) - 1]:.0f} ms, slowest {max(spent):.0f} ms; matches {statistics.mean(found):.1f}"
    )


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not arguments[0].isdigit():
        print(__doc__)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from luoshi.chapters.review.likeness.actions import learn_words
    from luoshi.chapters.review.models import Finding
    from luoshi.core.org.models import Unit

    call_command("migrate", verbosity=0)
    if not Finding.objects.exists():
        begun = time.perf_counter()
        fill(int(arguments[0]))
        print(f"filled in {time.perf_counter() - begun:.0f} s")
    if os.environ["DATABASE_URL"].startswith("postgres"):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    town = Unit.objects.get(kind="town")
    learn_words(town, at=DAY)
    print(f"{Finding.objects.count()} findings")
    measure(town)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
