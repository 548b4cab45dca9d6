"""E. Mail that is hardly a letter: wrapped, encrypted, invitations, files, fragments, reports."""

import contextlib
import socket
import threading
from email.message import Message
from urllib.request import urlopen

from tnefparse import TNEF

from maild.mail.mail import Attachment, Nature
from tests.faults.case import Defence, case, replaced
from tests.faults.hostile import brought, by_its_bytes, careless, hostile, modest, survive
from tests.faults.meter import MB, Meter
from tests.faults.place import Place
from tests.mail.test_tnef import winmail

Files = tuple[Attachment, ...]


def unpacked(data: bytes) -> tuple[str, str, Files]:
    """What is in a winmail.dat, by the library alone."""
    opened = TNEF(data)
    files = tuple(Attachment(a.long_filename(), "", bytes(a.data)) for a in opened.attachments)
    return opened.body or "", "", files


def one_of_a_name(files: Files) -> Files:
    return tuple({each.name: each for each in files if each.content}.values())


def followed(part: Message, _found: set[str]) -> bytes:
    """What a message/external-body speaks of, fetched."""
    url = part.get_param("URL")
    if isinstance(url, str):
        with contextlib.suppress(OSError), urlopen(url, timeout=1) as answer:  # noqa: S310
            return bytes(answer.read())
    return b""


@case(
    "E23",
    "winmail.dat, broken and sound: the broken one travels whole, the sound one as its files",
    defence=Defence(
        "whatever the foreign parser raises, the mail is a ticket",
        careless(replaced("maild.mail.tnef.unpack", unpacked)),
    ),
)
def winmails(place: Place) -> None:
    (broken,) = hostile(place, "E23")
    head, _, _ = broken.partition(b"\r\n\r\n")
    sound = head.replace(b"broken", b"sound").replace(b"<hostile", b"<sound")
    by_its_bytes(place, [broken, sound + b"\r\n\r\n" + winmail()])
    whole = brought(place, "E23 broken winmail.dat").mail.attachments
    assert [each.name for each in whole] == ["winmail.dat"]
    files = brought(place, "E23 sound winmail.dat").mail.attachments
    assert [each.name for each in files] == ["report.pdf", "شهادة.doc"]


@case(
    "E24",
    "nothing but S/MIME or PGP: a ticket, and the agent gets what was encrypted as it came",
    defence=Defence(
        "what is attached travels with the agent's letter",
        replaced("maild.notices.staff.portable", lambda _: ()),
    ),
)
def encrypted(place: Place) -> None:
    survive(place, hostile(place, "E24"))
    smime, pgp = (brought(place, f"E24 {name}").mail.attachments for name in ("S/MIME", "PGP"))
    files = [(each.name, each.content[:2]) for each in smime]
    assert files == [("attachment.p7m", b"\x30\x80")], f"the agent got {files}"
    assert b"-----BEGIN PGP MESSAGE-----" in pgp[-1].content


@case(
    "E25",
    "nothing but an invitation: a ticket, and the agent gets the invitation",
    defence=Defence(
        "what is attached travels with the agent's letter, whatever its type",
        replaced(
            "maild.notices.staff.portable",
            lambda files: tuple(f for f in files if not f.content_type.startswith("text/")),
        ),
    ),
)
def invitation(place: Place) -> None:
    survive(place, hostile(place, "E25"))
    files = brought(place, "E25 invitation").mail.attachments
    found = [(each.name, each.content[:15]) for each in files]
    assert found == [("attachment.ics", b"BEGIN:VCALENDAR")], f"the agent got {found}"


@case(
    "E26",
    "300 files of one name, and 100 empty ones: the agent gets each of them",
    defence=Defence(
        "a name is data: files of one name, or without content, are files",
        replaced("maild.notices.staff.portable", one_of_a_name),
    ),
)
def files(place: Place) -> None:
    with Meter() as meter:
        survive(place, hostile(place, "E26"))
    for name, count, size in (("300 files", 300, 1), ("empty files", 100, 0)):
        sizes = [each.size for each in brought(place, f"E26 {name}").mail.attachments]
        assert sizes == [size] * count, f"{len(sizes)} of {count} files came"
    modest(meter, child=150 * MB, growth=150 * MB, seconds=20)


@case(
    "E31",
    "a fragment of a mail and a reference to one elsewhere: kept as files, nothing is fetched",
    defence=Defence(
        "a reference in a mail is never followed",
        careless(replaced("maild.mail.parts.content", followed)),
    ),
)
def references(place: Place) -> None:
    callers: list[object] = []
    partial, external = hostile(place, "E31")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=lambda: callers.append(listener.accept()), daemon=True).start()
        url = f'URL="http://127.0.0.1:{listener.getsockname()[1]}/"'
        survive(place, [partial, external.replace(b"URL=x", url.encode())])
        assert not callers, "a mail made maild call an address"
    for name in ("partial", "external"):
        assert len(brought(place, f"E31 {name}").mail.attachments) == 1


@case(
    "E32",
    "a delivery report of 20,000 recipients, a receipt, a complaint: nobody is answered",
    defence=Defence(
        "a machine's mail is known for what it is",
        careless(replaced("maild.mail.read.classify", lambda *_: (Nature.PERSON, ""))),
    ),
)
def reports(place: Place) -> None:
    with Meter() as meter:
        bounce, receipt, complaint = survive(place, hostile(place, "E32"))
    for letter in place.sent():
        assert not letter.recipient.startswith("guest"), f"{letter.recipient} was answered"
    outcomes = (bounce.outcome, receipt.outcome, complaint.outcome)
    assert outcomes == ("ignored", "stored", "ignored"), outcomes
    modest(meter, child=250 * MB, growth=150 * MB, seconds=20)
