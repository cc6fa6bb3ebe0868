"""The years that come with the program, kept as releases.

``data/2026.1/`` holds 2004–2026. A later release is a new folder with only the years that it adds or corrects; a
release once given out is never changed, so that the name of a calendar brings back the same days for ever.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from luoshi.kit.errors import Refused
from luoshi.kit.workdays import yearfile
from luoshi.kit.workdays.engine import Year


def latest() -> str:
    """The newest release."""
    return _releases()[-1]


@cache
def years(release: str) -> dict[int, Year]:
    """Every year as it stood in that release."""
    if release not in _releases():
        raise Refused("workdays.version", f"没有{release}这一版工作日历。", "请换用有这一版的程序。")
    found: dict[int, Year] = {}
    for name in _releases()[: _releases().index(release) + 1]:
        for file in _data().joinpath(name).iterdir():
            if file.name.endswith(".toml"):
                year = yearfile.parse(file.read_bytes())
                found[year.year] = year
    return dict(sorted(found.items()))


@cache
def _releases() -> list[str]:
    names = [folder.name for folder in _data().iterdir() if folder.is_dir() and folder.name[:1].isdigit()]
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def _data() -> Traversable:
    return files(__package__).joinpath("data")
