"""Column types: what may enter a row, whatever a mail said. They behave alike on both engines."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from maild.mail.packing import compress, decompress

# The arguments of the methods are SQLAlchemy's, whether they are of use here or not: ARG002.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KEY_LIMIT = 500  # bytes; PostgreSQL indexes no value above 2,704


class Instant(TypeDecorator[datetime]):
    """A point in time: microseconds since 1970 UTC in SQLite, timestamptz in PostgreSQL.

    SQLite has no type for time and would drop the zone silently.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of one engine."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a time without a zone (ValueError): nobody can know which instant it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        if dialect.name == "postgresql":
            return value.astimezone(UTC)
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant in UTC."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return _EPOCH + timedelta(microseconds=value)


class Prose(TypeDecorator[str]):
    """Text from outside. NUL and lone surrogates, which no engine takes, become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return what can be stored."""
        return None if value is None else storable(value)


class Key(TypeDecorator[str]):
    """Text from outside that is looked up by an index: a Message-ID, an address.

    One longer than any honest client writes keeps its beginning and gains a digest, so that it
    is still itself, still found, and still fits an index.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the key as it is stored and compared."""
        return None if value is None else keyed(value)


class Packed(TypeDecorator[bytes]):
    """Bytes kept compressed as zlib's format (RFC 1950)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Compress."""
        return None if value is None else compress(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Decompress."""
        return None if value is None else decompress(value)


def keyed(text: str) -> str:
    """Return a key as it is stored and compared; the key of a key is itself."""
    key = storable(text)
    if len(key) * 4 <= _KEY_LIMIT:
        return key
    data = key.encode()
    if len(data) <= _KEY_LIMIT:
        return key
    return f"{key[: _KEY_LIMIT // 5]}#{hashlib.sha256(data).hexdigest()}"


def storable(text: str) -> str:
    """Return `text` with NUL and lone surrogates replaced by U+FFFD; else the same object."""
    if "\x00" in text:
        text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = "".join(
                "\N{REPLACEMENT CHARACTER}" if 0xD800 <= ord(c) < 0xE000 else c for c in text
            )
    return text


def json_text(value: Any) -> str:
    """Serialise a JSON column. Arabic stays readable, and searchable by path, as itself."""
    return storable(_JSON.encode(value))


def _plain(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored in a JSON column")


_JSON = json.JSONEncoder(ensure_ascii=False, default=_plain)
