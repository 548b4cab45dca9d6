"""A private PostgreSQL: a cluster of its own in a temporary folder, on a loopback port."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from tests.servers import ServerMissingError, free_ports

USER = "maild"
_STOP = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class Postgres:
    """The server, from start() to stop(); each test takes a database of its own."""

    def __init__(self, *, fsync: bool = False) -> None:
        """Create the cluster. Raises ServerMissingError when PostgreSQL is not installed.

        Without `fsync` a commit does not wait for the disk: no test pulls the plug of the machine.
        """
        self.programs = _programs()
        self._fsync = fsync
        # PostgreSQL refuses to run as root: there the package's own user runs it.
        self._user = "postgres" if os.geteuid() == 0 else None
        self._groups: list[str] | None = [] if self._user else None
        self.folder = Path(tempfile.mkdtemp(prefix="maild-postgres-"))
        self.port = free_ports(1)[0]
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        if self._user is not None:
            try:
                owner = pwd.getpwnam(self._user)
            except KeyError:
                raise ServerMissingError(
                    "The tests need the user postgres: apt-get install postgresql"
                ) from None
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        subprocess.run(
            [
                str(self.programs / "initdb"),
                *("-D", str(self.data), "-U", USER, "-A", "trust", "-E", "UTF8"),
                *("--locale", "C.UTF-8", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            cwd="/",
            user=self._user,
            group=self._user,
            extra_groups=self._groups,
        )

    @property
    def data(self) -> Path:
        """Return the folder of the cluster."""
        return self.folder / "data"

    # Life of the server

    def start(self) -> None:
        """Start in a child process and wait until it answers."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "on" if self._fsync else "off",
            "max_connections": 100,
        }
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(self.programs / "postgres"),
                    *("-D", str(self.data)),
                    *(
                        part
                        for name, value in options.items()
                        for part in ("-c", f"{name}={value}")
                    ),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                user=self._user,
                group=self._user,
                extra_groups=self._groups,
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self, mode: str = "fast") -> None:
        """Stop; every connection breaks. "immediate" is a crash, and start() recovers from it."""
        if self._process is not None:
            self._process.send_signal(_STOP[mode])
            self._process.wait(timeout=30)
            self._process = None

    def remove(self) -> None:
        """Stop for good and delete everything."""
        self.stop("immediate")
        deadline = time.monotonic() + 10
        while self.folder.exists() and time.monotonic() < deadline:
            # A server process that outlives the first one by a moment can still write.
            shutil.rmtree(self.folder, ignore_errors=True)

    # Databases

    def create(self, template: str = "template0") -> str:
        """Create a database, a copy of `template`, and return its name."""
        name = f"test{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return name

    def url(self, database: str) -> str:
        """Return the URL of a database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"


def _programs() -> Path:
    """Return the folder of the newest PostgreSQL's programs; Debian keeps them off the PATH."""
    versions = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found = shutil.which("initdb")
    if versions:
        return max(versions, key=lambda folder: float(folder.parent.name))
    if found is None:
        raise ServerMissingError(
            "The tests need PostgreSQL, which is not installed: apt-get install postgresql"
        )
    return Path(found).resolve().parent
