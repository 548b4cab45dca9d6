"""Who writes to a desk that is played, and what their mail clients know."""

from maild.mail.mail import Address
from maild.mail.outgoing import Letter
from maild.simulate.happenings import PlayError, What, Written
from maild.simulate.writing import Draft, Received
from maild.tickets.people import Person, Staff
from maild.tickets.ticket import Ticket

_TEXTS = {
    What.FOLLOW_UP: "Is there any news? I still need help with this.",
    What.AUTO: "I am out of the office and answer when I am back.",
    What.THIRD_PARTY: "We are looking into it on our side.",
    What.ANSWER: "We have looked into it; please try once more.",
    What.NOTE: "I am looking into this one.",
}


class Actors:
    """Keeps, for each ticket, its first mail and the last letter each person got about it."""

    def __init__(self, staff: Staff) -> None:
        """Begin with nothing written."""
        self.staff = staff
        self.names: dict[str, int] = {}
        self._first: dict[str, tuple[Draft, str | None]] = {}
        self._letters: dict[int, dict[str, Received]] = {}  # by ticket and address

    def opened(self, name: str, number: int | None, draft: Draft, message_id: str | None) -> None:
        """Remember what a ticket is called and how it began."""
        if number is not None:
            self.names[name] = number
            self._first[name] = draft, message_id

    def got(self, letter: Letter) -> None:
        """Put a letter into its reader's mailbox."""
        if letter.ticket is not None:
            mailbox = self._letters.setdefault(letter.ticket, {})
            mailbox[letter.recipient.lower()] = Received.of(letter)

    def draft(self, written: Written, ticket: Ticket | None, mailbox: str) -> Draft:
        """Return the mail somebody writes; `ticket` is None for the first one of a ticket.

        Raises PlayError where nobody could write it.
        """
        if ticket is None:
            return self._new(written, mailbox)
        match written.what:
            case What.ANSWER | What.NOTE:
                return self._by_staff(written, ticket)
            case What.THIRD_PARTY:
                if written.by is None:
                    raise PlayError(f"The third party of ticket {written.ticket} has no address.")
                subject = f"Re: {ticket.tag} {ticket.subject}"
                return Draft(Address("", written.by), mailbox, subject, _text(written))
            case What.RESEND:
                first, _ = self._first[written.ticket]
                return first
            case _:
                return self._by_requester(written, ticket)

    def _new(self, written: Written, mailbox: str) -> Draft:
        if written.by is None:
            raise PlayError(f"Nobody is named who writes ticket {written.ticket}.")
        subject = written.subject or f"Question {written.ticket}"
        text = written.text or f"I have a question about {written.ticket}."
        return Draft(Address("", written.by), mailbox, subject, text)

    def _by_requester(self, written: Written, ticket: Ticket) -> Draft:
        first, message_id = self._first[written.ticket]
        got = self._letters.get(ticket.number, {}).get(ticket.requester.address.lower())
        return Draft(
            ticket.requester,
            got.reply_to() if got else first.to,
            f"Re: {ticket.tag} {ticket.subject}" if got else f"Re: {ticket.subject}",
            _text(written),
            got.message_id if got else message_id,
            automatic=written.what is What.AUTO,
        )

    def _by_staff(self, written: Written, ticket: Ticket) -> Draft:
        person = self._agent(written, ticket)
        got = self._letters.get(ticket.number, {}).get(person.email.lower())
        if got is None:
            raise PlayError(f"{person.name} has no letter about ticket {written.ticket} to answer.")
        lines = [f"#{self._resolved(order)}" for order in written.orders]
        if written.what is What.NOTE:
            lines.insert(0, "#note")
        if written.text or not written.orders:
            lines += [""] * bool(lines) + [_text(written)]
        return Draft(
            Address(person.name, person.email),
            got.reply_to(),
            f"Re: {ticket.tag} {ticket.subject}",
            "\n".join(lines),
            got.message_id,
        )

    def _agent(self, written: Written, ticket: Ticket) -> Person:
        """Return who answers: who is named, else who was given the ticket, else who heard of it."""
        people = self.staff.people
        if written.by is not None:
            person = people.get(written.by) or self.staff.by_address(written.by)
            if person is None:
                raise PlayError(f"There is nobody called {written.by} among the staff.")
            return person
        heard = self._letters.get(ticket.number, {})
        asked = self.staff.answering(ticket.team, ticket.assignee)
        for person in (*asked, *people.values()):
            if person.email.lower() in heard:
                return person
        raise PlayError(f"Nobody has a letter about ticket {written.ticket} to answer.")

    def _resolved(self, order: str) -> str:
        """Return an order with the number of the ticket a scenario calls by a name of its own."""
        name, _, argument = order.partition(" ")
        number = self.names.get(argument.strip()) if name == "merge" else None
        return f"{name} #{number}" if number else order


def _text(written: Written) -> str:
    return written.text or _TEXTS[written.what]
