"""Stands at every place of the real edges: the store, the mailbox, the courier, the daemon.

What is patched is named where it lives; when it moves, the patch fails loudly.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection as StoreConnection
from sqlalchemy import Engine, event

from maild import outbox
from maild.config.settings import Settings
from maild.daemon import service
from maild.daemon.clock import utc_now
from maild.daemon.outgoing import Outgoing
from maild.imap.mailbox import Mailbox
from maild.imap.wire import Client
from maild.smtp import transaction
from maild.smtp.connection import Connection
from maild.smtp.line import Line
from maild.smtp.verdict import Reply, Sent, Verdict
from maild.store import store
from tests.model.places import CHANGES, Place

Reached = Callable[[Place], None]

_ANSWERED = {b"MAIL": Place.SMTP_MAIL, b"RCPT": Place.SMTP_RCPT, b"DATA": Place.SMTP_DATA}
_DONE = {
    "flag": (Place.BEFORE_FLAG, Place.AFTER_FLAG),
    "move": (Place.BEFORE_MOVE, Place.AFTER_MOVE),
}


def stand_everywhere(reached: Reached) -> None:
    """Have `reached` called at every place, for as long as this process lives."""
    _stand_in_the_store(reached)
    _stand_in_the_mailbox(reached)
    _stand_in_the_outbox(reached)
    _stand_in_the_dialogue(reached)
    _stand_in_the_reload(reached)


def ahead(seconds: float) -> None:
    """Let daemons made from now on live so many seconds ahead of the clock."""

    def later() -> datetime:
        return utc_now() + timedelta(seconds=seconds)

    begin = service.Daemon.__init__

    def begun(self: service.Daemon, settings: Settings) -> None:
        begin(self, settings, later)

    _replace(service.Daemon, "__init__", begun)


def watch_commits(engine: Engine, reached: Reached) -> None:
    """Stand before and after each commit of a transaction that wrote."""

    def note(connection: StoreConnection, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().startswith(CHANGES):
            connection.info["wrote"] = True

    def forget(connection: StoreConnection) -> None:
        connection.info["wrote"] = False

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "rollback", forget)
    dialect: Any = engine.dialect
    commit = dialect.do_commit

    def do_commit(connection: Any) -> None:
        wrote = connection.info.pop("wrote", False)
        if wrote:
            reached(Place.BEFORE_COMMIT)
        commit(connection)
        if wrote:
            reached(Place.AFTER_COMMIT)

    dialect.do_commit = do_commit


def _stand_in_the_store(reached: Reached) -> None:
    opened, migrate = _original(store, "open_engine"), _original(store, "migrate")

    def open_engine(url: str, password: str | None = None) -> Engine:
        engine: Engine = opened(url, password)
        watch_commits(engine, reached)
        return engine

    def migrated(connection: StoreConnection) -> None:
        def step(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.lstrip().startswith(CHANGES):
                reached(Place.MIGRATE_MID)

        reached(Place.MIGRATE_BEGIN)
        event.listen(connection, "before_cursor_execute", step)
        try:
            migrate(connection)
        finally:
            event.remove(connection, "before_cursor_execute", step)
        reached(Place.MIGRATE_END)

    _replace(store, "open_engine", open_engine)
    _replace(store, "migrate", migrated)


def _stand_in_the_mailbox(reached: Reached) -> None:
    done, copy = Mailbox.done, Client.copy

    def marked(self: Mailbox, uids: Any) -> None:
        before, after = _DONE.get(self._account.after, (None, None))
        if not uids or before is None or after is None:
            done(self, uids)
            return
        reached(before)
        done(self, uids)
        reached(after)

    def copied(self: Client, *arguments: Any) -> Any:
        answer = copy(self, *arguments)
        reached(Place.MID_MOVE)
        return answer

    _replace(Mailbox, "done", marked)
    _replace(Client, "copy", copied)


def _stand_in_the_outbox(reached: Reached) -> None:
    claim = outbox._claim

    async def claimed(*arguments: Any) -> Any:
        letters = await claim(*arguments)
        if letters:
            reached(Place.AFTER_CLAIM)
        return letters

    _replace(outbox, "_claim", claimed)


def _stand_in_the_dialogue(reached: Reached) -> None:
    opening, upload, dot = Connection.open, transaction._upload, transaction._dot
    send, reply = Line.send, Line.reply
    awaited: WeakKeyDictionary[Line, list[bytes]] = WeakKeyDictionary()  # what has no reply yet

    async def opened(self: Connection, context: Any) -> None:
        await opening(self, context)
        reached(Place.SMTP_CONNECT)

    def sent(self: Line, data: bytes, replies: int = 1) -> None:
        send(self, data, replies)
        lines = data.removeprefix(b".\r\n").split(b"\r\n")
        awaited.setdefault(self, []).extend(line[:4] for line in lines[:replies])
        if data.startswith(b".\r\n"):
            reached(Place.SMTP_DOT)

    async def answered(self: Line, seconds: float) -> Reply:
        found = await reply(self, seconds)
        verb = awaited[self].pop(0)
        if verb in _ANSWERED and (found.positive or found.code == 354):
            reached(_ANSWERED[verb])
        return found

    async def uploaded(connection: Connection, data: bytes, seconds: float) -> None:
        half = len(data) // 2
        connection.line.send(data[:half], 0)
        await connection.line.left(seconds)
        reached(Place.SMTP_BODY)
        await upload(connection, data[half:], seconds)

    async def dotted(connection: Connection, *arguments: Any) -> Verdict:
        verdict = await dot(connection, *arguments)
        if isinstance(verdict, Sent):
            reached(Place.SMTP_ACCEPTED)
        return verdict

    _replace(Connection, "open", opened)
    _replace(Line, "send", sent)
    _replace(Line, "reply", answered)
    _replace(transaction, "_AT_ONCE", 0)  # so that there is a place within every body
    _replace(transaction, "_upload", uploaded)
    _replace(transaction, "_dot", dotted)


def _stand_in_the_reload(reached: Reached) -> None:
    reload, adopt, use = service.Daemon.reload, service.Daemon._adopt, Outgoing.use
    reloading = False

    def reloaded(self: service.Daemon, settings: Settings) -> None:
        nonlocal reloading
        reached(Place.RELOAD_BEGIN)
        reloading = True
        try:
            reload(self, settings)
        finally:
            reloading = False

    def adopted(self: service.Daemon, settings: Settings, *, anyway: bool = False) -> None:
        if reloading:
            reached(Place.RELOAD_MID)
        adopt(self, settings, anyway=anyway)

    def used(self: Outgoing, settings: Settings) -> None:
        use(self, settings)
        reached(Place.RELOAD_END)

    _replace(service.Daemon, "reload", reloaded)
    _replace(service.Daemon, "_adopt", adopted)
    _replace(Outgoing, "use", used)


def _original(owner: Any, name: str) -> Any:
    return getattr(owner, name)


def _replace(owner: Any, name: str, value: Any) -> None:
    assert hasattr(owner, name), f"{owner} has no {name} any more"
    setattr(owner, name, value)
