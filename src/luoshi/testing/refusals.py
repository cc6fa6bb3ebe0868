"""What a test says of an act that must be refused."""

from types import TracebackType

from luoshi.kit.errors import Refused


class refused:  # noqa: N801 - read as a word of the test: with refused("matter.unknown")
    """``with refused("matter.unknown"):`` fails unless exactly that is refused, in a sentence and with a way out."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __enter__(self) -> None:
        return

    def __exit__(
        self, kind: type[BaseException] | None, said: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if said is not None and not isinstance(said, Refused):
            return False
        assert said is not None, f"nothing was refused, {self.code} was expected"
        assert said.code == self.code
        assert said.sentence.endswith("。")
        assert said.fix.endswith("。")
        return True
