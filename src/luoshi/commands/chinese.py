"""argparse that speaks Chinese: help, and wrong use in one sentence with the way out."""

import argparse
import re
from typing import NoReturn

from luoshi.commands.errors import WrongUse

HELP_WORDS = {
    "usage: ": "用法：",
    "positional arguments": "参数",
    "options": "选项",
    "optional arguments": "选项",
    "show this help message and exit": "显示这份说明",
}
"""What argparse prints in English, by the strings that it looks up for translation."""

COMPLAINTS: tuple[tuple[str, str], ...] = (
    (r"unrecognized arguments: (?P<what>.+)", "不认识“{what}”"),
    (r"the following arguments are required: (?P<what>.+)", "少了 {what}"),
    (r"argument (?P<which>.+?): expected (?:one|at least one|\d+) arguments?", "{which} 后面要跟一个值"),
    (r"argument (?P<which>.+?): ignored explicit argument (?P<what>.+)", "{which} 后面不能跟值"),
    (r"argument (?P<which>.+?): invalid int value: (?P<what>.+)", "{which} 要的是整数，给的是 {what}"),
    (r"argument (?P<which>.+?): invalid choice: (?P<what>.+?) \(.*", "{which} 没有 {what} 这个选择"),
    (r"argument (?P<which>.+?): invalid .+ value: (?P<what>.+)", "{which} 的值 {what} 读不懂"),
    (r"argument (?P<which>.+?): not allowed with argument (?P<what>.+)", "{which} 不能和 {what} 一起用"),
    (r"argument (?P<which>.+?): (?P<what>.+)", "{which}：{what}"),
)


def in_chinese(complaint: str) -> str:
    """argparse's complaint as a clause of Chinese; what is not known stays as it is."""
    for pattern, clause in COMPLAINTS:
        if found := re.fullmatch(pattern, complaint, re.DOTALL):
            return clause.format(**found.groupdict())
    return complaint


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help with Chinese headings."""

    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]  # stubs differ by version
        super().add_usage(usage, actions, groups, HELP_WORDS["usage: "] if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section(HELP_WORDS.get(heading or "", heading))


class Parser(argparse.ArgumentParser):
    """A parser of one command; ``takes_database`` once it was given ``--db``."""

    takes_database = False

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(
            prog=prog, description=description, formatter_class=Formatter, allow_abbrev=False, add_help=False
        )
        self.add_argument("-h", "--help", action="help", help=HELP_WORDS["show this help message and exit"])

    def error(self, message: str) -> NoReturn:
        """:raises WrongUse: always."""
        raise WrongUse(f"{in_chinese(message)}。", f"用法见 {self.prog} --help。")
