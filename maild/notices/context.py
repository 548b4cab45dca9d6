"""What letters to the staff share: what a ticket is about, its history, its files and names."""

from collections.abc import Sequence

from maild.mail.facts import Entry, File, Party
from maild.mail.mail import Attachment
from maild.mail.subject import base_subject
from maild.notices.office import Office
from maild.tickets.people import Person
from maild.tickets.ticket import Message, Ticket

LONGEST = 100_000  # characters of one mail in a letter; Gmail folds letters of more than 102 kB

_HISTORY = 5
REFUSED = "refused"  # the role of a message of staff nothing of which was carried out
_GOES_ON = ("[للنص بقية، وقُطع هنا لطوله]", "[The text goes on; it was cut here for its length.]")


def excerpt(text: str, language: str) -> str:
    """Return what somebody wrote as far as a letter holds it: all of it, or a note at its end.

    A mail may bring 35 MB of text. Servers refuse a letter of that size, and who makes the letter
    would need a hundred times the memory of a mail.
    """
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n\n{_GOES_ON[0 if language == 'ar' else 1]}"


def whole(text: str) -> tuple[Attachment, ...]:
    """Return a text that `excerpt` cuts as a file, and one it does not cut as no file."""
    if len(text) <= LONGEST:
        return ()
    return (Attachment("text.txt", "text/plain", text.encode()),)


def about(ticket: Ticket) -> dict[str, object]:
    """Return the subject and requester every letter about a ticket names."""
    return {
        "subject": base_subject(ticket.subject),
        "requester": Party(ticket.requester.name, ticket.requester.address),
    }


def history(
    office: Office, messages: Sequence[Message], language: str, shown: int = _HISTORY
) -> dict[str, object]:
    """Return the newest messages, newest first, and how many older ones there are.

    What was not carried out concerns its writer, who has it back, and nobody else.
    """
    messages = [m for m in messages if m.role != REFUSED]
    recent = messages[-shown:] if shown else []
    return {
        "history": tuple(
            Entry(
                m.author.name or m.author.address,
                office.when(m.at, language),
                excerpt(m.new_text or m.text, language),
            )
            for m in reversed(recent)
        ),
        "older": len(messages) - len(recent),
    }


def name_of(office: Office, key: str | None) -> str | None:
    """Return the name of one of the staff, or None."""
    person = office.desk.staff.people.get(key or "")
    return person.name if person else None


def names(people: Sequence[Person], language: str) -> str | None:
    """Return names as a list in a language, or None for nobody."""
    separator = "، " if language == "ar" else ", "
    return separator.join(p.name or p.email for p in people) or None


def files(attachments: tuple[Attachment, ...]) -> tuple[File, ...]:
    """Return the names and lengths of what is attached, without pictures of signatures."""
    return tuple(File(a.name, a.size) for a in attachments if not a.inline)
