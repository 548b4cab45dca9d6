"""`mailboxes:` and `forms:` -> the accounts that are watched and the servers behind them."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from maild.config.build.names import Names
from maild.config.credentials import Vault
from maild.config.problems import Findings
from maild.config.problems import Path as Place
from maild.config.schema import DeskFile
from maild.config.schema.mailboxes import Imap, Mailbox, Smtp
from maild.desk import Form, MailboxSettings, Secret, Server

_IMAP_PORTS = {"tls": 993, "starttls": 143, "plain": 143}  # RFC 8314, RFC 3501
_SMTP_PORTS = {"tls": 465, "starttls": 587, "plain": 25}  # RFC 8314, RFC 6409


@dataclass(frozen=True, slots=True)
class _Login:
    user: str
    password: Secret | None


def mailboxes(
    file: DeskFile, names: Names, vault: Vault, findings: Findings
) -> dict[str, MailboxSettings]:
    """Return the watched mailboxes; addresses and accounts used twice are recorded."""
    found = {
        key: _mailbox(key, words, file, vault, findings) for key, words in file.mailboxes.items()
    }
    addresses: dict[str, str] = {}
    accounts: dict[tuple[str, int, str | None, str], str] = {}
    for key, box in found.items():
        at = ("mailboxes", key)
        findings.known((*at, "team"), "team", box.team, names.teams)
        for address in (box.address, *box.aliases):
            first = addresses.setdefault(address.lower(), key)
            if first != key:
                findings.wrong(
                    (*at, "address"), f"{address} is already the mailbox {first!r}", "keep one"
                )
        account = (box.imap.host.lower(), box.imap.port, box.imap.user, box.folder)
        first = accounts.setdefault(account, key)
        if first != key:
            findings.wrong(
                (*at, "imap"), f"this account is already watched as {first!r}", "keep one"
            )
    return found


def forms(file: DeskFile) -> tuple[Form, ...]:
    """Return the web forms whose mail speaks for somebody else."""
    return tuple(
        Form(form.from_.lower(), None if form.requester == "reply_to" else form.requester)
        for form in file.forms
    )


def _mailbox(
    key: str, words: Mailbox, file: DeskFile, vault: Vault, findings: Findings
) -> MailboxSettings:
    at = ("mailboxes", key)
    after, move_to = _after(words.after, (*at, "after"), findings)
    imap, login = _imap(words.imap, (*at, "imap"), vault, findings)
    smtp = _smtp(words.smtp, imap, login, (*at, "smtp"), vault, findings)
    return MailboxSettings(
        key=key,
        address=words.address,
        aliases=words.aliases,
        name=dict(words.name or file.name),
        team=words.team,
        imap=imap,
        smtp=smtp,
        folder=words.folder,
        sent_folder=words.sent_folder,
        after=after,
        move_to=move_to,
        history=words.history,
        poll=words.poll,
        default_charset=_charset(words.default_charset, (*at, "default_charset"), findings),
        subaddress=None if words.subaddress == "none" else words.subaddress,
        null_sender=words.null_sender,
        category=words.category,
        channel=words.channel,
        authserv_id=words.authserv_id,
    )


def _after(text: str, at: Place, findings: Findings) -> tuple[str, str | None]:
    if text in {"flag", "leave"}:
        return text, None
    verb, _, folder = text.partition(" to ")
    if verb == "move" and folder.strip():
        return "move", folder.strip()
    findings.wrong(
        at, f"{text!r} is nothing to do with a mail", "write flag, leave or move to Done"
    )
    return "flag", None


def _charset(name: str | None, at: Place, findings: Findings) -> str | None:
    if name is not None:
        try:
            "".encode(name)
        except (LookupError, ValueError):
            findings.wrong(at, f"{name!r} is not a character set", "write one like windows-1256")
            return None
    return name


def _imap(words: Imap, at: Place, vault: Vault, findings: Findings) -> tuple[Server, _Login]:
    password = vault.open(words, at, findings)
    if not words.given():
        findings.wrong(at, "there is no password", "write a line password_file: …")
    _encrypted(words.host, words.security, (*at, "security"), findings)
    server = Server(
        host=words.host,
        port=words.port or _IMAP_PORTS[words.security],
        security=words.security,
        user=words.user,
        password=password,
        ca_file=_authority(words.ca_file, (*at, "ca_file"), vault, findings),
    )
    return server, _Login(words.user, password)


def _smtp(
    words: Smtp, imap: Server, login: _Login, at: Place, vault: Vault, findings: Findings
) -> Server:
    host, security = words.host or imap.host, words.security or imap.security
    if words.host or words.security:  # else it was said of IMAP already
        _encrypted(host, security, (*at, "security"), findings)
    if not words.login and (words.user or words.given()):
        findings.wrong(at, "login is false, yet a user or password stands here", "keep one")
    password = vault.open(words, at, findings) if words.given() else login.password
    return Server(
        host=host,
        port=words.port or _SMTP_PORTS[security],
        security=security,
        user=(words.user or login.user) if words.login else None,
        password=password if words.login else None,
        ca_file=_authority(words.ca_file, (*at, "ca_file"), vault, findings) or imap.ca_file,
    )


def _encrypted(host: str, security: str, at: Place, findings: Findings) -> None:
    if security == "plain" and not _is_loopback(host):
        findings.wrong(
            at,
            f"a password would cross the network to {host} in the clear",
            "write tls or starttls",
        )


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _authority(name: str | None, at: Place, vault: Vault, findings: Findings) -> Path | None:
    if name is None:
        return None
    path = vault.directory / name
    if not path.is_file():
        findings.secret(at, f"the certificate file {name} does not exist here")
    return path
