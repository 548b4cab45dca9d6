"""A scripted IMAP server for faults only: everything honest is proved against Dovecot.

It keeps a handful of mails, answers what maild asks, and at any command, or instead of its
GREETING, plays a script: bytes are sent as they are (TAG stands for the command's tag), HANG stays
silent until the end of the test, EOF hangs up, HONEST goes on with the real answer.
"""

import contextlib
import re
import socket
import threading
from collections import defaultdict
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Self

from maild.desk import MailboxSettings, Secret, Server
from tests.servers.dovecot import PASSWORD

HANG, EOF, HONEST = "hang", "eof", "honest"
GREETING = "greeting"
Step = bytes | str
CAPABILITIES = "IMAP4rev1 IDLE UIDPLUS MOVE"
CHANGES = ("STORE", "COPY", "MOVE", "EXPUNGE")
NEEDS = {"IDLE": "IDLE", "UID MOVE": "MOVE", "UID EXPUNGE": "UIDPLUS"}  # else the answer is BAD


@dataclass
class FakeImap:
    """The server; `with FakeImap() as fake:` starts and stops it."""

    mails: MutableMapping[int, bytes] = field(default_factory=dict)
    capabilities: str = CAPABILITIES
    uidvalidity: int = 7
    upside_down: bool = False  # search results come from the highest UID to the lowest
    greeting: list[Step] = field(default_factory=lambda: [b"* OK ready\r\n"])
    flags: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    folders: dict[str, MutableMapping[int, bytes]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)  # every line received, without its tag
    connections: int = 0
    _scripts: dict[str, list[list[Step]]] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _open: list[socket.socket] = field(default_factory=list)

    def script(self, command: str, *steps: Step, times: int = 1) -> None:
        """Play these steps instead of the answer to a command, the next so many times."""
        self._scripts.setdefault(command, []).extend([list(steps)] * times)

    def settings(self, *, after: str = "flag", poll: int = 60) -> MailboxSettings:
        """Return the settings of the one mailbox it holds."""
        server = Server("127.0.0.1", self.port, "plain", "student@desk.example", Secret(PASSWORD))
        return MailboxSettings(
            "fake", "student@desk.example", {}, "team", server, server, after=after,
            move_to="Processed", poll=poll,
        )  # fmt: skip

    def push(self, line: bytes) -> None:
        """Send a line nobody asked for to every open connection."""
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.sendall(line)

    def hang_up(self) -> None:
        """Break every connection there is."""
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def seen(self, pattern: str) -> int:
        """Return how many commands matched so far."""
        return sum(bool(re.match(pattern, each)) for each in list(self.commands))

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for each in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                self.connections += 1
                self._open.append(line)
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError), line, line.makefile("rb") as incoming:
            greetings = self._scripts.get(GREETING)
            self._play(line, greetings.pop(0) if greetings else self.greeting, "*")
            while words := incoming.readline().decode().rstrip("\r\n"):
                tag, _, rest = words.partition(" ")
                self.commands.append(rest or tag)
                name = " ".join(rest.split()[: 2 if rest.startswith("UID") else 1]) or tag
                scripts = self._scripts.get(name)
                if scripts and not self._play(line, scripts.pop(0), tag):
                    continue
                if NEEDS.get(name, "") not in self.capabilities:
                    line.sendall(f"{tag} BAD unknown command\r\n".encode())
                    continue
                for each in self._answer(name, rest):
                    line.sendall(each)
                if name == "IDLE":
                    self.commands.append(incoming.readline().decode().strip())
                if name == "AUTHENTICATE":
                    self.commands.append("base64 " + incoming.readline().decode().strip())
                line.sendall(f"{tag} OK {name} done\r\n".encode())

    def _play(self, line: socket.socket, steps: list[Step], tag: str) -> bool:
        """Play a script; True when the honest answer shall follow."""
        for step in steps:
            if isinstance(step, bytes):
                line.sendall(step.replace(b"TAG", tag.encode()))
            elif step == HANG:
                self._over.wait()
                raise EOFError
            elif step == EOF:
                line.shutdown(socket.SHUT_RDWR)
                raise EOFError
        return HONEST in steps

    # Honest answers

    def _answer(self, name: str, rest: str) -> Iterator[bytes]:
        if name == "CAPABILITY":
            yield f"* CAPABILITY {self.capabilities}\r\n".encode()
        elif name in ("SELECT", "EXAMINE"):
            yield (
                f"* FLAGS (\\Seen)\r\n* {len(self.mails)} EXISTS\r\n* 0 RECENT\r\n"
                f"* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n"
                f"* OK [UIDVALIDITY {self.uidvalidity}] ok\r\n"
                f"* OK [UIDNEXT {self._highest() + 1}] ok\r\n"
            ).encode()
        elif name == "IDLE":
            yield b"+ idling\r\n"
        elif name == "LIST":
            yield from (f'* LIST () "/" "{folder}"\r\n'.encode() for folder in self.folders)
        elif name == "CREATE":
            self.folders[rest.split()[1].strip('"')] = {}
        elif name == "UID SEARCH":
            found = self._found(rest.removeprefix("UID SEARCH "))
            found = found[::-1] if self.upside_down else found
            yield f"* SEARCH {' '.join(map(str, found))}\r\n".encode()
        elif name == "UID FETCH":
            for uid in self._wanted(rest.split()[2]):
                yield self._fetched(uid, rest)
        elif name.removeprefix("UID ") in CHANGES:
            self._change(name, rest)

    def _found(self, keys: str) -> list[int]:
        """Return what a search finds: a UID set, ALL, or UNSEEN (RFC 3501 6.4.4)."""
        if keys.startswith("UID "):
            return self._wanted(keys.removeprefix("UID "))
        return [u for u in sorted(self.mails) if keys == "ALL" or "\\Seen" not in self.flags[u]]

    def _wanted(self, uids: str) -> list[int]:
        """Return the UIDs of a set that are there; "*" is the highest (RFC 3501 9)."""
        wanted: set[int] = set()
        for each in uids.strip().split(","):
            ends = [self._highest() if end == "*" else int(end) for end in each.split(":")]
            span = range(min(ends), max(ends) + 1)
            held = self.mails if len(self.mails) < len(span) else span
            wanted.update(uid for uid in tuple(held) if uid in span and uid in self.mails)
        return sorted(wanted)

    def _highest(self) -> int:
        return max(self.mails, default=0)

    def _number(self, uid: int) -> int:
        return sorted(self.mails).index(uid) + 1

    def _fetched(self, uid: int, rest: str) -> bytes:
        raw, number = self.mails[uid], self._number(uid)
        if "RFC822.SIZE" in rest:
            date = '" 1-Nov-2026 08:00:00 +0300"'
            facts = f"UID {uid} INTERNALDATE {date} RFC822.SIZE {len(raw)}"
            return f"* {number} FETCH ({facts})\r\n".encode()
        key = "BODY[]"
        if "HEADER" in rest:
            key, raw = "BODY[HEADER]<0>", raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        elif part := re.search(r"<(\d+)\.(\d+)>", rest):
            start, length = int(part[1]), int(part[2])
            key, raw = f"BODY[]<{start}>", raw[start : start + length]
        head = f"* {number} FETCH (UID {uid} {key} {{{len(raw)}}}\r\n".encode()
        return head + raw + b")\r\n"

    def _change(self, name: str, rest: str) -> None:
        for uid in self._wanted(rest.split()[2] if name.startswith("UID") else "1:*"):
            if name == "UID STORE":
                self.flags[uid].update(re.findall(r"[\\$]\w+", rest))
            elif name.endswith("EXPUNGE"):
                if "\\Deleted" in self.flags[uid]:
                    del self.mails[uid]
            else:
                self.folders[rest.split()[3].strip('"')][uid] = self.mails[uid]
                if name == "UID MOVE":
                    del self.mails[uid]
