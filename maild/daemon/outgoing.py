"""The thread in which letters leave: woken by a commit, and by a tick for what was put off."""

import asyncio
import random
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from maild import outbox
from maild.casework.undelivered import undelivered
from maild.config.settings import Settings
from maild.daemon.incident import Incident
from maild.notices.office import Office
from maild.smtp.courier import Courier
from maild.store.outbox import Entry
from maild.store.store import Store, Transaction

Couriers = dict[tuple[str, str], Courier]


class Outgoing:
    """Sends the letters of every desk over kept connections."""

    def __init__(
        self,
        store: Store,
        offices: Callable[[], Mapping[str, Office]],
        clock: Callable[[], datetime],
        owner: str,
        tick: float = 5,
    ) -> None:
        """`owner` names this process in leases; `tick` in seconds."""
        self._store = store
        self._offices = offices
        self._clock = clock
        self._owner = owner
        self._tick = tick
        self._loop = asyncio.new_event_loop()
        self._wanted = asyncio.Event()
        self._stopping = False
        self._couriers: Couriers = {}
        self._sending = Incident("letters could not be sent; it is tried again")
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self, settings: Settings) -> None:
        """Begin to send."""
        self._couriers.update(_couriers(settings))
        self._thread.start()

    def use(self, settings: Settings) -> None:
        """Send through the servers of a new configuration from now on."""
        fresh = _couriers(settings)
        asyncio.run_coroutine_threadsafe(self._exchange(fresh), self._loop).result(30)

    def wake(self) -> None:
        """Look for letters now. From any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wanted.set)

    def stop(self, seconds: float = 20) -> None:
        """Finish the letters in hand and end."""
        self._stopping = True
        self.wake()
        self._thread.join(seconds)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._send_for_ever())
        finally:
            self._loop.close()

    async def _send_for_ever(self) -> None:
        while not self._stopping:
            self._wanted.clear()
            try:
                await outbox.flush(
                    self._store,
                    self._couriers,
                    self._owner,
                    self._clock,
                    self._failed,
                    jitter=random.random,
                    stopping=lambda: self._stopping,
                )
            except Exception as error:
                self._sending.failed(error)
            else:
                self._sending.went_well()
            try:
                await asyncio.wait_for(self._wanted.wait(), self._tick)
            except TimeoutError:
                continue
        await self._exchange({})

    async def _exchange(self, fresh: Couriers) -> None:
        """Change the couriers in place: letters being sent just now look here for theirs."""
        old = list(self._couriers.values())
        self._couriers.clear()
        self._couriers.update(fresh)
        for courier in old:
            await courier.close()

    def _failed(self, tx: Transaction, entry: Entry, reply: str, now: datetime) -> None:
        office = self._offices().get(entry.desk)
        if office is not None:
            undelivered(tx, office, entry, reply, None, now)


def _couriers(settings: Settings) -> Couriers:
    return {
        (desk.key, box.key): Courier(box.smtp, box.address)
        for desk in settings.desks.values()
        for box in desk.mailboxes.values()
    }
