"""maild itself, through the parts `benchmarks/ingest.py` measures."""

from sqlalchemy import create_engine, select

from benchmarks.parts import intake
from benchmarks.peers.peer import Ended
from benchmarks.place import Place
from maild.store.tables import messages, quarantine

NAME = "maild"
BOX = "maild"


def take_in(place: Place, limit: float) -> Ended:
    """Bring the mailbox in, on SQLite with full sync. Raises TimeoutError after ten minutes."""
    del limit  # bring_in has its own
    settings = place.settings("peers", (BOX,))
    with intake(settings) as parts:
        seconds = parts.bring_in(BOX)
    engine = create_engine(settings.database)
    with engine.connect() as connection:
        rows = connection.execute(
            select(messages.c.ticket, messages.c.message_id)
            .where(messages.c.mail.is_not(None))
            .order_by(messages.c.mail, messages.c.ticket)
        )
        stored = [(str(ticket), message_id or "") for ticket, message_id in rows]
        kept = connection.execute(select(quarantine.c.headers)).scalars()
        held = frozenset(headers.get("message-id", "") for headers in kept)
    engine.dispose()
    return Ended(NAME, stored, seconds, held)
