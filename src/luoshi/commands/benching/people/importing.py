"""A workbook that comes in through the page, and who registers matters meanwhile."""

import io
import re
import threading
import time

from luoshi.commands.benching.people.samples import Samples, first_words
from luoshi.commands.benching.town import PASSWORD
from luoshi.commands.pressing import Broken, Browser

WRITER_PAUSE = 0.3


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
            raise Broken(f"upload answered {answer.status} {first_words(answer.body)}")
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
                self.samples.fail("write while importing", f"{answer.status} {first_words(answer.body)}")


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
