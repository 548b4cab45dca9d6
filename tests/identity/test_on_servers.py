"""The gravest attempts again, by SMTP through Postfix into Dovecot, against the running daemon."""

from typing import Any

from maild.mail.mail import Address
from maild.store.store import Transaction
from maild.tickets.ticket import Message, Ticket
from tests.e2e.house import House, Letter, until

SECRET = "my secret number is 4471"


def ticket(tx: Transaction) -> Ticket:
    found = tx.tickets.get("diplomas", 1)
    assert found is not None
    return found


def test_nobody_without_proof_acts_or_learns_anything(house: House) -> None:
    stranger = Address("Mallory", f"mallory@evil.{house.domain}")
    boss, sara = house.staff("huda"), house.staff("sara")
    with house.running() as daemon:
        house.write(SECRET, "Question")
        letter = house.letter(sara)
        token = letter.mail.reply_to[0].address
        tagged = {"subject": "Re: [#1] Question", "to": house.at("student")}
        ours = letter.mail.message_id
        thief: dict[str, Any] = {"in_reply_to": ours, "references": (ours,)}
        house.write("#close\nDone", by=sara, **tagged)  # spoofed: the tag is all it knows
        house.write("#close\nDone", by=stranger, **tagged)
        house.reply(letter, "#close\nDone", stranger)  # a leaked token
        house.write("#close", by=boss, subject="x", to=token, **thief)  # another agent's
        house.write("#close", by=Address(f"{sara.address}", stranger.address), to=token, **thief)

        def threads() -> list[tuple[Message, ...]]:
            with daemon.store.reading() as tx:
                return [tx.tickets.messages("diplomas", t.number) for t in tx.tickets.find()]

        until(lambda: sum(map(len, threads())) >= 6)
        with daemon.store.reading() as tx:
            assert ticket(tx).status == "new"
            unproved = [m for m in tx.tickets.messages("diplomas", 1) if m.role == "unproved"]
            assert [m.visibility for m in unproved] == ["internal", "internal"]
            sent = tx.outbox.list(limit=1000)
        outside = {e.recipient for e in sent} - {sara.address, boss.address}
        assert outside == {house.requester().address, stranger.address}
        house.letter(stranger)
        house.reply(letter, "Here is your answer.", sara)  # and Sara herself still may
        answer = house.letter(house.requester(), 2)
    assert "Here is your answer." in answer.mail.text
    learned: list[Letter] = house.letters(stranger)
    assert learned
    assert all(SECRET not in each.mail.text and not each.mail.attachments for each in learned)


def test_a_spoofed_agent_whose_domain_fails_dmarc_does_nothing(house: House) -> None:
    server = f"mx.{house.domain}"
    house.desk(house.mailbox("student", f"authserv_id: {server}"))
    sara = house.staff("sara")
    about = f"header.from={sara.address.rpartition('@')[2]}"
    with house.running() as daemon:
        house.write(SECRET, "Question")
        letter = house.letter(sara)
        for verdict in ("fail", "pass"):
            thread: dict[str, Any] = {"in_reply_to": letter.mail.message_id}
            to = letter.mail.reply_to[0].address
            raw = house.compose("#close\nDone.", "Re: [#1] Question", sara, to, **thread)
            says = f"Authentication-Results: {server}; dmarc={verdict} {about}\r\n".encode()
            house.dovecot.deliver(to, says + raw, sara.address)
            if verdict == "fail":
                assert "خادم البريد" in house.letter(sara, 2).mail.text
                with daemon.store.reading() as tx:
                    assert ticket(tx).status == "new"
                assert len(house.letters(house.requester())) == 1
        assert "Done." in house.letter(house.requester(), 2).mail.text


def test_a_genuine_close_played_again_does_not_close(house: House) -> None:
    sara, noura = house.staff("sara"), house.requester()
    with house.running() as daemon:
        house.write(SECRET, "Question")
        house.reply(house.letter(sara), "#close\nDone.", sara)
        answer = house.letter(noura, 2)
        genuine = house.dovecot.inbox(house.at("student"))[-1]
        house.reply(answer, "No, it still does not work at all for me.", noura)
        house.letter(sara, 3)
        house.postfix.send(genuine, sara.address, house.at("student"))
        house.write("Another matter entirely.", "Other", house.requester("james"))
        house.letter(house.requester("james"))
        with daemon.store.reading() as tx:
            assert ticket(tx).status == "open"
