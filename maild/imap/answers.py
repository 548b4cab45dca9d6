"""What a server says of mails in answers to FETCH (RFC 3501 7.4.2).

imapclient looks at every byte of the lines by itself, which is most of what fetching costs.
"""

import re
from collections.abc import Iterable
from typing import Any

from imapclient.exceptions import ProtocolError

_TOKEN = re.compile(
    rb"""[ ]*(?:
        (?P<open>\() | (?P<close>\))
        | \{(?P<literal>[0-9]+)\}\Z
        | "(?P<quoted>(?:[^"\\]|\\.)*)"
        | (?P<atom>[^][{ ()"]+(?:\[[^]]*\][^{ ()"]*)?)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)

Record = bytes | tuple[bytes, bytes] | None


def read(records: Iterable[Record]) -> dict[int, dict[bytes, Any]]:
    """Return what was said by UID and, in capitals, the name of each item.

    records: as imaplib keeps them: a line, or its part up to a literal and the literal; None where
    nothing was said. Values are bytes, numbers too; None for NIL; or lists of these. An answer
    without a UID is none to UID FETCH and left out. Raises ProtocolError.
    """
    said: dict[int, dict[bytes, Any]] = {}
    levels: list[list[Any]] = [[]]  # the answer, and the lists in it that are still open
    for record in records:
        if isinstance(record, tuple):
            _take(record[0], record[1], levels)
        elif record is not None:  # here the line ends, and the answer with it
            _take(record, None, levels)
            uid, items = _answer(levels)
            if uid is not None:
                said.setdefault(uid, {}).update(items)
            levels = [[]]
    return said


def _take(text: bytes, literal: bytes | None, levels: list[list[Any]]) -> None:
    """Take the values of a record into the innermost list that is open."""
    at, end = 0, len(text.rstrip(b" "))
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None:
            raise ProtocolError("An answer to FETCH cannot be read.")
        at, kind = token.end(), token.lastgroup
        if kind == "open":
            levels.append([])
        elif kind == "close":
            closed = levels.pop()
            if not levels:
                raise ProtocolError("An answer to FETCH closes a list that is not open.")
            levels[-1].append(closed)
        elif kind == "literal":
            if literal is None:
                raise ProtocolError("An answer to FETCH announces bytes and gives none.")
            levels[-1].append(literal)
        elif kind == "quoted":
            levels[-1].append(_ESCAPED.sub(rb"\1", token["quoted"]))
        else:
            word = token["atom"]
            levels[-1].append(None if word == b"NIL" else word)


def _answer(levels: list[list[Any]]) -> tuple[int | None, dict[bytes, Any]]:
    """Return the UID and the items of one answer, which begins with the mail's number."""
    match levels:
        case [[bytes(), [*items]]] if len(items) % 2 == 0:
            named = {_name(items[n]): items[n + 1] for n in range(0, len(items), 2)}
        case _:
            raise ProtocolError("An answer to FETCH is no list of names and values.")
    uid = named.get(b"UID")
    return (int(uid) if isinstance(uid, bytes) and uid.isdigit() else None), named


def _name(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise ProtocolError("A name in an answer to FETCH is none.")
    return value.upper()
