"""The benchmark itself: every action in the program and by hand in turns, medians of both."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from luoshi.commands.benching.clock import Tally, by_hand, inside_the_database, standing_still
from luoshi.commands.benching.pace import forget_peak, peak_mb
from luoshi.commands.benching.rows import PHRASE, TODAY, YEARS, YESTERDAY
from luoshi.commands.benching.sql import ByHand
from luoshi.commands.benching.town import AT
from luoshi.kit.memory import settle

ROUNDS = 15
EXPORTED = 100_000
EXPORT_ROUNDS = 3
PAGE_ROUNDS = 9


@dataclass(frozen=True)
class Item:
    """One line of the result; milliseconds are medians."""

    name: str
    ours_ms: float
    sql_ms: float
    ratio: float
    statements: int
    page_ms: float | None


@dataclass(frozen=True)
class Page:
    """A page for itself; milliseconds are medians. ``cpu_ms`` is this process's own time on a core: on a machine that
    others use too it says more than ``page_ms``, which counts waiting for one's turn."""

    name: str
    db_ms: float
    statements: int
    page_ms: float
    cpu_ms: float


@dataclass
class Action:
    """One action: as the program does it, by hand, and what puts the database back after either."""

    name: str
    ours: Callable[[], object]
    hand: Callable[[], object]
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None
    has_page: bool = True
    rounds: int = ROUNDS


class Bench:
    """The actions on the chosen database, for the person of an account."""

    def __init__(self, count: int, account: str) -> None:
        from luoshi.core.matters.models import Matter, Secrecy
        from luoshi.core.org.models import Account

        settings.ALLOWED_HOSTS = ["*"]
        self.count = count
        self.user = Account.objects.get(username=account)
        self.town = self.user.person.town_id
        self.client = Client(raise_request_exception=True)
        self.client.force_login(self.user, "django.contrib.auth.backends.ModelBackend")
        working = Matter.objects.filter(state="working", secrecy=Secrecy.OPEN, lead_unit__isnull=False)
        late = working.filter(resolve_due__lt=TODAY)
        behind = late.order_by().values_list("lead_unit").annotate(n=Count("pk")).order_by("-n", "lead_unit").first()
        shown = late.filter(lead_unit=behind[0]) if behind else working
        overdue = shown.order_by("pk").first()
        if overdue is None:
            raise RuntimeError("the benchmark's rows hold no open matter")
        self.matter = overdue
        self.marks = self._marks()
        self.run = by_hand()
        self.hand = ByHand(
            self.run,
            town=self.town,
            person=self.user.person_id,
            unit=overdue.lead_unit_id or 0,
            matter=overdue.pk,
        )
        self.exported = 0
        self.excel_peak = 0

    def page(self, url: str) -> None:
        response: Any = self.client.get(url)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}")
        if getattr(response, "streaming", False):
            for _ in response.streaming_content:
                pass
            response.close()

    def actions(self) -> list[Action]:
        ledger = reverse("ledger", args=["matters"])
        return [
            Action("list", lambda: self.page(ledger), self.hand.ledger),
            Action(
                "filter", lambda: self.page(f"{ledger}?unit={self.matter.lead_unit_id}&light=red"), self.hand.overdue
            ),
            Action("search", lambda: self.page(f"{reverse('search')}?q={PHRASE}"), self.hand.search),
            Action("detail", lambda: self.page(reverse("matter", args=[self.matter.pk])), self.hand.detail),
            Action("create", self._create, self._create_by_hand, after=self._uncreate),
            Action("sweep", self._sweep, self.hand.sweep, before=self._unsweep, after=self._unsweep, has_page=False),
            self._export(),
        ]

    def pages(self) -> list[Page]:
        """Pages, for the same person: statements, time in the database, rendered, and on a core."""
        from luoshi.commands.benching.pages import addresses as others
        from luoshi.core.plan.models import Goal

        goal = Goal.objects.filter(town_id=self.town).order_by("pk").first()
        ledger = reverse("ledger", args=["matters"])
        addresses = {
            "list": ledger,
            "filter": f"{ledger}?unit={self.matter.lead_unit_id}&light=red",
            "search": f"{reverse('search')}?q={PHRASE}",
            "detail": reverse("matter", args=[self.matter.pk]),
            "today": reverse("home"),
            "unit": reverse("unit", args=[self.matter.lead_unit_id]),
            "units": reverse("units"),
            "goals": reverse("goals"),
            "goal": reverse("goal", args=[goal.pk if goal else 0]),
            "findings": reverse("findings"),
            "reckoning": reverse("reckoning"),
            **others(self.user),
        }
        return [found for name, url in addresses.items() if (found := self._page(name, url)) is not None]

    def _page(self, name: str, url: str) -> Page | None:
        """``None`` for a page that this person may not open."""
        with standing_still(AT):
            if self.client.get(url).status_code == 404:
                return None
        action = Action(name, lambda: self.page(url), lambda: None)
        inside, pages, cores, statements = [], [], [], 0
        for _ in range(PAGE_ROUNDS):
            tally = self._once(action, action.ours, inside=True)
            if isinstance(tally, Tally):
                inside.append(tally.seconds)
                statements = tally.statements
            begun = time.process_time()
            spent = self._once(action, action.ours)
            cores.append(time.process_time() - begun)
            pages.append(float(spent if not isinstance(spent, Tally) else spent.seconds))
        inside_ms, page_ms, cpu_ms = (median(seconds) * 1000 for seconds in (inside, pages, cores))
        return Page(name, round(inside_ms, 3), statements, round(page_ms, 1), round(cpu_ms, 1))

    def measure(self, action: Action) -> Item:
        ours, hand, pages, statements = [], [], [], 0
        if action.rounds == 1:  # else whoever comes first reads from the disk for both
            self._once(action, action.hand)
        for round_ in range(action.rounds + (action.rounds > 1)):
            tally = self._once(action, action.ours, inside=True)
            by_hand_s = self._once(action, action.hand)
            page_s = self._once(action, action.ours) if action.has_page else 0.0
            if round_ or action.rounds == 1:
                ours.append(tally.seconds if isinstance(tally, Tally) else tally)
                hand.append(float(by_hand_s if not isinstance(by_hand_s, Tally) else by_hand_s.seconds))
                pages.append(float(page_s if not isinstance(page_s, Tally) else page_s.seconds))
            if isinstance(tally, Tally):
                statements = tally.statements
                self.last = tally
        one, other = median(ours) * 1000, median(hand) * 1000
        return Item(
            name=action.name,
            ours_ms=round(one, 3),
            sql_ms=round(other, 3),
            ratio=round(one / other, 2),
            statements=statements,
            page_ms=round(median(pages) * 1000, 1) if action.has_page else None,
        )

    def _once(self, action: Action, act: Callable[[], object], *, inside: bool = False) -> "Tally | float":
        action.before()
        with standing_still(AT):
            if inside:
                with inside_the_database() as tally:
                    act()
                spent: Tally | float = tally
            else:
                begun = time.perf_counter()
                act()
                spent = time.perf_counter() - begun
        action.after()
        return spent

    # a matter registered, and taken back

    def _create(self) -> None:
        typed = urlencode(self._form())  # as a browser sends a form without files
        response = self.client.post(reverse("matter-register"), typed, content_type="application/x-www-form-urlencoded")
        if response.status_code != 302:
            raise RuntimeError("the benchmark's matter was not registered")

    def _form(self) -> dict[str, Any]:
        return {
            "title": "石桥沟村3组通村道路坑洼积水", "problem": "通村道路坑洼积水，影响老人和学生出行。", "place": "石桥沟村3组",
            "grade": "ordinary", "received_at": f"{AT - timedelta(minutes=5):%Y-%m-%dT%H:%M}", "explicit_due": "",
            "category": str(self.matter.category_id), "goal": "", "secrecy": "open",
        }  # fmt: skip

    def _template(self) -> tuple[dict[str, Any], ...]:
        """The rows that registering writes, as the database holds them."""
        with standing_still(AT):
            self._create()
        rows = []
        for table, key, drop in (
            ("matters_matter", "id", {"id"}),
            ("journal_event", "id", {"id", "stream"}),
            ("journal_words", "event_id", {"event_id"}),
            ("search_entry WHERE kind = 'matter'", "key", {"id", "key", "vector"}),
        ):
            with connection.cursor() as cursor:
                raw: Any = cursor.cursor if connection.vendor == "postgresql" else connection.connection.cursor()
                raw.execute(f"SELECT * FROM {table} ORDER BY {key} DESC LIMIT 1")  # noqa: S608 - own names only
                names = [one[0] for one in raw.description]
                found = dict(zip(names, raw.fetchone(), strict=True))
            rows.append({name: value for name, value in found.items() if name not in drop})
        self._uncreate()
        return tuple(rows)

    def _create_by_hand(self) -> None:
        if not hasattr(self, "_made"):
            self._made = self._template()
        matter, event, words, entry = self._made
        self.hand.create(matter, event, words, entry)

    def _marks(self) -> dict[str, int]:
        marks = {}
        for table, column in (("matters_matter", "id"), ("journal_event", "id"), ("exports_export", "id")):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT coalesce(max({column}), 0) FROM {table}")  # noqa: S608 - own names only
                marks[table] = int(cursor.fetchone()[0])
        return marks

    def _uncreate(self) -> None:
        event, matter = self.marks["journal_event"], self.marks["matters_matter"]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM journal_outbox WHERE event_id > %s", [event])
            cursor.execute("DELETE FROM journal_words WHERE event_id > %s", [event])
            cursor.execute(
                "DELETE FROM journal_stream WHERE name IN (SELECT stream FROM journal_event WHERE id > %s)", [event]
            )
            cursor.execute("DELETE FROM journal_event WHERE id > %s", [event])
            cursor.execute("DELETE FROM search_entry WHERE kind = 'matter' AND key > %s", [matter])
            cursor.execute("DELETE FROM matters_matter WHERE id > %s", [matter])

    # what fell due, told and untold

    def _sweep(self) -> None:
        from luoshi.core.notices import actions as notices

        notices.remind(town_id=self.town, at=AT)

    def _unsweep(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM notices_notice")
            cursor.execute("UPDATE notices_sweep SET told_until = %s", [YESTERDAY])

    # Excel

    def _export(self) -> Action:
        since = AT.date() - timedelta(days=round(YEARS * 365 * min(1.0, EXPORTED / self.count)) + 1)
        query = f"received_from={since}" if self.count > EXPORTED else ""

        def ours() -> None:
            forget_peak()
            self._make_file(query)
            self.excel_peak = peak_mb()

        def hand() -> None:
            self.exported = self.hand.export(f"{since - timedelta(days=1)} 16:00:00")

        rounds = 1 if self.count >= EXPORTED else EXPORT_ROUNDS
        return Action("export", ours, hand, after=self._unmake_files, rounds=rounds)

    def _make_file(self, query: str) -> None:
        """As the job does it; only that nobody is told how far it is."""
        from luoshi.core.org import queries as org
        from luoshi.kit.exports import actions as exports
        from luoshi.kit.ledgers import registry

        ledger = registry.get("matters")
        if ledger is None:
            raise RuntimeError("there is no ledger of matters")
        actor = org.actor_of(self.user.person, on=TODAY)
        export = exports.ask(ledger, QueryDict(query), by=actor, at=AT)
        with transaction.atomic():
            name = exports.make(export.pk, at=AT, report=lambda percent, message: None)
            if not callable(name):
                raise RuntimeError("the benchmark's file was not made")
            name()

    def _unmake_files(self) -> None:
        from luoshi.kit.exports import storage
        from luoshi.kit.exports.models import Export
        from luoshi.kit.jobs.models import Job

        for export in Export.objects.filter(pk__gt=self.marks["exports_export"]):
            storage.path_of(export.token).unlink()
            Job.objects.filter(pk=export.job_id or 0).delete()
            export.delete()


def run(
    count: int, account: str, told: Callable[[Item], None], told_page: Callable[[Page], None] = lambda page: None
) -> dict[str, Any]:
    """Measure every action, then the pages, on the chosen, filled database; ``told`` is called with each line."""
    from django.contrib.sessions.models import Session

    with standing_still(AT):
        bench = Bench(count, account)
    settle()
    items = []
    for action in bench.actions():
        item = bench.measure(action)
        items.append(asdict(item))
        told(item)
    pages = bench.pages()
    for page in pages:
        told_page(page)
    Session.objects.all().delete()
    return {
        "rows": count,
        "backend": "sqlite" if connection.vendor == "sqlite" else "postgresql",
        "items": items,
        "pages": [asdict(page) for page in pages],
        "exported": bench.exported,
        "peak_mb": bench.excel_peak,
    }
