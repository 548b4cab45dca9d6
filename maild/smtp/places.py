"""Whose turn it is: a mailbox has so many lines at most, and each carries one letter at a time.

The envelope of the next letter may leave together with the final dot of the one before (RFC 2920
3.1), which saves it a journey. That letter waits for this line then. That its dot may leave is
recorded early, and so it is of as many letters behind as there are lines.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from itertools import islice

from maild.smtp.connection import Connection, Patience
from maild.smtp.envelope import Envelope
from maild.smtp.passage import Passage

_LONG = 1  # seconds that a letter waits for its line while another is free


@dataclass(eq=False, slots=True)
class Place:
    """Room for one line."""

    connection: Connection | None = None  # the last one; it may have ended
    following: "_Turn | None" = None  # whose envelope is on its way already


@dataclass(eq=False, slots=True)
class _Turn:
    """A letter that waits."""

    envelope: Envelope
    passage: Passage
    place: asyncio.Future[Place] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Places:
    """The lines of one mailbox, and the letters that wait for one, in their order."""

    def __init__(self, many: int, patience: Patience) -> None:
        self._many = many
        self._free = deque(Place() for _ in range(many))
        self._waiting: deque[_Turn] = deque()
        self._ahead: dict[Place, None] = {}  # where somebody follows
        self._patience = patience
        self._closed = False
        self.together = True  # whether an envelope may leave with a dot

    async def take(self, envelope: Envelope, passage: Passage) -> Place:
        """Wait for a place; it must be left again. Who came first is first."""
        if self._free:
            return self._free.pop()
        turn = _Turn(envelope, passage)
        self._waiting.append(turn)
        try:
            return await turn.place
        except asyncio.CancelledError:
            if not turn.place.cancelled():  # it was ours in the same moment
                self.leave(turn.place.result())
            raise

    def following(self, place: Place) -> Envelope | None:
        """Return the envelope that shall leave with the final dot of the letter in this place."""
        line = place.connection
        turn = self._next()
        if turn is None:
            return None
        if line is None or not self.together or self._is_worn(line) or not line.fits(turn.envelope):
            self._waiting.appendleft(turn)
            return None
        place.following = turn
        turn.passage.begin()
        for later in islice(self._waiting, self._many):  # so long takes a commit
            later.passage.begin()
        self._ahead[place] = None
        return turn.envelope

    def leave(self, place: Place) -> None:
        """Give the place to whoever is next; its line is kept for a while when nobody is."""
        self._ahead.pop(place, None)
        turn, place.following = place.following, None
        if turn is not None and turn.place.done():
            turn = None
        line = place.connection
        if line is not None:
            unread = turn is None and line.begun is not None  # replies that nobody waits for
            if unread or self._is_worn(line) or not line.alive:
                line.close()
                line = place.connection = None
            else:
                line.used_at = asyncio.get_running_loop().time()
        turn = turn or self._next()
        if turn is not None:
            turn.place.set_result(place)
            return
        self._free.insert(0 if line is None else len(self._free), place)
        if self._ahead:
            asyncio.get_running_loop().call_later(_LONG, self._overtake)

    def _overtake(self) -> None:
        """Give a line that is free to a letter whose own has been busy with another for long."""
        while self._free and self._ahead:
            place, _ = self._ahead.popitem()
            turn, place.following = place.following, None
            if turn is not None and not turn.place.done():
                turn.place.set_result(self._free.pop())

    def _next(self) -> _Turn | None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.place.done():
                return turn
        return None

    def _is_worn(self, line: Connection) -> bool:
        return self._closed or line.letters >= self._patience.letters

    async def close(self) -> None:
        """Keep no line any more; letters under way are finished on theirs."""
        self._closed = True
        for place in self._free:
            line, place.connection = place.connection, None
            if line is not None:
                await line.quit()
