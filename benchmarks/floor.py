"""The floor of ingest: fetch in batches, parse with the standard library, one row a mail.

One process, one connection, compat32 decoding every part, one commit a batch; nothing a helpdesk
does. The bar for maild is half of this. By itself: `python -m benchmarks.floor --port N --user U`.
"""

from __future__ import annotations

import argparse
import hashlib
import sqlite3
import statistics
import tempfile
import time
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any

from imapclient import IMAPClient

BATCH = 200
ROW = """CREATE TABLE mail (
    uid INTEGER PRIMARY KEY, at TEXT, message_id TEXT, subject TEXT, sender TEXT, refs TEXT,
    sha TEXT, size INT, raw BLOB)"""


def ingest(host: str, port: int, user: str, password: str) -> tuple[int, float]:
    """Take every mail of INBOX into a new SQLite file; return how many, and the seconds."""
    with tempfile.TemporaryDirectory(prefix="maild-floor-") as folder:
        database = sqlite3.connect(Path(folder) / "floor.sqlite", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute(ROW)
        began = time.perf_counter()
        with IMAPClient(host, port, ssl=False, timeout=60) as client:
            client._imap.debug = 0  # noqa: SLF001  # else every literal is formatted for a log
            client.login(user, password)
            client.select_folder("INBOX", readonly=True)
            uids = client.search("ALL")
            for start in range(0, len(uids), BATCH):
                mails = client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]", "INTERNALDATE"])
                rows = [_row(uid, found) for uid, found in mails.items()]
                database.execute("BEGIN IMMEDIATE")
                database.executemany("INSERT INTO mail VALUES (?,?,?,?,?,?,?,?,?)", rows)
                database.execute("COMMIT")
        seconds = time.perf_counter() - began
        database.close()
        return len(uids), seconds


def _row(uid: int, found: dict[bytes, Any]) -> tuple[Any, ...]:
    raw: bytes = found[b"BODY[]"]
    mail = message_from_bytes(raw)
    row = (
        uid, str(found[b"INTERNALDATE"]), mail.get("Message-ID", ""), _said(mail, "Subject"),
        _said(mail, "From"), str(mail.get("References", "")), hashlib.sha256(raw).hexdigest(),
        _decode(mail), raw,
    )  # fmt: skip
    return tuple(v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for v in row)


def _said(mail: Message[str, str], name: str) -> str:
    try:
        return str(make_header(decode_header(mail.get(name, ""))))
    except (LookupError, UnicodeError, ValueError, HeaderParseError):
        return str(mail.get(name, ""))


def _decode(mail: Message[str, str]) -> int:
    """Decode every part and return their size."""
    size = 0
    for part in mail.walk():
        if part.is_multipart():
            continue
        data = part.get_payload(decode=True)
        content = data if isinstance(data, bytes) else b""
        size += len(content)
        if part.get_content_maintype() == "text":
            try:
                content.decode(part.get_content_charset() or "utf-8", "replace")
            except LookupError:
                content.decode("utf-8", "replace")
    return size


def main() -> None:
    """Print the mails per second of a few runs and their median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", default="secret")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    rates = []
    for _ in range(given.runs):
        count, seconds = ingest(given.host, given.port, given.user, given.password)
        rates.append(count / seconds)
        print(f"{count} mails in {seconds:.2f} s = {rates[-1]:.0f} mails/s")
    print(f"median {statistics.median(rates):.0f} mails/s")


if __name__ == "__main__":
    main()
