"""The log: one line an event on standard output, where systemd or a container picks it up.

Lines carry what an operator needs and nothing of a mail: no body, no subject, no address, no
password, no token. Foreign words are escaped, so that nobody can write lines of their own.
"""

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_LENGTH = 500  # characters of one value


class _Lines:
    """Writes to standard output. A log that cannot be written to stops no mail and no letter."""

    def msg(self, line: str) -> None:
        """Write a line."""
        with contextlib.suppress(OSError, ValueError):  # the disk is full; the reader is gone
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    debug = info = warning = error = critical = msg


def keep_journal() -> None:
    """Set the log up: readable on a terminal, JSON elsewhere. Libraries may warn, not chat."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stdout, format="%(levelname)s %(message)s"
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # quotes the mail it fails on
    on_terminal = sys.stdout.isatty()
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _harmless,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: _Lines(),
    )


def _harmless(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Escape controls and cut what is long: a value may be the words of a foreign server."""
    for key, value in line.items():
        if isinstance(value, str):
            printable = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in value)
            line[key] = printable[:_LENGTH]
    return line
