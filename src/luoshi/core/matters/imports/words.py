"""What the cells of a ledger say: names of units with their roles, days, grades, and what tells one row from another."""

import hashlib
import re
from datetime import date

from luoshi.core.matters.models import Grade
from luoshi.kit.errors import Refused
from luoshi.kit.imports.cells import day_of, fold
from luoshi.kit.imports.registry import SheetRow
from luoshi.kit.personal import shortened

TITLE = 120
_DAY = re.compile(r"20\d\d\s*(?:[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|\d{4})")
_SPLIT = re.compile(r"[、,，;；。/\n]+")
_ROLE = re.compile(r"\s*(?:牵头|主办|责任|承办|(?P<helps>配合|协办|协同|协助|参与))(?:单位|部门|科室)?\s*[:：]\s*")


def plain(text: str) -> str:
    """Text as far as it tells one row from another: without blanks, full-width as ordinary."""
    return "".join(fold(text).split())


def digest(unit: str, title: str, problem: str) -> str:
    """The reference of a row without 编号: its unit and its text."""
    return "t:" + hashlib.sha256("\x1f".join(map(plain, (unit, title, problem))).encode()).hexdigest()[:48]


def texts(row: SheetRow) -> tuple[str, str]:
    """Name and problem of a row. What is too long for a name stands whole in the problem; without a name the problem's
    first sentence is one."""
    title, problem = " ".join(row.text("title").split()), row.text("problem")
    if not title:
        title = " ".join(re.split(r"[。；;\n]", problem, maxsplit=1)[0].split())
    if len(title) > TITLE:
        whole = row.text("title") or problem
        problem = problem if plain(whole) in plain(problem) else f"{whole}\n{problem}".strip()
        title = shortened(title, TITLE)
    return title, problem


def identify(row: SheetRow) -> str:
    """What the row is about: its 编号, else its unit and text."""
    number = row.text("number")
    return f"n:{number}" if number else digest(said_unit(row), *texts(row))


def said_unit(row: SheetRow) -> str:
    """The unit as far as the row itself says it: its cell, else the sheet it stands on."""
    return leading(row.text("unit")) if "unit" in row.columns or not row.where else row.sheet


def leading(said: str) -> str:
    return next((name for name, _ in parts_of(said)), "")


def parts_of(said: str) -> list[tuple[str, bool]]:
    """The names in a cell of units, and whether each only helps (配合：…); who leads goes first."""
    found, helps = [], False
    for part in _SPLIT.split(said):
        if label := _ROLE.match(part):
            helps = label["helps"] is not None
        if name := _ROLE.sub("", part).strip():
            found.append((name, helps))
    return sorted(found, key=lambda one: one[1])


def reference(row: SheetRow, title: str, problem: str) -> str:
    """Under what a row that is carried in is found again."""
    number = row.text("number")
    if not number:
        return digest(said_unit(row), title, problem)
    return f"n:{number}" if len(number) < 60 else digest("", number, "")


def day_in(said: str) -> date | None:
    found = _DAY.search(fold(said))
    return day_of(found[0], label="销号") if found else None


def grade_of(said: str) -> Grade | None:
    if not said:
        return None
    for grade in Grade:
        if said in (grade.label, *{"ordinary": ("普通", "一般问题"), "major": ("重大", "复杂", "重点")}[grade.value]):
            return grade
    raise Refused("matter.grade", f"“等级”填的“{said[:20]}”没有这一级。", "请填一般或重大复杂。", field="grade")
