"""A line between a program and a server, on the loopback, that can be slow or forgotten."""

import contextlib
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Proxy:
    """Passes every connection on to a port; `with Proxy(port) as proxy:` starts and stops it."""

    to: int
    memory: float = 0  # seconds of silence after which nothing passes, as behind a NAT; 0 for ever
    connections: int = 0
    _open: list[socket.socket] = field(default_factory=list)
    _slow: dict[socket.socket, float] = field(default_factory=dict)

    def slow_down(self, pace: float) -> None:
        """Let the lines that are open now bring so many bytes a second, one by one."""
        self._slow = dict.fromkeys(self._open, pace)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self.connections += 1
                far = socket.create_connection(("127.0.0.1", self.to))
                self._open += [near, far]
                threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        """Carry bytes both ways until an end hangs up."""
        last, forgotten = time.monotonic(), False
        with contextlib.suppress(OSError), near, far, selectors.DefaultSelector() as both:
            both.register(near, selectors.EVENT_READ, far)
            both.register(far, selectors.EVENT_READ, near)
            while True:
                for ready, _ in both.select():
                    source, sink = ready.fileobj, ready.data
                    assert isinstance(source, socket.socket)
                    if not (got := source.recv(65536)):
                        return
                    forgotten = forgotten or 0 < self.memory < time.monotonic() - last
                    if not forgotten:
                        self._pass(got, sink, self._slow.get(far, 0) if source is far else 0)
                        last = time.monotonic()

    def _pass(self, got: bytes, sink: socket.socket, pace: float) -> None:
        if not pace:
            sink.sendall(got)
            return
        for byte in got:
            sink.sendall(bytes([byte]))
            time.sleep(1 / pace)
