"""Robots, bounces, forgeries and floods on real servers: each stops at its limit (F2 to F12)."""

import re
from collections.abc import Sequence

import pytest

from maild.config.load import load
from maild.config.problems import ConfigError
from maild.mail.mail import Address
from tests.e2e import scene as filled
from tests.e2e.house import House, Letter
from tests.identity.scene import raw
from tests.loops.test_loops import FORWARDED, bounce_of

ROUNDS = 12


class Scene(filled.Scene):
    """A house some of whose correspondents answer by themselves."""

    def answered(self, by: str, how: Sequence[str], template: str) -> int:
        """Let whoever gets letters answer each by itself, round after round; count them."""
        carried = 0
        for _ in range(ROUNDS):
            letters = self.house.letters(by)
            if len(letters) == carried:
                break
            self.bring(*(self._answer(x, by, how, template) for x in letters[carried:]))
            carried = len(letters)
            self.house.clock.jump(minutes=10)
        return len(self.letters(by))

    def _answer(self, letter: Letter, by: str, how: Sequence[str], template: str) -> bytes:
        body = template.format(letter.mail.text)
        return raw(f"R <{by}>", body, *how, to=self.box, subject=f"FW: {letter.mail.subject}")


def test_what_answers_by_itself_stops_at_its_limit(house: House) -> None:
    sara = house.staff("sara").address
    bot, victim = f"bot@away.{house.domain}", f"victim@elsewhere.{house.domain}"
    limit = house.settings.desks[house.key].ack_limit
    with house.running() as daemon:
        scene = Scene(house, daemon)
        # F2: a vacation bot whose mails bear no sign of it
        scene.bring(raw(f"Bot <{bot}>", "I shall think about it.", to=scene.box, subject="Hello"))
        assert scene.answered(bot, (), "Back on Monday.") <= limit
        # F12: a rule in Sara's mailbox forwards what she gets to us
        assert scene.answered(sara, (), FORWARDED) <= 2 + 4 * limit
        house.clock.jump(days=2)
        # F3, F4, F6: an absence note, a list's post, mail in our own name
        (ack, *_) = scene.letters(bot)
        note = house.letters(sara)[0].mail
        before = len(scene.letters(sara))
        scene.bring(
            raw(f"Sara <{sara}>", "#close\nI am away.", "Auto-Submitted: auto-replied",
                f"References: {note.message_id}", to=scene.box, subject=f"Re: {note.subject}"),
            raw(f"Us <{scene.box}>", "hello", to=scene.box),
        )  # fmt: skip
        assert len(scene.letters(sara)) == before
        lists = f"list@lists.{house.domain}"
        scene.bring(raw(f"L <{lists}>", "New post", f"List-Id: <{lists}>", to=scene.box))
        assert scene.letters(lists) == []
        # F5: the report that an acknowledgement came back, three times
        before = len(scene.letters(sara))
        for _ in range(3):
            scene.bring(bounce_of(ack).replace(b"student@desk.example", scene.box.encode()))
        assert [e.purpose for e in scene.letters(sara)[before:]] == ["undeliverable"]
        # F8, F11: many mails in a victim's name, whose words the victim must not read
        words = "BUY-NOW-771"
        forged = [
            raw(f'"{words}" <{victim}>', f"{words} {n}", f"X-{words}: 1", to=scene.box,
                subject=f"{words} {n}")
            for n in range(60)
        ]  # fmt: skip
        scene.bring(*forged)
        received = house.letters(victim)
        assert len(received) == limit
        for letter in received:
            assert words not in letter.raw.decode(errors="replace")
            assert words not in letter.mail.text + letter.mail.subject
        with daemon.store.reading() as tx:
            assert all(t.status != "closed" for t in tx.tickets.find())
            assert not [e for e in tx.outbox.list(limit=10_000) if e.purpose == "relay"]


@pytest.mark.timeout(240)
def test_a_flood_and_a_downtime_are_a_few_letters_that_tell_of_everything(house: House) -> None:
    """F9 and F10: hundreds of mails at once, and all of them late after a downtime."""
    count, sara, huda = 300, house.staff("sara"), house.staff("huda")
    with house.running() as daemon:
        scene = Scene(house, daemon)
        mails = [
            house.compose(
                f"Where is certificate {n}?", f"Certificate {n}",
                Address("", f"p@of{n}.{house.domain}"), scene.box,
            )
            for n in range(count)
        ]  # fmt: skip
        scene.bring(*mails)
        for _ in range(2):
            house.ring(daemon, minutes=16)
        scene.settle()
        single = [e for e in scene.letters(sara.address) if e.purpose == "notification"]
        digests = [e for e in scene.letters(sara.address) if e.purpose == "digest"]
        assert len(single) == 30
        assert 1 <= len(digests) <= 3
        house.dovecot.await_inbox(sara.address, len(single) + len(digests))
        announced = [e.ticket for e in single]
        for letter in house.letters(sara):
            if not letter.mail.subject.startswith("["):
                announced += map(int, re.findall(r"(?m)^\W?\[#(\d+)\]", letter.mail.text))
        assert sorted(n for n in announced if n) == list(range(1, count + 1))
        house.ring(daemon, days=7)
        scene.settle()
        assert [e.purpose for e in scene.letters(huda.address)] == ["digest"]
    assert len(house.letters(huda)) == 1


def test_an_agent_whose_address_is_a_watched_mailbox_is_refused_at_load(house: House) -> None:
    """F7: what it gets would come back as mail for ever."""
    file = house.config / "desks" / f"{house.key}.yaml"
    text = file.read_text()
    file.write_text(text.replace(f"sara@staff.{house.domain}", house.at("student")))
    with pytest.raises(ConfigError, match="mailbox"):
        load(house.config, {})
