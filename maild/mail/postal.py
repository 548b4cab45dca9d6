"""Addresses as they may be written in an envelope or a header: one sound addr-spec, or none."""

import re

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a0-\U0010ffff-]+"
_LABEL = r"[A-Za-z0-9_\u00a0-\U0010ffff](?:[A-Za-z0-9_\u00a0-\U0010ffff-]{0,62})"
# RFC 5321 4.1.2 with RFC 6531; clients also write dots where the grammar has none.
_ADDRESS = re.compile(
    rf"(?:\.?{_LOCAL}(?:\.+{_LOCAL})*\.?|\"[ !#-\[\]-~]{{1,62}}\")"
    rf"@(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f.:]{{2,45}}\]|\[IPv6:[0-9A-Fa-f.:]{{2,45}}\])"
)
# Nobody's address; most of them IDNA maps to nothing (RFC 3454 B.1).
_HIDDEN = re.compile(
    "[\ud800-\udfff\u0080-\u00a0\u00ad\u034f\u061c\u1806\u180b-\u180e"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufe00-\ufe0f\ufeff\ufffd]"
)


def is_address(text: str) -> bool:
    """Tell whether `text` is one address that can be written to (RFC 5321 4.5.3.1: 254 bytes)."""
    return (
        len(text) <= 254
        and not _HIDDEN.search(text)
        and _ADDRESS.fullmatch(text) is not None
        and len(text.encode("utf-8")) <= 254
    )


def to_ascii(address: str) -> str | None:
    """Return the address in ASCII, its domain in A-labels (RFC 5891), if it can be.

    Only a local part outside ASCII needs a server with SMTPUTF8 (RFC 6531). With a hidden
    character it cannot be: the encoding would drop it, and give the address of somebody else.
    """
    if address.isascii():
        return address
    if _HIDDEN.search(address):
        return None
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii():
        return None
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None


def can_be_written_to(address: str) -> bool:
    """Tell whether a letter can bear `address` as it is written, or with its domain in A-labels.

    A domain that has no A-labels is nobody's, whatever the server offers.
    """
    domain = to_ascii(f"x@{address.rpartition('@')[2]}")
    return domain is not None and is_address(to_ascii(address) or address)
