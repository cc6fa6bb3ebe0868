"""How long it takes to see what a new finding is like, among very many. Figures: ``bench/README-merging.md``.

    DATABASE_URL=sqlite:////…/var/bench-1000000.sqlite3 python tools/likeness_bench.py [TIMES]

The database is one that ``./luoshi bench --rows N`` filled: its findings are invented, of some thousand places, eighty
things and fifty faults, told in ten ways, one in 25 of what another told before. Half of the new findings tell of
something new, half of what one of the findings tells that could still be merged, in other words. Everything that is
written is taken back.
"""

import os
import random
import statistics
import sys
import time
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
OPENINGS = ("再说一次，", "我也反映一下，", "还是那件事，", "邻居让我问问，")


def newly(chance: random.Random) -> tuple[str, str, str]:
    from luoshi.commands.benching.telling import Teller

    teller = Teller(chance)
    return teller.tell(teller.event()[0])


def retold(chance: random.Random, finding: Any) -> tuple[str, str, str]:
    """The same event by somebody else: other opening, one thing left out, the rest in another order."""
    first, *rest = finding.words.rstrip("。").split("。")
    said = [one for part in rest for one in part.split("，")]
    chance.shuffle(said)
    core = first.partition("，")[2] or first
    return finding.title, f"{chance.choice(OPENINGS)}{core}。{'，'.join(said[:-1])}。", finding.place


def measure(town: Any, times: int) -> None:
    from django.db import connection, transaction

    from luoshi.chapters.review.likeness import actions, queries
    from luoshi.chapters.review.models import Finding

    chance = random.Random(2)  # noqa: S311 - invented data
    rows = Finding.objects.filter(town=town, is_accusation=False, state="new").order_by("-pk")
    known = list(rows[: max(times, 50)])
    walls, cores, whole = [], [], []
    matches, again, found = 0, 0, 0
    for n in range(times + 3):
        old = chance.choice(known) if n % 2 else None
        title, told, place = retold(chance, old) if old else newly(chance)
        with transaction.atomic():
            new = Finding.objects.create(
                town=town, channel="citizen", title=title[:120], words=told, place=place, received_at=NOW, entered_at=NOW,
                last_at=NOW,
            )  # fmt: skip
            wall, core = time.perf_counter(), time.process_time()
            alike = queries.alike(new)
            read = time.perf_counter() - wall, time.process_time() - core
            wall = time.perf_counter()
            actions.look(new, at=NOW)
            looked = time.perf_counter() - wall
            transaction.set_rollback(True)
        if n < 3:
            continue
        walls.append(read[0] * 1000)
        cores.append(read[1] * 1000)
        whole.append(looked * 1000)
        matches += len(alike)
        if old is not None:
            again += 1
            found += any(one.finding.pk == old.pk for one in alike)
    for label, spent in (("to find", walls), ("of it on a core", cores), ("to find, guess and keep", whole)):
        print(
            f"{connection.vendor}, {label}: median {statistics.median(spent):.0f} ms, 95 in 100 within "
            f"{sorted(spent)[int(times * 0.95) - 1]:.0f} ms, slowest {max(spent):.0f} ms"
        )
    print(f"{matches} suggestions for {times} findings; of {again} told again {found} found")


def main(arguments: list[str]) -> int:
    if arguments and not arguments[0].isdigit():
        print(__doc__)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.settings")
    import django

    django.setup()
    from luoshi.chapters.review.likeness.actions import learn_words
    from luoshi.chapters.review.models import Finding
    from luoshi.core.org.models import Unit

    town = Unit.objects.get(kind="town")
    learn_words(town, at=NOW)
    print(f"{Finding.objects.count():,} findings")
    measure(town, int(arguments[0]) if arguments else 40)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
