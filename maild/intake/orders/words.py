"""What an order works on, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass

from maild.casework import Case
from maild.intake.words import Work
from maild.tickets.people import Person
from maild.tickets.ticket import EventKind

Step = Callable[[], str]  # does one order and returns what was done, as a ready sentence


class CannotCarryOutError(Exception):
    """An order that cannot be done; the message is one plain sentence for its writer."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One mail of orders: the ticket in hand and who gave them."""

    work: Work
    case: Case
    by: Person

    @property
    def arabic(self) -> bool:
        """Whether the giver reads Arabic."""
        return self.work.office.language_of(self.by) == "ar"

    def say(self, arabic: str, english: str) -> str:
        """Return the sentence in the giver's language."""
        return arabic if self.arabic else english

    def refuse(self, arabic: str, english: str) -> CannotCarryOutError:
        """Return the error that tells the giver why an order cannot be done."""
        return CannotCarryOutError(self.say(arabic, english))

    def happen(self, kind: EventKind, **data: object) -> int:
        """Let an event happen at the server's receipt of the mail, by its writer."""
        return self.case.happen(kind, self.work.received_at, self.by.key, **data)

    def step(self, kind: EventKind, arabic: str, english: str, **data: object) -> Step:
        """Return a step that is one event and one sentence."""

        def do() -> str:
            self.happen(kind, **data)
            return self.say(arabic, english)

        return do
