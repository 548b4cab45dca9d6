"""The answer for a mail that is kept, but not read: why, and who seems to have sent it."""

import re
from dataclasses import dataclass

from maild.mail import charsets, headers
from maild.mail.carried import Carried

# Enough for a person to find the mail again; nothing else of an unread mail is shown.
SAFE_NAMES = ("from", "to", "subject", "message-id", "date")

_SCANNED = 64 * 1024  # bytes of the mail looked at
_VALUE = 1000  # bytes kept of one header
_LINE = re.compile(rb"[^\r\n]*")
_NAME = re.compile(rb"([!-9;-~]{1,60})[ \t]*:[ \t]*")


@dataclass(frozen=True, slots=True)
class Unreadable(Carried):
    """A mail over a limit. `reason` is one plain sentence; the raw bytes go to quarantine."""

    reason: str
    headers: tuple[tuple[str, str], ...] = ()  # (lower-case name, decoded), of SAFE_NAMES only

    def header(self, name: str) -> str | None:
        """Return the first safe header of that name (case-insensitive), decoded, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)


def unreadable(raw: bytes, reason: str, default_charset: str | None = None) -> Unreadable:
    """Make the answer for `raw` with what a linear scan of its first lines can tell.

    This scan never parses: it reads whole lines of the first 64 kB, takes the first header of
    each safe name, cuts it at 1000 bytes and decodes that.
    """
    found: dict[str, bytes] = {}
    last: str | None = None
    block = raw[:_SCANNED]
    position = 0
    while position < len(block):
        match = _LINE.match(block, position)
        line = match.group() if match else b""
        position += len(line) + (2 if block.startswith(b"\r\n", position + len(line)) else 1)
        if not line:
            break
        if line[:1] in b" \t":
            if last is not None and len(found[last]) < _VALUE:
                found[last] += b" " + line.strip()[:_VALUE]
            continue
        last = None
        named = _NAME.match(line)
        if named is None:
            continue
        name = named.group(1).decode("ascii").lower()
        if name in SAFE_NAMES and name not in found:
            found[name] = line[named.end() : named.end() + _VALUE]
            last = name
    return Unreadable(
        reason,
        tuple(
            (name, headers.decode(charsets.undecoded(found[name][:_VALUE]), default_charset))
            for name in SAFE_NAMES
            if name in found
        ),
    )
