"""One of many: signs in, reads, writes, and thinks in between."""

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from luoshi.commands.benching.people.samples import Samples, first_words
from luoshi.commands.benching.rows import PHRASE
from luoshi.commands.benching.town import PASSWORD
from luoshi.commands.pressing import Answer, Broken, Browser

THINK = (5.0, 15.0)
_SEEN = re.compile(r'name="seen" value="(\d+)"')
_NEXT = re.compile(r'<a rel="next" href="([^"]+)"')


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
            self.samples.fail(kind, f"{answer.status} {answer.location} {first_words(answer.body)}")
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
