"""Real mail servers for the tests: private configuration, loopback ports, nothing installed."""

import contextlib
import shutil
import socket
import time


class ServerMissingError(Exception):
    """A server the tests need is not on this machine. The text is one sentence naming it."""


def executable(name: str, package: str) -> str:
    """Return the path of a server's program.

    Raises ServerMissingError naming the Debian package: a test is never skipped for want of it.
    """
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/lib/dovecot:/sbin")
    if found is None:
        raise ServerMissingError(
            f"The tests need {name}, which is not installed: apt-get install {package}"
        )
    return found


def free_ports(count: int) -> list[int]:
    """Return that many different TCP ports that are free on the loopback right now."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def await_greeting(port: int, seconds: float = 15) -> None:
    """Wait until a server greets on the loopback port. Raises TimeoutError when it never does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                if connection.recv(1):
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise TimeoutError(f"no greeting on port {port} within {seconds} s")
