"""Reads mail in the test's own process, without children and their limits."""

from collections.abc import Callable, Sequence

from maild.mail import read as reading
from maild.mail.mail import Mail
from maild.mail.unreadable import Unreadable


class Inline:
    """What stands in for `maild.parsing.Reader` where patches must reach the reading."""

    def begin(
        self, raws: Sequence[bytes], charset: str | None = None
    ) -> Callable[[], list[Mail | Unreadable]]:
        return lambda: [self.read(raw, charset) for raw in raws]

    def read_many(
        self, raws: Sequence[bytes], charset: str | None = None
    ) -> list[Mail | Unreadable]:
        return self.begin(raws, charset)()

    def read(self, raw: bytes, charset: str | None = None) -> Mail | Unreadable:
        return reading.read(raw, charset)

    def close(self) -> None:
        """There is no child to end."""
