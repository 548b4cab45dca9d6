"""What the courier's tests share: a courier to a scripted sink."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from maild.desk import Secret, Server
from maild.smtp.connection import Patience
from maild.smtp.courier import Courier
from tests.servers.fake_smtp import FakeSmtp

RAW = b"From: a@desk.example\r\nTo: b@learner.example\r\nSubject: x\r\n\r\nhello\r\n.\r\n..\r\n"
OWN = "student@desk.example"
TO = "b@learner.example"
ALONE, TOGETHER = ("SIZE 50000000",), ("SIZE 50000000", "PIPELINING")
EITHER_WAY = pytest.mark.parametrize("extensions", [ALONE, TOGETHER], ids=["alone", "together"])
QUICK = Patience(connect=2, command=0.5, upload=1, dot=0.5)


@asynccontextmanager
async def courier_to(
    sink: FakeSmtp,
    *,
    security: str = "plain",
    host: str = "127.0.0.1",
    user: str | None = None,
    password: str | None = None,
    ca_file: Path | None = None,
    **options: Any,
) -> AsyncIterator[Courier]:
    secret = Secret(password) if password is not None else None
    server = Server(host, sink.port, security, user, secret, ca_file)
    courier = Courier(server, OWN, **{"patience": QUICK, **options})
    try:
        yield courier
    finally:
        await courier.close()
