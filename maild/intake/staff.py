"""Somebody of the staff writes in a ticket: an answer for the requester, a note, or orders."""

from dataclasses import replace

from maild.casework import Case
from maild.intake.acknowledging import may_be_answered
from maild.intake.answering import answer, answered_directly, holds_our_letter, send_held
from maild.intake.claims import server_says
from maild.intake.notify import bring_message
from maild.intake.orders import CannotCarryOutError, carry_out, remember
from maild.intake.words import Decision, Work
from maild.mail.mail import Nature
from maild.mail.postal import can_be_written_to
from maild.notices import writer as letters
from maild.notices.context import REFUSED
from maild.store.mails import Outcome
from maild.tickets.addressing import Manner, bare, manner, outsiders
from maild.tickets.authority import Authority, judge
from maild.tickets.orders import ARABIC, Orders, read
from maild.tickets.people import Person
from maild.tickets.threading import Joined
from maild.tickets.ticket import EventKind, Ticket
from maild.tickets.tokens import Purpose

# With these orders the mail's own words are for colleagues: a transfer bears its note (policy 003).
_NAMED = 5  # strangers a confirmation names
_TEXT_IS_A_NOTE = frozenset({"assign", "team", "tier2", "merge", "split", "violation"})

_NOTHING_HELD = "لا يوجد رد محجوز لك في هذه التذكرة.", "No answer of yours is held in this ticket."
_NOTED = (
    "حُفظت الملاحظة للزملاء، ولا يراها صاحب الطلب.",
    "Your note is kept for colleagues; the requester does not see it.",
)
_SENT = "أُرسل الرد إلى صاحب الطلب.", "Your answer is on its way to the requester."
_FORWARDED = (
    "أعدت توجيه الرسالة ولم ترد عليها: اضغط «رد» واكتب فوق النص المقتبس ليصل جوابك إلى صاحب الطلب.",
    "You forwarded the letter instead of replying: press Reply and write above what it quotes.",
)
_NO_ADDRESS = (
    "لا يمكن توجيه رسالة إلى عنوان صاحب التذكرة: {}",
    "No letter can be addressed to the requester of this ticket: {}",
)
_NOT_IN_IT = (
    "لا يتلقى {} رسائل هذه التذكرة؛ لإضافته: #cc {}",
    "{} does not get the letters of this ticket; to add them: #cc {}",
)


def from_staff(work: Work, ticket: Ticket, joined: Joined) -> Decision:
    """Take in a mail that says it comes from staff; only a proved one acts.

    An answer that went past the desk holds no token of ours; there the server's word will do, for
    nothing leaves the house because of it.
    """
    how = manner(work.mail, _desk(work), ticket.requester.address, work.mailbox.subaddress)
    said = server_says(work)
    token = joined.claim is not None and joined.claim.purpose is Purpose.STAFF
    past_us = how is Manner.DIRECT and said is not None and said.passed
    authority = judge(
        work.mail,
        work.desk.staff,
        token_proved=token or past_us,
        authentication=said,
    )
    case = work.case(ticket)
    if authority.person is None or not authority.proved:
        return _kept_as_note(work, case, joined, authority)
    # What the requester reads as well holds no orders.
    orders = Orders(text=work.mail.new_text) if how is Manner.DIRECT else read(work.mail.new_text)
    if how is Manner.FORWARD or holds_our_letter(work):
        why = _FORWARDED[work.office.language_of(authority.person) != "ar"]
        return _refused(
            work, case, joined, authority, (), (why,), quietly=not may_be_answered(work)
        )
    if not (orders.given or orders.problems or orders.text or _files(work)):
        told = may_be_answered(work)
        return _refused(work, case, joined, authority, ("empty",), (), quietly=not told)
    if orders.problems:
        return _refused(work, case, joined, authority, orders.problems, ())
    before = case.ticket
    try:
        done = _act(work, case, authority.person, orders, how)
    except CannotCarryOutError as error:
        return _refused(work, case, joined, authority, (), (str(error),))
    if done:
        taken_back = any(o.name == "undo" for o in orders.given)
        _confirm(work, case, authority.person, None if taken_back else before, done)
    case.save()
    return Decision(
        Outcome.STORED, authority.reason, ticket.number, joined, authority=authority, notes=done
    )


def _confirm(
    work: Work, case: Case, person: Person, before: Ticket | None, done: tuple[str, ...]
) -> None:
    """Confirm orders in a line each, with the order that takes them back, where one can."""
    undo = None
    if before is not None and remember(case, before, work.received_at, person.key, done):
        undo = f"#{ARABIC['undo']}" if work.office.language_of(person) == "ar" else "#undo"
    case.post(
        letters.confirmation(work.office, case.ticket, person, done, undo, _key(work), work.now)
    )


def _act(work: Work, case: Case, person: Person, orders: Orders, how: Manner) -> tuple[str, ...]:
    """Carry the answer or note, then the orders; raises before anything is done, or never."""
    steps = carry_out(work, case, person, orders)  # judged first: nothing is half done
    remarks: tuple[str, ...] = ()
    handed = any(o.name in _TEXT_IS_A_NOTE for o in orders.given)
    if handed:
        _keep(work, case, person, orders.text)
    elif orders.text or _files(work):
        if how is Manner.ASIDE or any(o.name == "note" for o in orders.given):
            _note(work, case, person, orders.text)
        elif how is Manner.DIRECT:
            answered_directly(work, case, person, orders.text)
        elif not can_be_written_to(address := case.ticket.requester.address):
            sentence = _NO_ADDRESS[work.office.language_of(person) != "ar"]
            raise CannotCarryOutError(sentence.format(address))
        else:
            answer(work, case, person, orders.text, anyway=_sends(orders))
            remarks = _not_in_it(work, case, person)
    elif _sends(orders) and not send_held(work, case, person):
        raise CannotCarryOutError(_NOTHING_HELD[work.office.language_of(person) != "ar"])
    done = tuple(filter(None, [step() for step in steps]))
    return (*_said_of_text(work, person, orders), *done, *remarks)


def _said_of_text(work: Work, person: Person, orders: Orders) -> tuple[str, ...]:
    """Say what became of the words where an order said so; an answer alone needs no word."""
    names, language = {o.name for o in orders.given}, work.office.language_of(person)
    if "note" in names and (orders.text or _files(work)):
        return (_NOTED[language != "ar"],)
    return (_SENT[language != "ar"],) if "send" in names else ()


def _not_in_it(work: Work, case: Case, person: Person) -> tuple[str, ...]:
    """Say of each stranger the agent added in To or Cc that the ticket's letters stay from them."""
    staff, ticket = work.desk.staff, case.ticket
    inside = {
        *_desk(work),
        *(a for p in staff.people.values() for a in p.addresses),
        *(t.email.lower() for t in staff.teams.values() if t.email),
        *(c.lower() for c in ticket.collaborators),
        ticket.requester.address.lower(),
    }
    sentence = _NOT_IN_IT[work.office.language_of(person) != "ar"]
    strangers = outsiders(work.mail, inside, work.mailbox.subaddress)
    return tuple(sentence.format(each, each) for each in strangers[:_NAMED])


def _desk(work: Work) -> frozenset[str]:
    """Return the addresses of the desk's mailboxes, lower-case."""
    boxes = work.desk.mailboxes.values()
    return frozenset(bare(a, b.subaddress) for b in boxes for a in (b.address, *b.aliases))


def _sends(orders: Orders) -> bool:
    return any(o.name == "send" for o in orders.given)


def _keep(work: Work, case: Case, person: Person, text: str) -> None:
    """Words beside a handover or violation are for colleagues, whose letters bear them."""
    if text:
        message = replace(work.message("agent", "note", internal=True), new_text=text)
        case.add(message)
        case.happen(EventKind.AGENT_NOTE, work.received_at, person.key)


def _files(work: Work) -> bool:
    """Tell whether anything is attached beside the pictures of a signature."""
    return any(not a.inline for a in work.mail.attachments)


def _note(work: Work, case: Case, person: Person, text: str) -> None:
    before = case.thread()
    message = replace(work.message("agent", "note", internal=True), new_text=text)
    case.add(message)
    event = case.happen(EventKind.AGENT_NOTE, work.received_at, person.key)
    bring_message(work, case, message, before, f"e{event}", leave_out=person.key)


def _kept_as_note(work: Work, case: Case, joined: Joined, authority: Authority) -> Decision:
    """What is not proved becomes a note for staff that says why; nothing of it leaves the house."""
    before = case.thread()
    message = work.message("unproved", joined.by, internal=True)
    case.add(message)
    event = case.happen(EventKind.CHANGED, work.received_at, work.sender, unproved=authority.reason)
    # A rule in the agent's own mailbox that passes our letters on would never stop otherwise.
    if work.mail.nature is Nature.PERSON and may_be_answered(work):
        bring_message(work, case, message, before, f"e{event}", doubts=(authority.doubt,))
    case.save()
    return Decision(
        Outcome.STORED,
        f"kept as a note: {authority.reason}",
        case.ticket.number,
        joined,
        authority=authority,
    )


def _refused(
    work: Work,
    case: Case,
    joined: Joined,
    authority: Authority,
    problems: tuple[str, ...],
    reasons: tuple[str, ...],
    *,
    quietly: bool = False,
) -> Decision:
    """An order is unknown, contradicts another or cannot be done: nothing is done.

    `quietly` when the writer was told so often today that a rule of their mailbox must be writing.
    """
    if authority.person is None:
        raise ValueError("only somebody who may act is refused")
    case.add(work.message(REFUSED, joined.by, internal=True))
    case.happen(
        EventKind.CHANGED,
        work.received_at,
        authority.person.key,
        refused=[*problems, *reasons],
    )
    if not quietly:
        case.post(
            letters.refusal(
                work.office,
                case.ticket,
                authority.person,
                problems,
                reasons,
                work.mail.new_text,
                _key(work),
                work.now,
            )
        )
    case.save()
    why = ", ".join((*problems, *reasons))
    return Decision(
        Outcome.STORED, f"refused: {why}", case.ticket.number, joined, authority=authority
    )


def _key(work: Work) -> str:
    return f"m{work.mail_id}"
