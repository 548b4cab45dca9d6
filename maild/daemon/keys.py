"""The instance's own keys: they sign reply addresses and Message-IDs, and nothing else."""

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

from maild.tickets.tokens import Keyring

NAME = "signing.key"
_BYTES = 32


class KeyTroubleError(Exception):
    """The key file cannot be used; the message is one plain sentence."""


def load(data: Path) -> Keyring:
    """Read the keyring of the data directory, made at the first start, private to its owner.

    One key a line in base64; the first signs, all verify, so a new first line rotates the key.
    Raises KeyTroubleError when the file is damaged or others can read it.
    """
    path = data / NAME
    try:
        if not path.exists():
            _create(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyTroubleError(f"{path} can be read by others; chmod 600 {path}")
        lines = path.read_text(encoding="ascii").split()
        keys = tuple(base64.b64decode(line, validate=True) for line in lines)
    except (OSError, UnicodeDecodeError, binascii.Error) as error:
        raise KeyTroubleError(f"{path} cannot be read: {error}") from None
    if not keys or any(len(key) < _BYTES for key in keys):
        raise KeyTroubleError(f"{path} holds no usable key; each line is 32 random bytes in base64")
    return Keyring(keys)


def _create(path: Path) -> None:
    """Write the whole file before it has its name: a crash leaves a key or none, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.new")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
