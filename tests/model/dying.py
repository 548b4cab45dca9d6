"""maild that dies by kill -9 at a given place: python -m tests.model.dying NAME:N run --config …

What follows the place is given to the command line of maild as it is. NAME is one of
tests/model/places.py: before-commit, after-commit, before-flag, after-flag, before-move, mid-move,
after-move, after-claim, smtp-connect, smtp-mail, smtp-rcpt, smtp-data, smtp-body, smtp-dot,
smtp-accepted, reload-begin, reload-mid, reload-end, migrate-begin, migrate-mid, migrate-end; or
never. It dies when it comes there for the Nth time (1 when left out); the exit status is then -9.
A process that never comes there lives until it is told to stop, like any other.

With --ahead SECONDS before the place its clock runs so far ahead: what waits need not be waited
for. The product has no such switches; this module puts them in from outside.
"""

import os
import signal
import sys
from typing import NoReturn


def main(arguments: list[str]) -> None:
    """Stand at the place, then be maild."""
    # The children in which mail is read import this module too, and must stay cheap.
    from maild.cli import main as maild
    from tests.model.edges import ahead, stand_everywhere
    from tests.model.places import Place

    if arguments[0] == "--ahead":
        ahead(float(arguments[1]))
        arguments = arguments[2:]
    name, _, count = arguments[0].partition(":")
    if name != "never":
        stand_everywhere(Countdown(Place(name), int(count or 1)).reached)
    maild(arguments[1:], prog_name="maild")


class Countdown:
    """Dies when a place is reached for the nth time."""

    def __init__(self, place: str, n: int) -> None:
        self._place = place
        self._left = n

    def reached(self, place: str) -> None:
        """Die here, if it is time. From any thread."""
        if place == self._place:
            self._left -= 1
            if self._left == 0:
                die()


def die() -> NoReturn:
    """End as by kill -9: no handler, no flush, no rollback."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives that")


if __name__ == "__main__":
    main(sys.argv[1:])
