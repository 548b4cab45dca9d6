"""Parameters of MIME headers (RFC 2045 5.1), continued and in charsets (RFC 2231); linear."""

import re

from maild.mail import charsets, headers

_MOST_PARAMETERS = 100
_CONTINUED = re.compile(r"(.+?)\*(\d{1,3})?(\*)?\Z")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"?', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def parameters(value: str) -> dict[str, str]:
    """Return the parameters of a Content-Type or Content-Disposition value; the first one wins.

    Values keep 8-bit bytes as surrogates. RFC 2231 continuations and charsets are resolved;
    encoded words (against RFC 2047 5, but common) are left to the reader of names.
    """
    found: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    value = value[: headers.LONGEST].replace("\r", "").replace("\n", "")
    position = value.find(";")
    for _ in range(_MOST_PARAMETERS):
        if position < 0:
            break
        position += 1
        name = value[position : (value.find("=", position) + 1 or len(value) + 1) - 1]
        if ";" in name:  # a parameter without a value
            position = value.index(";", position)
            continue
        position += len(name) + 1
        rest = value[position:]
        quoted = _QUOTED.match(rest.lstrip())
        if quoted is not None:
            position += len(rest) - len(rest.lstrip()) + quoted.end()
            text = _ESCAPED.sub(r"\1", quoted[1]) if "\\" in quoted[1] else quoted[1]
            position = value.find(";", position)
        else:
            end = value.find(";", position)
            text = (value[position:] if end < 0 else value[position:end]).strip()
            position = end
        name = name.strip().lower()
        if not name:
            continue
        continued = _CONTINUED.match(name)
        if continued is None:
            found.setdefault(name, text)
        else:
            number = int(continued[2] or 0)
            pieces.setdefault(continued[1], {}).setdefault(number, (text, bool(continued[3])))
    for name, numbered in pieces.items():
        found[name] = _joined([numbered[n] for n in sorted(numbered)])
    return found


def _joined(pieces: list[tuple[str, bool]]) -> str:
    """RFC 2231 3 and 4: sections joined, percent-encoding undone, then the charset applied."""
    charset: str | None = None
    data = b""
    for index, (text, encoded) in enumerate(pieces):
        if encoded or ("%" in text and "''" in text):
            if index == 0 and text.count("'") >= 2:
                charset, _, text = text.split("'", 2)
            data += _PERCENT.sub(lambda m: bytes([int(m[1], 16)]), charsets.octets(text))
        else:
            data += charsets.octets(text)
    return charsets.decode(data, charset)[0]
