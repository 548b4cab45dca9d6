"""Mail broken at random: fixtures, cut, doubled, sprinkled. `python -m tests.fuzz [SECONDS]`."""

import logging
import random
import sys
import time

from maild.mail.read import read
from tests.bad.mails import MAILS

_PIECES = (
    b"\r\n\r\n", b"\r\n", b"\x00", b"--b\r\n", b"--b--\r\n", b"=?utf-8?b?", b"?=", b"<", b">",
    b'"', b"(", b";", b"%", b"charset=", b"From: ", b"\xff\xfe", b"\xd9\x80",
    b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
)  # fmt: skip
_SMALL = 4000  # bytes; larger fixtures say nothing more when broken


def _seeds() -> list[bytes]:
    return [
        raw
        for raw in (make() for name, make in MAILS.items() if "MB" not in name)
        if len(raw) < _SMALL
    ]


_SEEDS = _seeds()


def mutated(chance: random.Random) -> bytes:
    """Return one fixture with a handful of random changes."""
    raw = bytearray(chance.choice(_SEEDS))
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(raw) + 1)
        end = min(len(raw), at + chance.randrange(40))
        change = chance.randrange(4)
        if change == 0:
            del raw[at:end]
        elif change == 1:
            raw[at:at] = raw[at:end] * chance.randrange(1, 4)
        elif change == 2:
            raw[at:at] = chance.choice(_PIECES)
        else:
            raw[at:at] = chance.randbytes(chance.randrange(1, 8))
    return bytes(raw)


def main(seconds: float, seed: int) -> None:
    """Read broken mails until the time is up; the first failure ends it with its bytes."""
    logging.disable()  # flufl.bounce reports each of its detectors that stumbles
    chance = random.Random(seed)  # noqa: S311
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        raw = mutated(chance)
        count += 1
        try:
            began = time.monotonic()
            read(raw)
            slow = time.monotonic() - began
        except Exception:
            print(f"seed {seed}, mail {count}: {raw!r}", file=sys.stderr)  # noqa: T201
            raise
        if slow > 1:
            sys.exit(f"seed {seed}, mail {count} took {slow:.1f} s: {raw!r}")
    print(f"{count} mails, seed {seed}")  # noqa: T201


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60, int(time.time()))  # noqa: TID251
