"""The benchmark's yardstick: the statements that one would write by hand for the same page and the same person.

Written for what the page shows and no more, one statement a table, in the way an engineer who knows the tables would:
no framework, no columns that nobody reads, limits inside.
"""

# ruff: noqa: S608 - statements are the subject here, put together from this module's own names alone
from collections.abc import Callable
from typing import Any

from django.db import connection

from luoshi.commands.benching.rows import PHRASE, TODAY, YESTERDAY
from luoshi.commands.benching.town import AT
from luoshi.core.matters.queries import MOST_FOUND
from luoshi.kit.search.queries import _fts5, _tokens_of, _tsquery
from luoshi.kit.search.slots import KEY_BITS, base
from luoshi.kit.search.tokens import phrases

Run = Callable[..., list[tuple[Any, ...]]]

SHOWN = (
    "m.id, m.title, m.received_at, m.state, m.round, m.clock_from, m.assign_due, m.report_due, m.resolve_due,"
    " m.assigned_at, m.reported_at, m.claimed_at, m.resolved_at, m.ended_at, m.paused_on, u.name, p.name"
)
JOINED = (
    "FROM matters_matter m LEFT JOIN org_unit u ON u.id = m.lead_unit_id LEFT JOIN org_person p ON p.id = m.handler_id"
)
DAY = str(TODAY)


class ByHand:
    """Every action of the benchmark for one person, who sees the whole town but its accusations."""

    def __init__(self, run: Run, *, town: int, person: int, unit: int, matter: int) -> None:
        self.run, self.town, self.person, self.unit, self.key = run, town, person, unit, matter

    def _shell(self) -> None:
        """Who it is, with posts, and the number beside 消息."""
        self.run(
            "SELECT o.id, o.name, o.duties, u.id, u.name, u.path FROM org_appointment a JOIN org_post o ON o.id = a.post_id"
            " JOIN org_unit u ON u.id = o.unit_id WHERE a.person_id IN (SELECT %s UNION ALL SELECT principal_id"
            " FROM org_deputyship WHERE deputy_id = %s AND starts_on <= %s AND ends_on >= %s) AND a.starts_on <= %s"
            " AND (a.ends_on IS NULL OR a.ends_on >= %s) AND o.closed_on IS NULL AND u.closed_on IS NULL",
            *(self.person, self.person, DAY, DAY, DAY, DAY),
        )
        self.run(
            "SELECT count(*) FROM (SELECT 1 FROM notices_notice WHERE person_id = %s AND read_at IS NULL LIMIT 99) n",
            self.person,
        )

    def _rulers(self, rows: list[tuple[Any, ...]]) -> None:
        keys = [row[0] for row in rows]
        if not keys:
            return
        holes = ", ".join(["%s"] * len(keys))
        self.run(f"SELECT matter_id, which, old, why, round FROM matters_datemove WHERE matter_id IN ({holes})", *keys)
        self.run(f"SELECT matter_id, since, until FROM matters_pause WHERE matter_id IN ({holes})", *keys)

    def _choices(self) -> None:
        self.run(
            "SELECT id, name FROM org_unit WHERE town_id = %s AND closed_on IS NULL AND kind <> 'town'"
            ' ORDER BY kind, "order", path',
            self.town,
        )
        self.run("SELECT id, name FROM matters_category WHERE town_id = %s ORDER BY code", self.town)
        self.run('SELECT id, name, parent_id FROM plan_goal WHERE town_id = %s ORDER BY "order", id', self.town)
        self.run(
            "SELECT v.id, v.name, v.params, v.person_id, h.columns, h.opens_id FROM desk_view v LEFT JOIN desk_habit h"
            " ON h.person_id = %s AND h.ledger = v.ledger WHERE v.ledger = 'matters' AND (v.person_id = %s OR v.unit_id IN"
            " (SELECT o.unit_id FROM org_appointment a JOIN org_post o ON o.id = a.post_id WHERE a.person_id = %s))",
            *(self.person, self.person, self.person),
        )

    def _desk(self) -> None:
        """The views that the person keeps of this ledger, and the columns."""
        self.run(
            "SELECT 'v', id, name, params, said, unit_id FROM desk_view"
            " WHERE ledger = 'matters' AND (person_id = %s OR unit_id = %s)"
            " UNION ALL SELECT 'h', id, '', columns, NULL, opens_id FROM desk_habit"
            " WHERE ledger = 'matters' AND person_id = %s",
            self.person,
            self.unit,
            self.person,
        )

    def ledger(self) -> None:
        self._shell()
        self._desk()
        self._choices()
        self._rulers(
            self.run(
                f"SELECT {SHOWN} {JOINED} WHERE m.town_id = %s AND m.secrecy <> 'accusation' ORDER BY m.id DESC LIMIT 51",
                self.town,
            )
        )

    def overdue(self) -> None:
        self._shell()
        self._desk()
        self._choices()
        self._rulers(
            self.run(
                f"SELECT {SHOWN} {JOINED} WHERE m.town_id = %s AND m.lead_unit_id = %s AND m.state NOT IN ('closed', 'voided')"
                " AND m.secrecy <> 'accusation' AND m.resolve_due < %s AND CASE WHEN m.claimed_at IS NOT NULL"
                f" THEN {_day('m.claimed_at')} > m.resolve_due"
                " WHEN m.paused_on IS NOT NULL THEN m.paused_on > m.resolve_due ELSE 1 = 1 END"
                " ORDER BY m.id DESC LIMIT 51",
                self.town,
                self.unit,
                DAY,
            )
        )

    def search(self) -> None:
        self._shell()
        asked = phrases(PHRASE)[0]
        if connection.vendor == "sqlite":
            start = base("matter")
            rows = self.run(
                f"SELECT {SHOWN} {JOINED} WHERE m.id IN (SELECT rowid - %s FROM search_index WHERE search_index MATCH %s"
                " AND rowid BETWEEN %s AND %s) AND m.secrecy <> 'accusation' AND m.town_id = %s"
                f" ORDER BY m.id DESC LIMIT {MOST_FOUND}",
                *(start, _fts5(asked), start, start + (1 << KEY_BITS) - 1, self.town),
            )
        else:
            rows = self.run(
                f"SELECT {SHOWN} {JOINED} WHERE m.id IN (SELECT key FROM search_entry WHERE kind = 'matter'"
                " AND (vector || search_places(id)) @@ %s::tsquery AND vector @@ %s::tsquery)"
                " AND m.secrecy <> 'accusation' AND m.town_id = %s"
                f" ORDER BY m.id DESC LIMIT {MOST_FOUND}",
                *(f"{_tokens_of([asked])} & '@{base('matter') >> KEY_BITS}'", _tsquery(asked), self.town),
            )
        self._rulers(rows)

    def detail(self) -> None:
        self._shell()
        key = self.key
        self.run(
            "SELECT m.id, m.title, m.problem, m.place, m.grade, m.secrecy, m.state, m.left_state, m.round, m.received_at,"
            " m.clock_from, m.assign_due, m.report_due, m.resolve_due, m.due_is_provisional, m.assigned_at, m.signed_at,"
            " m.reported_at, m.claimed_at, m.resolved_at, m.ended_at, m.paused_on, m.last_at, m.standard, m.result,"
            " m.measures, m.progress, m.goal_is_default, u.id, u.name, u.path, l.id, l.name, p.id, p.name, g.name, c.name,"
            f" t.path FROM matters_matter m JOIN org_unit t ON t.id = m.town_id {JOINED.removeprefix('FROM matters_matter m')}"
            " LEFT JOIN org_person l ON l.id = m.leader_id LEFT JOIN plan_goal g ON g.id = m.goal_id"
            " LEFT JOIN matters_category c ON c.id = m.category_id"
            " WHERE m.id = %s AND m.town_id = %s AND m.secrecy <> 'accusation'",
            *(key, self.town),
        )
        for table, columns in (
            ("raiser", "id, kind, name, contact, source_hidden, person_id"),
            ("claim", "id, number, round, handler_id, claimed_at, result, outcome"),
            ("evaluation", "id, raiser_id, claim_id, answer, answer_due, is_late"),
            ("request", "id, kind, number, round, asker_id, new_due, grade, unit_id, steps, granted"),
            ("report", "id, round, unit_id, reporter_id, is_lead, due, reported_at, review"),
            ("verdict", "id, kind, round, claim_id, evaluation_id, judge_id, judge_unit_id, passed"),
            ("datemove", "which, old, new, why, round"),
            ("pause", "kind, unit_id, since, until"),
            ("urging", "level, urged_at"),
            ("handling", "person_id, unit_id"),
            ("namedverifier", "person_id, task, exceptional"),
        ):
            self.run(f"SELECT {columns} FROM matters_{table} WHERE matter_id = %s ORDER BY id", key)
        self.run(
            "SELECT u.id, u.name, u.path FROM matters_counit c JOIN org_unit u ON u.id = c.unit_id WHERE c.matter_id = %s",
            key,
        )
        stream = f"matter:{key}"
        self.run("SELECT id, event_id, name, file_id FROM evidence_item WHERE stream = %s", stream)
        events = self.run(
            "SELECT e.id, e.verb, e.actor, e.principal, e.post, e.happened_at, e.recorded_at, e.data, w.body, w.erased_by"
            " FROM journal_event e LEFT JOIN journal_words w ON w.event_id = e.id WHERE e.stream = %s ORDER BY e.seq",
            stream,
        )
        people = {int(event[2][7:]) for event in events if event[2].startswith("person:")}
        posts = {int(event[4][5:]) for event in events if event[4]}
        for table, keys in (
            ("SELECT id, name FROM org_person WHERE id", people),
            ("SELECT o.id, u.name, o.name FROM org_post o JOIN org_unit u ON u.id = o.unit_id WHERE o.id", posts),
        ):
            self.run(f"{table} IN ({', '.join(['%s'] * len(keys))})", *keys)
        self.run("SELECT version, in_force_from, source, figures FROM matters_clockrule WHERE town_id = %s", self.town)
        self.run('SELECT "year", version, digest FROM workdays_calendaryear')
        self.run(
            'SELECT id, name, "order", path FROM org_unit WHERE town_id = %s AND closed_on IS NULL AND kind <> %s',
            *(self.town, "town"),
        )
        self.run(
            "SELECT p.id, p.name, o.duties, o.unit_id FROM org_appointment a JOIN org_person p ON p.id = a.person_id"
            " JOIN org_post o ON o.id = a.post_id JOIN org_unit u ON u.id = o.unit_id WHERE u.town_id = %s"
            " AND a.starts_on <= %s AND (a.ends_on IS NULL OR a.ends_on >= %s) AND p.left_on IS NULL"
            " AND o.closed_on IS NULL AND u.closed_on IS NULL",
            *(self.town, DAY, DAY),
        )

    def export(self, since: str) -> int:
        """The rows of the sheet, read in portions as one would; their number."""
        connection.ensure_connection()
        raw: Any = connection.connection
        sqlite = connection.vendor == "sqlite"
        statement = (
            "SELECT m.id, m.title, m.problem, m.cause, m.measures, m.received_at, m.state, m.ended_at, m.resolve_due,"
            f" m.progress, u.name, p.name, l.name {JOINED} LEFT JOIN org_person l ON l.id = m.leader_id"
            " WHERE m.town_id = %s AND m.secrecy <> 'accusation' AND m.received_at >= %s ORDER BY m.id DESC"
        )
        if sqlite:
            cursor = __import__("sqlite3").Cursor(raw)
            cursor.execute(statement.replace("%s", "?"), [self.town, since])
            return _drain(cursor)
        with raw.transaction(), raw.cursor(name="bench_export") as cursor:
            cursor.execute(statement, [self.town, since])
            return _drain(cursor)

    def sweep(self) -> None:
        """Undone by the caller, as the program's own is."""
        tomorrow = str(TODAY.replace(day=TODAY.day + 1))
        self.run("BEGIN" if connection.vendor != "sqlite" else "BEGIN IMMEDIATE")
        self.run("SELECT told_until FROM notices_sweep WHERE town_id = %s", self.town)
        for what, condition, days in (
            ("due_soon", "resolve_due > %s AND resolve_due <= %s", (DAY, tomorrow)),
            ("overdue", "resolve_due >= %s AND resolve_due < %s", (str(YESTERDAY), DAY)),
            ("report_due", "report_due > %s AND report_due <= %s AND reported_at IS NULL", (str(YESTERDAY), DAY)),
        ):
            self.run(
                'INSERT INTO notices_notice (person_id, matter_id, what, "on", made_at)'
                f" SELECT handler_id, id, %s, {_cast('%s', 'date')}, {_cast('%s', 'timestamptz')} FROM matters_matter"
                " WHERE town_id = %s AND NOT (state IN ('closed', 'voided')) AND state IN ('working', 'planned')"
                f" AND secrecy <> 'accusation' AND handler_id IS NOT NULL AND {condition} ON CONFLICT DO NOTHING",
                *(what, DAY, _moment(), self.town, *days),
            )
        self.run("UPDATE notices_sweep SET told_until = %s WHERE town_id = %s", DAY, self.town)
        self.run("COMMIT")

    def create(
        self, columns: dict[str, Any], event: dict[str, Any], words: dict[str, Any], entry: dict[str, Any]
    ) -> int:
        """Write what registering writes: the matter, its entry for searching, its event with words, what waits."""
        self._shell()
        self.run("SELECT id, goal_id, name FROM matters_category WHERE town_id = %s ORDER BY code", self.town)
        self.run('SELECT id, name FROM plan_goal WHERE town_id = %s ORDER BY "order"', self.town)
        self.run("SELECT version, in_force_from, source, figures FROM matters_clockrule WHERE town_id = %s", self.town)
        self.run('SELECT "year", version, digest FROM workdays_calendaryear')
        sqlite = connection.vendor == "sqlite"
        self.run("BEGIN IMMEDIATE" if sqlite else "BEGIN")
        key = int(self._insert("matters_matter", columns, " RETURNING id")[0][0])
        self._insert("search_entry", {**entry, "id": base("matter") + key, "key": key})
        number = self.run(
            "SELECT coalesce(max(id), 0) + 1 FROM journal_event" if sqlite else "SELECT nextval('journal_event_id')"
        )[0][0]
        stream = f"matter:{key}"
        self._insert("journal_stream", {"name": stream, "count": 1, "last_hash": event["leaf_hash"]})
        self._insert("journal_event", {**event, "id": number, "stream": stream})
        self._insert("journal_words", {**words, "event_id": number})
        self.run("INSERT INTO journal_outbox (consumer, event_id) VALUES ('seal', %s), ('notices', %s)", number, number)
        self.run("COMMIT")
        return key

    def _insert(self, table: str, columns: dict[str, Any], end: str = "") -> list[tuple[Any, ...]]:
        names = ", ".join(f'"{name}"' for name in columns)
        holes = ", ".join(["%s"] * len(columns))
        return self.run(f'INSERT INTO "{table}" ({names}) VALUES ({holes}){end}', *columns.values())


def _day(column: str) -> str:
    """The local day of a moment."""
    if connection.vendor == "sqlite":
        return f"date({column}, '+8 hours')"
    return f"({column} AT TIME ZONE 'Asia/Shanghai')::date"


def _cast(hole: str, kind: str) -> str:
    return hole if connection.vendor == "sqlite" else f"{hole}::{kind}"


def _moment() -> str:
    return "2026-11-25 02:00:00" if connection.vendor == "sqlite" else AT.isoformat()


def _drain(cursor: Any) -> int:
    count = 0
    while rows := cursor.fetchmany(2000):
        count += len(rows)
    return count
