"""What can go wrong with a mailbox, in one sentence, and how long to wait before trying again."""

import imaplib
import re
import ssl
from typing import Literal

from imapclient.exceptions import CapabilityError, LoginError

Kind = Literal["auth", "tls", "network", "protocol", "refused"]

LONGEST_QUOTE = 200  # characters of a server's own words that are worth repeating

# A NO to LOGIN that is about now and not about the password (RFC 5530 3, and what Gmail, Exchange
# and Dovecot say when an account has too many connections).
TEMPORARY = re.compile(
    r"\[(UNAVAILABLE|LIMIT|INUSE|SERVERBUG|CONTACTADMIN)\]|too many|temporar|try again"
    r"|not available|later",
    re.IGNORECASE,
)

GOODBYE = re.compile(r"\* BYE (.*?)'?$")  # in imaplib's words for a BYE out of turn
REFUSAL = re.compile(r" failed: |command error: BAD")  # imapclient's and imaplib's words
SENTENCES: tuple[tuple[type[Exception], "Kind", str], ...] = (
    (ssl.SSLCertVerificationError, "tls", "The server's certificate was refused: {said}"),
    (ssl.SSLEOFError, "network", "The connection broke ({doing})."),
    (ssl.SSLError, "tls", "TLS failed: {said}"),
    (TimeoutError, "network", "The server did not answer in time ({doing})."),
    (imaplib.IMAP4.readonly, "refused", "The folder is read-only: mails cannot be marked."),
    (imaplib.IMAP4.abort, "network", "The connection broke ({doing})."),
    (EOFError, "network", "The connection broke ({doing})."),
    (CapabilityError, "refused", "The server cannot do this ({doing}): {said}"),
    (OSError, "network", "The connection failed ({doing}): {said}"),
)


class ImapTroubleError(Exception):
    """One failure of a mailbox: a plain sentence without secrets, and its kind.

    `auth`: the account was not accepted. `tls`: no trustworthy encryption. `network`: the line or
    the server is down. `protocol`: the server says what it may not. `refused`: the server
    understood and said no; the connection still works.
    """

    def __init__(self, sentence: str, kind: Kind) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind: Kind = kind


def quoted(words: object, secret: str = "") -> str:
    """Return a server's words fit for a log: one line, cut, the password struck out."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    if secret:
        text = text.replace(secret, "***")
    shown = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(shown.split())[:LONGEST_QUOTE]


def explained(error: Exception, doing: str, secret: str = "") -> ImapTroubleError:
    """Translate whatever a library raised while `doing` something ("select INBOX")."""
    if isinstance(error, ImapTroubleError):
        return error
    # Of a certificate, the reason alone: the rest is where in OpenSSL it was found out.
    said = quoted(getattr(error, "verify_message", None) or error, secret)
    kind, words = _classified(error, said)
    return ImapTroubleError(words.format(doing=doing, said=said), kind)


def _classified(error: Exception, said: str) -> tuple[Kind, str]:
    """Return the kind of an error and its sentence, with places for {doing} and {said}."""
    if isinstance(error, LoginError):
        kind: Kind = "refused" if TEMPORARY.search(said) else "auth"
        return kind, "The server refused the login: {said}"
    if isinstance(error, imaplib.IMAP4.error) and GOODBYE.search(said):
        return "network", "The server hung up ({doing})."
    for types, kind, words in SENTENCES:
        if isinstance(error, types):
            return kind, words
    if isinstance(error, imaplib.IMAP4.error) and REFUSAL.search(said):
        return "refused", "The server refused ({doing}): {said}"
    # No quotation: what could not be understood may be a piece of somebody's mail.
    return "protocol", "The server answered what IMAP does not allow ({doing})."


def backoff(attempt: int, jitter: float, first: float = 1, ceiling: float = 300) -> float:
    """Return the seconds to wait before attempt number `attempt` + 1 (attempts count from 1).

    Doubles from `first` to `ceiling`; `jitter`, 0 to 1, spreads it by a quarter to either side,
    so that many mailboxes do not come back to a restarted server in the same second.
    """
    doubled = min(ceiling, first * 2.0 ** min(max(attempt, 1) - 1, 30))
    return doubled * (0.75 + 0.5 * jitter)
