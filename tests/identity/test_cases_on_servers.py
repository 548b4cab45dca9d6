"""Every identity case through the running daemon, read from Dovecot, written through Postfix."""

import re
from collections.abc import Mapping
from typing import Any

from maild.mail.mail import Address
from maild.tickets.ticket import Message, Ticket
from tests.e2e import scene as filled
from tests.e2e.house import House
from tests.identity.cases import ATTACKS, CODE, GENUINE, Stage

NAMES = [*ATTACKS, *GENUINE]


class Scene(filled.Scene):
    """The house with one ticket for each case."""

    def open_tickets(self) -> list[Stage]:
        """Let somebody ask for each case; every question is full of orders."""
        questions = [
            self.house.compose(
                f"#close\n#assign huda\nMy secret of case {n} is KEY-{n}-KEY.", f"Case {n}",
                self._requester(n), self.house.at("student"),
            )
            for n in range(1, len(NAMES) + 1)
        ]  # fmt: skip
        self.bring(*questions)
        sara, huda = (self._by_ticket(self.house.staff(name)) for name in ("sara", "huda"))
        stages = []
        for n in range(1, len(NAMES) + 1):
            (ack,) = self.house.letters(self._requester(n))
            (number,) = re.findall(r"\[#(\d+)\]", ack.mail.subject)
            question = self.thread(int(number))[0].message_id
            stages.append(
                Stage(
                    self.house, self.daemon._keyring, int(number), self._requester(n),
                    f"KEY-{n}-KEY", str(question), ack, sara[int(number)], huda[int(number)],
                )
            )  # fmt: skip
        return stages

    def _requester(self, n: int) -> Address:
        return Address("", f"asks@of{n}.{self.house.domain}")

    def _by_ticket(self, who: Address) -> Mapping[int, Any]:
        found = {}
        for letter in self.house.letters(who):
            (number,) = re.findall(r"^\[#(\d+)\]", letter.mail.subject)
            found[int(number)] = letter
        return found

    def state(self, number: int) -> tuple[object, ...]:
        t = self.ticket(number)
        return t.status, t.priority, t.assignee, t.team, t.collaborators, self.relays(number)

    def ticket(self, number: int) -> Ticket:
        with self.daemon.store.reading() as tx:
            found = tx.tickets.get(self.house.key, number)
        assert found is not None
        return found

    def thread(self, number: int) -> tuple[Message, ...]:
        with self.daemon.store.reading() as tx:
            return tx.tickets.messages(self.house.key, number)

    def relays(self, number: int) -> list[str]:
        return [e.recipient for e in self.letters() if e.ticket == number and e.purpose == "relay"]

    def purposes(self, number: int, to: str) -> list[str]:
        return [e.purpose for e in self.letters(to) if e.ticket == number]


def test_every_case_of_identity_on_real_servers(house: House) -> None:
    box = house.mailbox("student", f"authserv_id: mx.{house.domain}")
    file = house.config / "desks" / f"{house.key}.yaml"
    file.write_text(house.desk_file(box).replace("members: [sara]", "members: [sara, huda]"))
    with house.running() as daemon:
        scene = Scene(house, daemon)
        stages = dict(zip(NAMES, scene.open_tickets(), strict=True))
        before = {name: scene.state(s.number) for name, s in stages.items()}
        house.clock.jump(minutes=20)  # so that the notices to come are few
        mails = {**ATTACKS, **GENUINE}
        scene.bring(*(mail for name, stage in stages.items() for mail in mails[name](stage)))
        for name in ATTACKS:
            assert scene.state(stages[name].number) == before[name], name
        _what_is_genuine_is_done(scene, stages)
        _nobody_outside_learned_anything(scene, stages)


def _what_is_genuine_is_done(scene: Scene, stages: Mapping[str, Stage]) -> None:
    def of(case: str) -> Stage:
        return next(stage for name, stage in stages.items() if name.startswith(case))

    def reads(case: str, *words: str) -> bool:
        """Sara has a letter about that ticket in which these words stand."""
        tag = of(case)
        texts = [
            letter.mail.text
            for letter in scene.house.letters(tag.sara)
            if f"[#{tag.number}]" in letter.mail.subject or f"[#{tag.number}]" in letter.mail.text
        ]
        return any(all(word in text for word in words) for text in texts)

    leaked, quoted = stages["G10 a token in the requester's hands"], of("G14")
    assert scene.ticket(leaked.number).status == "new"
    assert scene.thread(leaked.number)[-1].role == "requester"
    assert scene.ticket(of("G13").number).priority == "low"
    assert (scene.ticket(quoted.number).status, scene.ticket(quoted.number).assignee) == (
        "open",
        None,
    )
    answers = scene.house.letters(quoted.requester)[1:]
    assert len(answers) == 6
    for answer in answers:
        assert answer.mail.text.strip().startswith("تم الحل.")
        assert "+a" not in answer.mail.text
        assert quoted.sara not in answer.mail.text
    assert scene.ticket(of("G15").number).priority == "high"
    assert reads("G16", "#clsoe")
    assert "refusal" in scene.purposes(of("G17").number, of("G17").sara)
    assert any("sara.phone@mobile" in x.mail.text for x in scene.house.letters(of("G19").sara))
    for case in ("G20", "G21"):
        assert scene.relays(of(case).number) == [of(case).requester.address], case
        assert scene.house.letters(of(case).evil) == [], case
    assert reads("G21", f"#cc {of('G21').evil}")
    assert scene.thread(of("G22").number)[-1].visibility == "internal"
    assert scene.relays(of("G26").number) == [of("G26").requester.address]
    both = [m.new_text for m in scene.thread(of("G26").number)[1:]]
    assert both == ["Sara's answer.", "Huda's answer."]
    huda = scene.house.staff("huda").address
    assert "held" in scene.purposes(of("G26").number, huda)
    closed = stages["G27 an answer to a closed ticket"]
    assert scene.ticket(closed.number).status == "closed"
    assert len(scene.relays(closed.number)) == 2


def _nobody_outside_learned_anything(scene: Scene, stages: Mapping[str, Stage]) -> None:
    """Look into every inbox a letter went to: a secret is read by staff and its owner alone."""
    staff = {scene.house.staff(name).address for name in ("sara", "huda", "director", "deputy")}
    owners = {stage.requester.address: stage.secret for stage in stages.values()}
    outside = {e.recipient for e in scene.letters()} - staff
    assert outside >= owners.keys()
    for address in filter(str.isascii, outside):  # nobody here has an inbox of another name
        for letter in scene.house.letters(address):
            said = letter.mail.text + letter.mail.subject
            assert CODE not in said, address
            for secret in owners.values():
                assert secret not in said or owners.get(address) == secret, address
