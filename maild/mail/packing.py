"""The bytes of a mail as they are kept: packed, and known by their digest."""

import hashlib
from dataclasses import dataclass, field

from isal import isal_zlib

from maild.mail.carried import Carried


@dataclass(frozen=True, slots=True)
class Packed(Carried):
    """The bytes of a mail, packed, with what they are known by."""

    digest: bytes  # SHA-256 of the bytes as they came
    size: int  # of the bytes as they came
    content: bytes = field(repr=False)  # in zlib's format (RFC 1950)


def pack(raw: bytes) -> Packed:
    """Return the bytes of a mail as they are kept."""
    return Packed(sha256(raw), len(raw), compress(raw))


def sha256(raw: bytes) -> bytes:
    """Return the digest by which the bytes of a mail are known."""
    return hashlib.sha256(raw).digest()


def compress(raw: bytes) -> bytes:
    """Return bytes in zlib's format, at a level that costs next to nothing.

    Most mail is files in base64, of which no level saves more than a quarter.
    """
    return isal_zlib.compress(raw, 1)


def decompress(packed: bytes) -> bytes:
    """Return the bytes that were packed."""
    return isal_zlib.decompress(packed)
