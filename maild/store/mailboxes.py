"""What is remembered about a watched mailbox: how far it was read, and since when it fails."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from maild.store.pending import Pending
from maild.store.tables import mailboxes
from maild.store.upsert import upsert

_KEY = ["desk", "mailbox"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a mailbox was read. Void as soon as its UIDVALIDITY changes (RFC 3501 2.3.1.1)."""

    desk: str
    mailbox: str
    uidvalidity: int
    last_uid: int
    first_contact_uidnext: int  # what lay below when these numbers were first seen may be history
    first_contact_at: datetime  # UTC; when maild first looked into the mailbox
    renumbered: bool = False  # the numbers are not those of the first contact: its instant tells

    def is_history(self, uid: int, received_at: datetime) -> bool:
        """Tell whether a mail lay there before maild first looked into the mailbox.

        Under the numbers of the first contact the UID tells, whatever date the mail claims: an
        old mail that somebody moves in later is new. Under other numbers only the date is left.
        """
        old = uid < self.first_contact_uidnext
        return old and (not self.renumbered or received_at < self.first_contact_at)


@dataclass(frozen=True, slots=True)
class MailboxState:
    """How a mailbox is, for `maild status`."""

    desk: str
    mailbox: str
    trouble: str | None  # one sentence; None: it works
    trouble_since: datetime | None
    last_seen_at: datetime | None  # last talked to without trouble
    letters_paused_until: datetime | None
    letters_trouble: str | None = None  # why no letter leaves, one sentence; None: they do
    letters_trouble_since: datetime | None = None


_CURSOR = select(
    mailboxes.c.uidvalidity,
    mailboxes.c.last_uid,
    mailboxes.c.first_contact_uidnext,
    mailboxes.c.first_contact_at,
    mailboxes.c.renumbered,
).where(
    mailboxes.c.desk == bindparam("desk"),
    mailboxes.c.mailbox == bindparam("mailbox"),
    mailboxes.c.uidvalidity.is_not(None),
)
_SAVE_CURSOR = upsert(
    mailboxes,
    lambda insert: insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            name: insert.excluded[name]
            for name in (
                "uidvalidity",
                "last_uid",
                "first_contact_uidnext",
                "first_contact_at",
                "renumbered",
            )
        },
    ),
)
_STATE = select(mailboxes.c.trouble_since).where(
    mailboxes.c.desk == bindparam("desk"), mailboxes.c.mailbox == bindparam("mailbox")
)
_TROUBLED = upsert(
    mailboxes,
    lambda insert: insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={"trouble": insert.excluded.trouble, "trouble_since": insert.excluded.trouble_since},
    ),
)
_WELL = upsert(
    mailboxes,
    lambda insert: insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "trouble": None,
            "trouble_since": None,
            "last_seen_at": insert.excluded.last_seen_at,
        },
    ),
)
_PAUSE = upsert(
    mailboxes,
    lambda insert: insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={"letters_paused_until": insert.excluded.letters_paused_until},
    ),
)
_HERE = (
    mailboxes.c.desk == bindparam("of_desk"),
    mailboxes.c.mailbox == bindparam("of_mailbox"),
)
_REFUSED = (
    update(mailboxes)
    .where(*_HERE)
    .values(
        letters_trouble=bindparam("sentence"),
        letters_trouble_since=func.coalesce(
            mailboxes.c.letters_trouble_since,
            bindparam("now", type_=mailboxes.c.letters_trouble_since.type),
        ),
    )
)
_TAKEN = (
    update(mailboxes)
    .where(*_HERE, mailboxes.c.letters_trouble_since.is_not(None))
    .values(letters_trouble=None, letters_trouble_since=None)
)
_IN_TROUBLE = select(mailboxes.c.desk, mailboxes.c.mailbox).where(
    mailboxes.c.letters_trouble_since.is_not(None)
)
_STATES = select(mailboxes).order_by(mailboxes.c.desk, mailboxes.c.mailbox)


class Mailboxes:
    """One row per mailbox that was ever looked at."""

    def __init__(self, pending: Pending) -> None:
        self._pending = pending
        self._engine = pending.dialect.name

    def cursor(self, desk: str, mailbox: str) -> Cursor | None:
        """Return how far a mailbox was read; None before the first contact."""
        values = {"desk": desk, "mailbox": mailbox}
        row = self._pending.execute(_CURSOR, values).one_or_none()
        return None if row is None else Cursor(desk, mailbox, *row)

    def save_cursor(self, cursor: Cursor) -> None:
        """Remember how far a mailbox was read, in the transaction that stores its mail."""
        self._pending.execute(
            _SAVE_CURSOR[self._engine],
            {
                "desk": cursor.desk,
                "mailbox": cursor.mailbox,
                "uidvalidity": cursor.uidvalidity,
                "last_uid": cursor.last_uid,
                "first_contact_uidnext": cursor.first_contact_uidnext,
                "first_contact_at": cursor.first_contact_at,
                "renumbered": cursor.renumbered,
            },
        )

    def troubled(self, desk: str, mailbox: str, sentence: str, at: datetime) -> bool:
        """Remember what is wrong with a mailbox; True when the trouble begins with this."""
        key = {"desk": desk, "mailbox": mailbox}
        since = self._pending.execute(_STATE, key).scalar_one_or_none()
        values = key | {"trouble": sentence, "trouble_since": since or at}
        self._pending.execute(_TROUBLED[self._engine], values)
        return since is None

    def well(self, desk: str, mailbox: str, at: datetime) -> bool:
        """Remember that a mailbox works; True when that ends a trouble."""
        key = {"desk": desk, "mailbox": mailbox}
        since = self._pending.execute(_STATE, key).scalar_one_or_none()
        self._pending.execute(_WELL[self._engine], key | {"last_seen_at": at})
        return since is not None

    def pause_letters(self, desk: str, mailbox: str, until: datetime | None) -> None:
        """Let no letter be claimed for this account before `until`; None ends the pause."""
        values = {"desk": desk, "mailbox": mailbox, "letters_paused_until": until}
        self._pending.execute(_PAUSE[self._engine], values)

    def letters_refused(self, desk: str, mailbox: str, sentence: str, at: datetime) -> None:
        """Remember why the account's letters are not taken, from the first refusal on."""
        values = {"of_desk": desk, "of_mailbox": mailbox, "sentence": sentence, "now": at}
        self._pending.execute(_REFUSED, values)

    def letters_in_trouble(self) -> frozenset[tuple[str, str]]:
        """Return the accounts (desk, mailbox) whose letters are not taken."""
        return frozenset((row.desk, row.mailbox) for row in self._pending.execute(_IN_TROUBLE))

    def letters_taken(self, desk: str, mailbox: str) -> None:
        """Remember that the account's letters are taken again."""
        self._pending.execute(_TAKEN, {"of_desk": desk, "of_mailbox": mailbox})

    def states(self) -> tuple[MailboxState, ...]:
        """Return how every mailbox is."""
        return tuple(
            MailboxState(
                desk=row.desk,
                mailbox=row.mailbox,
                trouble=row.trouble,
                trouble_since=row.trouble_since,
                last_seen_at=row.last_seen_at,
                letters_paused_until=row.letters_paused_until,
                letters_trouble=row.letters_trouble,
                letters_trouble_since=row.letters_trouble_since,
            )
            for row in self._pending.execute(_STATES)
        )
