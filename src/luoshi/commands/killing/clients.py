"""Those who press: over HTTP like any browser, remembering what was acknowledged and what was not."""

import hashlib
import io
import random
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from luoshi.commands.killing.town import CLERK, OFFICE, PASSWORD, STATION, Town
from luoshi.commands.pressing import TIMEOUT, Answer, Broken, Browser, NotSent

ROWS = 220
"""Rows of a workbook: more than a page waits for, so that a job brings them in."""
_SEEN = re.compile(r'name="seen" value="(\d+)"')


@dataclass
class Press:
    """One thing asked for. ``mark`` stands in what it wrote and nowhere else; ``sha256`` is that of its file.

    ``at`` is the row that it is about, ``seen`` the event up to which its page had read; ``sent`` is how often it reached
    a server.
    """

    kind: str
    mark: str
    at: int = 0
    seen: int = 0
    sha256: str = ""
    acknowledged: bool = False
    sent: int = 0
    over: bool = False


@dataclass
class Remembered:
    """What all clients know, under one lock."""

    presses: list[Press] = field(default_factory=list)
    imports: dict[int, str] = field(default_factory=dict)
    exports: int = 0
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Clients:
    """All who press, each in a thread of its own, until they are stopped."""

    def __init__(self, port: int, town: Town, seed: int) -> None:
        self.port, self.town = port, town
        self.known = Remembered()
        self.stop = threading.Event()
        self.tag = f"{seed:x}-{secrets.token_hex(3)}"
        self._number = 0
        self.threads = [
            threading.Thread(target=self._forever, args=(work, seed * 31 + n), daemon=True)
            for n, work in enumerate((self.raises, self.raises, self.registers, self.reports, self.brings_in))
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(TIMEOUT * 2)

    def mark(self, kind: str) -> str:
        with self.known.lock:
            self._number += 1
            return f"{kind}{self.tag}之{self._number}号"

    def _forever(self, work: Callable[[Browser, random.Random], None], seed: int) -> None:
        luck, browser = random.Random(seed), Browser(self.port)  # noqa: S311 - chance, no secret
        while not self.stop.is_set():
            try:
                work(browser, luck)
            except Broken:
                browser = Browser(self.port)
                self.stop.wait(0.1)
            self.stop.wait(luck.uniform(0, 0.05))

    def _press(self, press: Press, do: Callable[[], Answer], *, again: int = 0) -> Answer | None:
        """Press; without an answer again up to so often, as people do. What was refused is remembered as such."""
        with self.known.lock:
            self.known.presses.append(press)
        try:
            for _ in range(again + 1):
                try:
                    answer = do()
                    press.sent += 1
                except NotSent:
                    self.stop.wait(0.5)
                    continue
                except Broken:
                    press.sent += 1
                    self.stop.wait(0.2)
                    continue
                if answer.status == 302 and not answer.location.startswith("/signin"):
                    press.acknowledged = True
                    return answer
                if answer.status < 500:
                    with self.known.lock:
                        self.known.refused.append(f"{press.kind}: {answer.status} {answer.location}{_why(answer.body)}")
                    return answer
            return None
        finally:
            press.over = True

    def raises(self, browser: Browser, luck: random.Random) -> None:
        """A citizen with a file. Never pressed again: nothing marks the second as the same."""
        mark = self.mark("反映")
        content = f"{mark} 的照片说明\n".encode()
        press = Press("raise", mark, sha256=hashlib.sha256(content).hexdigest())
        fields = {"words": mark, "place": "石桥沟村口", "contact": ""}
        self._press(press, lambda: browser.post("/p/raise/", fields, {"files": ("说明.txt", content)}))

    def registers(self, browser: Browser, luck: random.Random) -> None:
        """The office, and now and then a long ledger as a file."""
        if "sessionid" not in browser.cookies:
            browser.sign_in(OFFICE, PASSWORD)
        page = browser.get("/matters/new/")
        if page.status == 302:
            browser.cookies.clear()
            return
        found = re.search(r'name="form" value="(\w+)"', page.body)
        received = re.search(r'name="received_at" value="([^"]+)"', page.body)
        if found is None or received is None:
            return
        press = Press("register", self.mark("立项"))
        fields = {
            "form": found[1],
            "title": press.mark,
            "problem": "路面塌陷。",
            "place": "",
            "grade": "ordinary",
            "received_at": received[1],
            "explicit_due": "",
            "category": "",
            "goal": "",
            "secrecy": "open",
        }
        self._press(press, lambda: browser.post("/matters/new/", fields), again=2)
        if luck.random() < 0.1:
            answer = browser.post(f"/exports/new/matters/?q={secrets.token_hex(2)}", {})
            with self.known.lock:
                self.known.exports += answer.status == 302

    def reports(self, browser: Browser, luck: random.Random) -> None:
        """The clerk with a file to a matter in hand; pressed again it is the same report."""
        if "sessionid" not in browser.cookies:
            browser.sign_in(CLERK, PASSWORD)
        matter = luck.choice(self.town.matters)
        page = browser.get(f"/matters/{matter}/?do=report")
        if page.status == 302:
            browser.cookies.clear()
            return
        seen = _SEEN.search(page.body)
        if seen is None:
            return
        mark = self.mark("反馈")
        content = f"{mark} 的现场记录\n".encode()
        press = Press("report", mark, at=matter, seen=int(seen[1]), sha256=hashlib.sha256(content).hexdigest())
        fields = {"seen": seen[1], "report-measures": "", "report-progress": mark}
        files = {"report-files": ("现场.txt", content)}
        self._press(press, lambda: browser.post(f"/matters/{matter}/do/report/", fields, files), again=2)

    def brings_in(self, browser: Browser, luck: random.Random) -> None:
        """A workbook, tried by a job, then brought in by a job; each step waits for the one before it."""
        if "sessionid" not in browser.cookies:
            browser.sign_in(OFFICE, PASSWORD)
        mark = self.mark("台账").removeprefix("台账")
        press = Press("upload", mark)
        content = _workbook(mark)
        press.sha256 = hashlib.sha256(content).hexdigest()
        answer = self._press(
            press,
            lambda: browser.post("/imports/", {"slug": "matters", "sheet": ""}, {"file": (f"{mark}.xlsx", content)}),
        )
        found = re.search(r"/imports/(\d+)/", answer.location) if answer else None
        if found is None:
            return
        batch = int(found[1])
        if not self._until(batch, {"checked"}):
            return
        with self.known.lock:
            self.known.imports[batch] = mark
        while not self.stop.is_set():
            try:
                browser.post(f"/imports/{batch}/run/", {})
                break
            except Broken:
                self.stop.wait(0.2)
        self._until(batch, {"done", "failed", "refused"})

    def _until(self, batch: int, states: set[str]) -> bool:
        """Whether the batch came to one of these states before the end."""
        from django.db import DatabaseError, InterfaceError, connection

        from luoshi.kit.imports.models import Batch

        while not self.stop.is_set():
            try:
                if Batch.objects.filter(pk=batch, state__in=states).exists():
                    return True
            except (DatabaseError, InterfaceError):
                connection.close()
            self.stop.wait(0.3)
        return False


def _workbook(mark: str) -> bytes:
    import xlsxwriter

    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept)
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, ["编号", "问题", "表现", "责任单位"])
    for number in range(1, ROWS + 1):
        sheet.write_row(number, 0, [f"{mark}-{number}", f"{mark}第 {number} 件：水渠不通", "渠里有淤泥", STATION])
    book.close()
    return kept.getvalue()


def _why(body: str) -> str:
    found = re.search(r'class="(?:refusal|errors?)[^"]*"[^>]*>(.{0,300})', body, re.DOTALL)
    return " " + re.sub(r"<[^>]+>|\s+", " ", found[1]) if found else ""
