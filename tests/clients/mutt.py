"""Mutt, which nobody here wrote: IMAP to Dovecot, SMTP to Postfix, its own reply key."""

from pathlib import Path

from maild.mail.mail import Address
from tests.clients.terminal import Terminal
from tests.servers import executable
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix

SETTINGS = """\
set folder = "imap://localhost:{imap}/"
set imap_user = "{address}"
set imap_pass = "{password}"
set spoolfile = "+INBOX"
set ssl_starttls = no
set ssl_force_tls = no
set smtp_url = "smtp://localhost:{smtp}/"
set realname = "{name}"
set from = "{address}"
set use_from = yes
set envelope_from = yes
set charset = "utf-8"
set send_charset = "us-ascii:utf-8"
set editor = "{editor}"
set signature = "{signature}"
set fast_reply = yes
set reply_to = yes
set include = yes
set copy = no
set header_cache = ""
set abort_unmodified = no
set quit = yes
set wait_key = no
set sort = date-received
"""


def reply(
    folder: Path, dovecot: Dovecot, postfix: Postfix, who: Address, text: str, signature: str
) -> None:
    """Open the newest mail of somebody's inbox, press the reply key, write above, send."""
    folder.mkdir()
    words = folder / "words"
    words.write_text(f"{text}\n\n")
    editor = folder / "editor"
    editor.write_text(f'#!/bin/sh\ncat {words} "$1" > {folder}/both && cp {folder}/both "$1"\n')
    editor.chmod(0o700)
    (folder / "signature").write_text(signature)
    (folder / "muttrc").write_text(
        SETTINGS.format(
            imap=dovecot.imap_port, smtp=postfix.plain_port, password=PASSWORD, name=who.name,
            address=who.address, editor=editor, signature=folder / "signature",
        )
    )  # fmt: skip
    with Terminal(folder, executable("mutt", "mutt"), "-n", "-F", str(folder / "muttrc")) as mutt:
        mutt.await_text("[#1]")
        mutt.type("*")  # the last mail
        mutt.type("r")
        mutt.await_text("y:Send")
        mutt.type("y")
        mutt.await_text("Mail sent.")
        mutt.type("q")
