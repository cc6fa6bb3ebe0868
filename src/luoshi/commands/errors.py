"""How a command says that it was used wrongly, or was given what it cannot read: exit code 2."""

from luoshi.kit.errors import Refused


class WrongUse(Exception):
    """A command that cannot begin: ``sentence`` says why in Chinese, ``fix`` what to do."""

    def __init__(self, sentence: str, fix: str = "") -> None:
        super().__init__(f"{sentence}{fix}")


class Unreadable(Refused):
    """Input that cannot be read: the same refusal as on a page, but ending with 2 on the command line."""
