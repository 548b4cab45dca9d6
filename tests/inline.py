"""Reads mail in the test's own process, without children and their limits."""

from collections.abc import Callable, Sequence

from maild.mail import read as reading
from maild.mail.reading import Reading, reading_of


class Inline:
    """What stands in for `maild.parsing.Reader` where patches must reach the reading."""

    def begin(
        self, raws: Sequence[bytes], charset: str | None = None
    ) -> Callable[[], list[Reading]]:
        return lambda: [self.read(raw, charset) for raw in raws]

    def read_many(self, raws: Sequence[bytes], charset: str | None = None) -> list[Reading]:
        return self.begin(raws, charset)()

    def read(self, raw: bytes, charset: str | None = None) -> Reading:
        return reading_of(raw, reading.read(raw, charset))

    def close(self) -> None:
        """There is no child to end."""
