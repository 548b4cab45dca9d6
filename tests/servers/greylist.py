"""A policy service for Postfix (SMTPD_POLICY_README) that greylists by a clock that jumps.

A triplet of client, sender and recipient is refused for now until it comes again after the wait.
"""

import socketserver
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

WAIT = timedelta(minutes=5)

Triplet = tuple[str, str, str]


class Greylist:
    """A context manager; `port` answers inside it, `asked` holds every visit."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.asked: list[tuple[Triplet, datetime]] = []
        greylist = self

        class Visit(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                request: dict[str, str] = {}
                for line in self.rfile:
                    name, _, value = line.decode().rstrip("\n").partition("=")
                    if name:
                        request[name] = value
                    else:
                        self.wfile.write(f"action={greylist._judge(request)}\n\n".encode())
                        request = {}

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Visit)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    def _judge(self, request: dict[str, str]) -> str:
        triplet = (request["client_address"], request["sender"], request["recipient"])
        now = self._clock()
        self.asked.append((triplet, now))
        first = min(at for known, at in self.asked if known == triplet)
        return "DUNNO" if now - first >= WAIT else "DEFER_IF_PERMIT Greylisted, come again"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
