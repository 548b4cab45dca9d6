"""Bytes are measured before they are parsed: each limit is what one mail may cost us.

Figures: Postfix's defaults (message 10 MB, header 100 kB, MIME nesting 100) and Gmail's and
Exchange's (25 to 36 MB, 500 recipients) bound what real mail looks like.
"""

import re

MAX_SIZE = 35 * 1024 * 1024
MAX_HEADER_BLOCK = 256 * 1024
MAX_HEADER = 16 * 1024
MAX_HEADER_LINES = 1000
MAX_ENCODED_WORDS = 2000
MAX_ADDRESSES = 500
MAX_PARTS = 500
MAX_DEPTH = 20

# Addresses are counted in these; RFC 5322 3.6.3 and 3.6.6.
_ADDRESS = re.compile(
    rb"^(?:from|to|cc|bcc|sender|reply-to|resent-(?:from|to|cc|bcc|sender)):", re.IGNORECASE
)
_BLANKS = (b"\r\n\r\n", b"\n\n", b"\r\n\n", b"\n\r\n", b"\r\r")
_UNFOLD = re.compile(rb"(?:\r\n|\n|\r)(?![ \t])")
_MARKS = re.compile(
    rb"^--(?P<line>[^\r\n]{1,300})|boundary\s{0,20}=\s{0,20}(?:\"(?P<quoted>[^\"\r\n]{0,20000})\"|"
    rb"(?P<bare>[^\s;\"]{1,20000}))",
    re.IGNORECASE | re.MULTILINE,
)


def measure(raw: bytes) -> str | None:
    """Return why `raw` is too costly to parse, as one plain sentence, or None when it is not.

    Linear in the size of the mail. It does not decide what the mail means: a mail within the
    limits may still be nonsense.
    """
    if len(raw) > MAX_SIZE:
        return f"The mail is larger than {MAX_SIZE // 1024 // 1024} MB."
    return _measure_header(raw) or _measure_structure(raw)


def _measure_header(raw: bytes) -> str | None:
    end = _end_of_header(raw)
    if end is None and len(raw) > MAX_HEADER_BLOCK:
        return f"The header is larger than {MAX_HEADER_BLOCK // 1024} kB."
    block = raw[:end]
    if block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n") >= MAX_HEADER_LINES:
        return f"The header has more than {MAX_HEADER_LINES} lines."
    if block.count(b"=?") > MAX_ENCODED_WORDS:
        return f"The header has more than {MAX_ENCODED_WORDS} encoded words."
    if len(block) <= MAX_HEADER and block.count(b"@") + block.count(b",") <= MAX_ADDRESSES:
        return None
    addresses = 0
    for header in _UNFOLD.split(block):
        if len(header) > MAX_HEADER:
            return f"One header line is larger than {MAX_HEADER // 1024} kB."
        if _ADDRESS.match(header):
            addresses += max(header.count(b"@"), header.count(b","))
    if addresses > MAX_ADDRESSES:
        return f"The header names more than {MAX_ADDRESSES} addresses."
    return None


def _end_of_header(raw: bytes) -> int | None:
    """Return where the first blank line begins, whatever ends the lines; None when it is far."""
    found = None
    for blank in _BLANKS:
        end = MAX_HEADER_BLOCK + 4 if found is None else found + len(blank) - 1
        at = raw.find(blank, 0, end)
        found = at if at >= 0 else found
    return found


def _measure_structure(raw: bytes) -> str | None:
    """Count boundary lines and nesting, by declared boundaries in the order of the bytes."""
    if raw.count(b"\n--") + raw.startswith(b"--") <= MAX_DEPTH:
        return None  # no part and no level without a boundary line
    declared: set[bytes] = set()
    stack: list[bytes] = []
    opened = 0
    for mark in _MARKS.finditer(raw):
        line = mark["line"]
        if line is None:
            boundary = mark["quoted"] if mark["quoted"] is not None else mark["bare"]
            declared.add(boundary.rstrip())
            continue
        line = line.rstrip()
        closing = line not in declared and line.endswith(b"--") and line[:-2] in declared
        boundary = line[:-2] if closing else line
        if boundary not in declared:
            continue
        opened += not closing
        if opened > MAX_PARTS:
            return f"The mail has more than {MAX_PARTS} parts."
        if boundary in stack:
            del stack[stack.index(boundary) + (0 if closing else 1) :]
        elif not closing:
            stack.append(boundary)
            if len(stack) > MAX_DEPTH:
                return f"The parts are nested deeper than {MAX_DEPTH} levels."
    return None
