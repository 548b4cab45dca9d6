"""The five desks of config/ run together in one daemon, on the servers of the tests."""

import os
from dataclasses import replace
from pathlib import Path

from maild.config.load import load
from maild.config.settings import Settings
from maild.daemon.service import Daemon
from maild.mail.mail import Address
from tests.e2e.house import Clock, House
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix


def on_test_servers(data: Path, dovecot: Dovecot, postfix: Postfix) -> Settings:
    settings = load(Path("config"), os.environ, secrets=False)
    desks = {}
    for key, desk in settings.desks.items():
        boxes = {
            name: replace(
                box,
                imap=dovecot.server(box.address, "tls"),
                smtp=postfix.server("starttls", box.address),
                folder="INBOX",
                subaddress="+",
            )
            for name, box in desk.mailboxes.items()
        }
        desks[key] = replace(desk, mailboxes=boxes)
    return replace(settings, data=data, database=f"sqlite:///{data / 'm.sqlite'}", desks=desks)


def test_every_mailbox_of_the_five_desks_acknowledges(
    tmp_path: Path, dovecot: Dovecot, postfix: Postfix, house: House
) -> None:
    settings = on_test_servers(tmp_path, dovecot, postfix)
    assert len(settings.desks) == 5
    boxes = [box for desk in settings.desks.values() for box in desk.mailboxes.values()]
    daemon = Daemon(settings, Clock())
    daemon.start()
    try:
        assert daemon.wait_until_read(30)
        for n, box in enumerate(boxes):
            by = Address("Noura", f"noura{n}@trainee.{house.domain}")
            house.write("Could you tell me when the term begins?", "The term", by, box.address)
        for n, box in enumerate(boxes):
            letter = house.letter(f"noura{n}@trainee.{house.domain}")
            assert letter.mail.from_ is not None
            assert letter.mail.from_.address == box.address
    finally:
        daemon.stop()
