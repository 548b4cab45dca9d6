"""S-nail, the other program: it quotes above and its user writes below, as with mailx."""

import subprocess
from pathlib import Path
from urllib.parse import quote

from maild.mail.mail import Address
from tests.servers import executable
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix

SETTINGS = """\
set v15-compat=yes
set imap-auth=login
set mta=smtp://localhost:{smtp}
set smtp-auth=none
set tls-ca-file={ca}
set hostname={domain}
set from="{name} <{address}>"
set ttycharset=utf-8
set sendcharsets=utf-8
set quote
set dot
set sendwait
unset record
set nosave
"""


def reply(folder: Path, dovecot: Dovecot, postfix: Postfix, who: Address, text: str) -> None:
    """Answer the newest mail of somebody's inbox with the program's own reply command."""
    folder.mkdir()
    settings = folder / "mailrc"
    settings.write_text(
        SETTINGS.format(
            smtp=postfix.plain_port, name=who.name, address=who.address,
            domain=who.address.rpartition("@")[2], ca=dovecot.certificates.ca_file,
        )
    )  # fmt: skip
    inbox = f"imap://{quote(who.address, safe='')}:{PASSWORD}@localhost:{dovecot.imap_port}/INBOX"
    done = subprocess.run(
        [executable("s-nail", "s-nail"), "-#", "-:u", "-f", inbox],
        input=f"reply $\n{text}\n.\nquit\n",
        capture_output=True, text=True, timeout=30,
        env={"HOME": str(folder), "MAILRC": str(settings), "LANG": "C.UTF-8", "TERM": "dumb"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
