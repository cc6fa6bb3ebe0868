"""Many people at once, on the real server: who signs in over two minutes, reads and writes, and thinks in between.

On a copy of the benchmark's database, so that what people write does not stay in it. Everything goes over HTTP to this
machine; after twice the ``seconds`` it ends by itself.
"""

import io
import os
import random
import re
import shutil
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from luoshi.commands.benching.rows import PHRASE
from luoshi.commands.benching.town import AT, PASSWORD
from luoshi.commands.database import sqlite_file
from luoshi.commands.killing.processes import children_of
from luoshi.commands.postgres import free_port
from luoshi.commands.pressing import Answer, Broken, Browser
from luoshi.commands.serving import answers
from luoshi.commands.supervisor import Child, stop_all

SECONDS = 120
"""Over so many seconds sign-ins are spread, and for as many all are there."""
THINK = (5.0, 15.0)
WRITER_PAUSE = 0.3
WORDS = {
    "sign-in": "登录",
    "today": "今天",
    "ledger": "台账首页",
    "next": "台账下一页",
    "filter": "台账筛选",
    "search": "查找",
    "matter": "事项页",
    "report": "反馈",
    "raise": "反映问题（干部）",
    "public": "群众页面",
    "sign": "签收",
    "write while importing": "导入时立项",
}
_SEEN = re.compile(r'name="seen" value="(\d+)"')
_NEXT = re.compile(r'<a rel="next" href="([^"]+)"')
_MATTER = re.compile(r'href="/matters/(\d+)/')


@dataclass
class Samples:
    """Milliseconds by kind, and what went wrong."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, seconds: float) -> None:
        with self.lock:
            self.taken[kind].append(seconds * 1000)

    def fail(self, kind: str, words: str) -> None:
        with self.lock:
            self.errors.append(f"{kind}: {words}"[:300])


@dataclass
class Work:
    """What there is to do, shared by all: matters to read, to report on by handler, to sign by head."""

    seen: list[int]
    in_hand: dict[str, list[int]]
    to_sign: dict[str, list[int]]
    units: list[int]


class Person(threading.Thread):
    """One of them: signs in at a moment, then does something every 5 to 15 seconds."""

    def __init__(self, port: int, username: str, work: Work, samples: Samples, *, at: float, until: float, seed: int):
        super().__init__(daemon=True)
        self.browser, self.username, self.work, self.samples = Browser(port), username, work, samples
        self.at, self.until = at, until
        self.luck = random.Random(seed)  # noqa: S311 - chance, no secret

    def run(self) -> None:
        time.sleep(max(0.0, self.at - time.monotonic()))
        while not self._sign_in():
            time.sleep(2)
            if time.monotonic() > self.until:
                return
        acts = [
            *[self._today] * 24,
            *[self._ledger] * 22,
            *[self._filter] * 8,
            *[self._search] * 10,
            *[self._matter] * 20,
            *[self._report] * 7,
            *[self._raise] * 3,
            *[self._public] * 4,
            *[self._sign] * 4,
        ]
        while True:
            time.sleep(self.luck.uniform(*THINK))
            if time.monotonic() > self.until:
                return
            self.luck.choice(acts)()

    def _timed(self, kind: str, ask: Callable[[], Answer], *good: int) -> Answer | None:
        begun = time.perf_counter()
        try:
            answer = ask()
        except Broken as error:
            self.samples.fail(kind, f"没有回答：{error}")
            return None
        self.samples.add(kind, time.perf_counter() - begun)
        if answer.status not in (good or (200,)) or answer.location.startswith("/signin"):
            self.samples.fail(kind, f"{answer.status} {answer.location} {_first_words(answer.body)}")
            return None
        return answer

    def _sign_in(self) -> bool:
        told = {"username": self.username, "password": PASSWORD}
        return self._timed("sign-in", lambda: self.browser.post("/signin/", told), 302) is not None

    def _today(self) -> None:
        self._timed("today", lambda: self.browser.get("/home/"))

    def _ledger(self) -> None:
        page = self._timed("ledger", lambda: self.browser.get("/ledgers/matters/"))
        if page and (found := _NEXT.search(page.body)) and self.luck.random() < 0.4:
            time.sleep(self.luck.uniform(*THINK))
            self._timed("next", lambda: self.browser.get("/ledgers/matters/" + found[1].replace("&amp;", "&")))

    def _filter(self) -> None:
        query = f"unit={self.luck.choice(self.work.units)}&light={self.luck.choice(['red', 'yellow'])}"
        self._timed("filter", lambda: self.browser.get(f"/ledgers/matters/?{query}"))

    def _search(self) -> None:
        asked = self.luck.choice([PHRASE, "道路坑洼", "饮水", "低保申请", "宅基地界址"])
        self._timed("search", lambda: self.browser.get(f"/matters/search/?q={quote(asked)}"))

    def _matter(self) -> None:
        pk = self.luck.choice(self.work.seen)
        self._timed("matter", lambda: self.browser.get(f"/matters/{pk}/"))

    def _report(self) -> None:
        mine = self.work.in_hand.get(self.username)
        if not mine:
            self._matter()
            return
        pk = self.luck.choice(mine)
        page = self._timed("matter", lambda: self.browser.get(f"/matters/{pk}/?do=report"))
        seen = _SEEN.search(page.body) if page else None
        if seen:
            time.sleep(self.luck.uniform(*THINK))
            told = {"seen": seen[1], "report-measures": "", "report-progress": "已到现场看过，材料本周内到齐。"}
            self._timed("report", lambda: self.browser.post(f"/matters/{pk}/do/report/", told), 302)

    def _raise(self) -> None:
        told = {"words": f"村口排水沟堵了，雨天过不去人。{self.luck.random()}", "place": "石桥沟村3组"}
        self._timed("raise", lambda: self.browser.post("/review/report/", told), 302)

    def _public(self) -> None:
        self._timed("public", lambda: self.browser.get("/p/raise/"))

    def _sign(self) -> None:
        waiting = self.work.to_sign.get(self.username)
        if not waiting:
            self._today()
            return
        pk = waiting.pop()
        page = self._timed("matter", lambda: self.browser.get(f"/matters/{pk}/?do=sign"))
        seen = _SEEN.search(page.body) if page else None
        handler = re.search(r'name="sign-handler".*?<option value="(\d+)"', page.body, re.DOTALL) if page else None
        if seen and handler:
            time.sleep(self.luck.uniform(*THINK))
            told = {"seen": seen[1], "sign-handler": handler[1]}
            self._timed("sign", lambda: self.browser.post(f"/matters/{pk}/do/sign/", told), 302)


def _first_words(body: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    return found[1].strip()[:80] if found else ""


# the database: a copy


def copy_of(url: str, named: str) -> str:
    """A copy of a filled benchmark database beside it, in place of an older one."""
    from luoshi.commands.benching import data

    if url.startswith("sqlite:"):
        source = Path(sqlite_file(url))
        target = f"sqlite:///{quote(str(source.with_name(source.stem + '-people.sqlite3')))}"
        data.drop(target, named)
        shutil.copyfile(source, sqlite_file(target))
        return target
    import psycopg
    from psycopg import sql

    parts = urlsplit(url)
    target = urlunsplit(parts._replace(path=f"{parts.path}_people"))
    data.drop(target, named)
    with psycopg.connect(named, autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                *(sql.Identifier(urlsplit(one).path.strip("/")) for one in (target, url))
            )
        )
    return target


def turn_to(url: str) -> None:
    """From now on this process reads another database."""
    import dj_database_url
    from django.db import connections

    from luoshi.commands.benching.data import _leave

    _leave()
    connections["default"].settings_dict["NAME"] = dj_database_url.parse(url)["NAME"]
    os.environ["DATABASE_URL"] = url


def settle(count: int) -> list[str]:
    """So many people with accounts and one password; those who were there first. Their usernames."""
    from django.contrib.auth.hashers import make_password

    from luoshi.core.journal.actions import gathering
    from luoshi.core.org import actions
    from luoshi.core.org.models import Account, Appointment, Person, Unit
    from luoshi.core.org.rules import Duty, system

    by, at = system("bench"), AT - timedelta(hours=1)
    with gathering(consumers=()):
        town = Unit.objects.get(kind="town")
        units = list(Unit.objects.filter(town=town).exclude(kind="town").order_by("pk"))
        without = list(Person.objects.filter(account__isnull=True).order_by("pk"))
        have = Account.objects.count()
        for number in range(have + len(without), count):
            person = actions.add_person(town=town, name=f"干部{number}", by=by, at=at)
            post = actions.create_post(
                unit=units[number % len(units)], name=f"经办岗{number}", duties=[Duty.CLERK], by=by, at=at
            )
            actions.appoint(person, post, starts_on=date(2019, 1, 1), by=by, at=at)
            without.append(person)
        for person in without[: max(0, count - have)]:
            actions.open_account(person, username=f"user{person.pk}", by=by, at=at)
    Account.objects.update(password=make_password(PASSWORD), must_change_password=False)
    accounts = Account.objects.filter(person__in=Appointment.objects.values("person")).order_by("pk")
    return list(accounts.values_list("username", flat=True)[:count])


def work_of(usernames: list[str]) -> Work:
    """What these people have to do, as the database says."""
    from luoshi.core.matters.models import Matter, Secrecy, State
    from luoshi.core.org.models import Account, Appointment, Unit
    from luoshi.core.org.rules import Duty

    person_of = dict(Account.objects.filter(username__in=usernames).values_list("person_id", "username"))
    opened = Matter.objects.filter(secrecy=Secrecy.OPEN)
    in_hand: dict[str, list[int]] = defaultdict(list)
    for pk, handler in opened.filter(state=State.WORKING).values_list("pk", "handler_id")[:5000]:
        if handler in person_of:
            in_hand[person_of[handler]].append(pk)
    heads = {
        post.unit_id: person_of[held.person_id]
        for held in Appointment.objects.select_related("post").filter(person__in=person_of)
        if Duty.HEAD in (post := held.post).duties
    }
    to_sign: dict[str, list[int]] = defaultdict(list)
    for pk, unit in opened.filter(state=State.ASSIGNED).values_list("pk", "lead_unit_id")[:2000]:
        if unit in heads:
            to_sign[heads[unit]].append(pk)
    return Work(
        seen=list(opened.order_by("-pk").values_list("pk", flat=True)[:2000]),
        in_hand=dict(in_hand),
        to_sign=dict(to_sign),
        units=list(Unit.objects.exclude(kind="town").values_list("pk", flat=True)),
    )


# the server


@contextmanager
def serving(log: Path) -> Iterator[tuple[int, Callable[[], float]]]:
    """The web service and the job worker as ``serve`` starts them: the port, and the processor seconds of the web service.

    RuntimeError: they do not answer.
    """
    ahead = AT.timestamp() - time.time()
    environment = {
        "DJANGO_SETTINGS_MODULE": "luoshi.commands.benching.settings",
        "LUOSHI_BENCH_AHEAD": str(ahead),
        "LUOSHI_HTTPS": "1",
        "LUOSHI_BENCH_LOG": str(log),
    }
    before = {name: os.environ.get(name) for name in environment}
    os.environ |= environment
    port = free_port()
    shell = ["sh", "-c", 'exec "$@" >>"$LUOSHI_BENCH_LOG" 2>&1', "sh", sys.executable]
    module = [*shell, "-m", "luoshi.commands.processes"]
    children = [Child("web", [*module, "web", "127.0.0.1", str(port)]), Child("jobs", [*module, "jobs"])]
    try:
        for child in children:
            child.start(time.monotonic())
        until = time.monotonic() + 60
        while not answers("127.0.0.1", port):
            if time.monotonic() > until:
                raise RuntimeError(f"the server does not answer, see {log}")
            time.sleep(0.1)
        main = children[0].process.pid if children[0].process else 0
        yield port, lambda: processor_seconds(main)
    finally:
        stop_all([child for child in children if child.process is not None])
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def processor_seconds(main: int) -> float:
    """What a process and its children have used of the processor; this bears a busy machine better than any clock."""
    ticks = 0
    for pid in (main, *children_of(main)):
        with suppress(OSError, ValueError, IndexError):
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


# an import beside them


class Importer(threading.Thread):
    """Brings a workbook in through the page, and says how long it took: trial, and the real thing."""

    def __init__(self, port: int, rows: int, samples: Samples) -> None:
        super().__init__(daemon=True)
        self.browser, self.rows, self.samples = Browser(port), rows, samples
        self.seconds: dict[str, float] = {}

    def run(self) -> None:
        try:
            self._bring_in()
        except Broken as error:
            self.samples.fail("import", str(error))

    def _bring_in(self) -> None:
        self.browser.sign_in("office", PASSWORD)
        content = workbook(self.rows)
        begun = time.monotonic()
        answer = self.browser.post("/imports/", {"slug": "matters", "sheet": ""}, {"file": ("bench.xlsx", content)})
        found = re.search(r"/imports/(\d+)/", answer.location)
        if answer.status != 302 or found is None:
            raise Broken(f"upload answered {answer.status} {_first_words(answer.body)}")
        self.seconds["upload"] = time.monotonic() - begun
        page = f"/imports/{found[1]}/"
        begun = time.monotonic()
        self._wait(page, "导入以后会这样")
        self.seconds["trial"] = time.monotonic() - begun
        begun = time.monotonic()
        self.browser.post(f"{page}run/", {})
        self._wait(page, "导入结果")
        self.seconds["import"] = time.monotonic() - begun

    def _wait(self, page: str, words: str) -> None:
        until = time.monotonic() + 900
        while time.monotonic() < until:
            body = self.browser.get(page).body
            if words in body:
                return
            if "导入中断了" in body:
                raise Broken("the import broke off")
            time.sleep(0.5)
        raise Broken(f"{page} never said {words}")


class Writer(threading.Thread):
    """Registers a matter every ``WRITER_PAUSE`` seconds while the import runs."""

    def __init__(self, port: int, samples: Samples, done: threading.Event) -> None:
        super().__init__(daemon=True)
        self.browser, self.samples, self.done = Browser(port), samples, done

    def run(self) -> None:
        try:
            self.browser.sign_in("office", PASSWORD)
            page = self.browser.get("/matters/new/")
        except Broken as error:
            self.samples.fail("write while importing", str(error))
            return
        received = re.search(r'name="received_at" value="([^"]+)"', page.body)
        number = 0
        while not self.done.wait(WRITER_PAUSE):
            number += 1
            told = {
                "form": f"bench{number}",
                "title": f"导入时立项 {number}",
                "problem": "路面塌陷。",
                "place": "",
                "grade": "ordinary",
                "received_at": received[1] if received else "",
                "explicit_due": "",
                "category": "",
                "goal": "",
                "secrecy": "open",
            }
            begun = time.perf_counter()
            try:
                answer = self.browser.post("/matters/new/", told)
            except Broken as error:
                self.samples.fail("write while importing", str(error))
                continue
            self.samples.add("write while importing", time.perf_counter() - begun)
            if answer.status != 302:
                self.samples.fail("write while importing", f"{answer.status} {_first_words(answer.body)}")


def workbook(rows: int) -> bytes:
    """A ledger of so many rows, all new, a third of them closed."""
    import xlsxwriter

    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, ["编号", "问题", "表现", "根源", "整改措施", "责任单位", "时限", "进展", "销号"])
    for n in range(1, rows + 1):
        closed = "已销号 2026-06-30" if n % 3 == 0 else ""
        unit = ("农业农村服务中心", "应急管理办公室", "财政所")[n % 3]
        sheet.write_row(
            n,
            0,
            [
                *(f"压{n}", f"第 {n} 处水渠不通", "渠里有淤泥，水到不了田里。", "多年没有清淤。"),
                *("秋收后清淤一遍，定人管护。", unit, "2026-12-31", "已联系施工队。", closed),
            ],
        )
    book.close()
    return kept.getvalue()


# all of it


def run(people: int, rows_in: int, seconds: int, told: Callable[[str], None], log: Path) -> dict[str, Any]:
    """On the chosen database (a copy): the figures by kind, and what an import took where one was asked for."""
    usernames = settle(people)
    work = work_of(usernames)
    result: dict[str, Any] = {}
    samples = Samples()
    from luoshi.commands.benching.data import _leave

    _leave()
    with serving(log) as (port, used):
        if people:
            begun, before = time.monotonic(), used()
            told(f"{people} 人在 {seconds} 秒内陆续登录，到齐后再办 {seconds} 秒。")
            everybody = [
                Person(
                    *(port, username, work, samples),
                    at=begun + seconds * number / people,
                    until=begun + 2 * seconds,
                    seed=number,
                )
                for number, username in enumerate(usernames)
            ]
            for one in everybody:
                one.start()
            for one in everybody:
                one.join(2 * seconds + 120)
            result["web_cpu_s"] = round(used() - before, 1)
        if rows_in:
            told(f"导入 {rows_in:,} 行，同时有人不停地立项。")
            done = threading.Event()
            importer, writer = Importer(port, rows_in, samples), Writer(port, samples, done)
            importer.start()
            writer.start()
            importer.join(2_000)
            done.set()
            writer.join(60)
            result["import_s"] = {name: round(seconds, 1) for name, seconds in importer.seconds.items()}
    return {
        **result,
        "items": [_figures(kind, samples.taken[kind]) for kind in WORDS if samples.taken.get(kind)],
        "pages": _figures("pages", _pages(samples)),
        "errors": len(samples.errors),
        "first_errors": samples.errors[:20],
    }


def _pages(samples: Samples) -> list[float]:
    """Everything but signing in, and but the presses of the writer."""
    apart = ("sign-in", "write while importing")
    return [one for kind, taken in samples.taken.items() if kind not in apart for one in taken]


def _figures(name: str, taken: list[float]) -> dict[str, Any]:
    ordered = sorted(taken)

    def share(part: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1) if ordered else 0.0

    return {
        "name": name,
        "count": len(ordered),
        "p50_ms": share(0.5),
        "p95_ms": share(0.95),
        "p99_ms": share(0.99),
        "most_ms": round(ordered[-1], 1) if ordered else 0.0,
    }


def leave(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def measure(people: int, rows_in: int, seconds: int, count: int, named: str, var: Path) -> dict[str, Any]:
    """Copy the filled database, measure, throw the copy away; prints a table."""
    from luoshi.commands.benching import data
    from luoshi.commands.static import prepare_static

    signal.signal(signal.SIGTERM, leave)
    prepare_static()
    source = os.environ["DATABASE_URL"]
    data._leave()
    url = copy_of(source, named)
    turn_to(url)
    log = var / "bench-people.log"
    log.unlink(missing_ok=True)
    try:
        begun = datetime.now(tz=AT.tzinfo)
        load = os.getloadavg()[0]
        found = run(people, rows_in, seconds, lambda words: print(words, flush=True), log)
    finally:
        data._leave()
        data.drop(url, named)
        if url.startswith("sqlite:"):
            shutil.rmtree(var / f"files-{Path(sqlite_file(url)).stem}", ignore_errors=True)
    found = {
        "rows": count,
        "people": people,
        "seconds": seconds,
        "backend": "sqlite" if url.startswith("sqlite:") else "postgresql",
        "began": begun.isoformat(timespec="seconds"),
        "load_before": round(load, 1),
        "load_after": round(os.getloadavg()[0], 1),
        **found,
    }
    tell(found)
    return found


def tell(found: dict[str, Any]) -> None:
    """The table."""
    print("动作              次数   中位毫秒   95%毫秒   99%毫秒   最长毫秒", flush=True)
    for item in [*found["items"], *([{**found["pages"], "name": "页面合计"}] if found["pages"]["count"] else [])]:
        name = WORDS.get(item["name"], item["name"])
        print(
            f"{name}{'　' * (9 - len(name))}{item['count']:>6}{item['p50_ms']:>11,.0f}{item['p95_ms']:>10,.0f}"
            f"{item['p99_ms']:>10,.0f}{item['most_ms']:>11,.0f}"
        )
    if cpu := found.get("web_cpu_s"):
        signed = next((item["count"] for item in found["items"] if item["name"] == "sign-in"), 0)
        print(f"网页服务用了处理器 {cpu} 秒：登录 {signed} 次，页面 {found['pages']['count']} 次。")
    if took := found.get("import_s"):
        print(
            f"导入：上传 {took.get('upload', 0)} 秒，试导入 {took.get('trial', 0)} 秒，导入 {took.get('import', 0)} 秒。"
        )
    print(
        f"差错 {found['errors']} 次。机器负荷（之前、之后）：{found['load_before']}、{found['load_after']}。",
        flush=True,
    )
    for words in found["first_errors"]:
        print(f"　{words}")
