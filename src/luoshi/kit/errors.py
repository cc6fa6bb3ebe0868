"""The one way in which the program says no."""


class Refused(Exception):
    """An act that is not done, said so that a clerk knows what to do next.

    ``code`` is stable and the same on page, API, import and command line (``matter.own_verification``); ``sentence``
    says in Chinese what was refused and why; ``fix`` says the way out; ``field`` names the input that it is about, or
    is empty when it is about the whole act.
    """

    def __init__(self, code: str, sentence: str, fix: str = "", *, field: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.fix = fix
        self.field = field

    def __str__(self) -> str:
        return f"{self.sentence}{self.fix}" if self.fix else self.sentence
