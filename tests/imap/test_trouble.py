import imaplib
import ssl

from hypothesis import given, settings
from hypothesis import strategies as st
from imapclient.exceptions import LoginError

from maild.imap.trouble import backoff, explained


@given(st.integers(1, 10_000), st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_waiting_grows_and_never_leaves_its_bounds(attempt: int, jitter: float) -> None:
    seconds = backoff(attempt, jitter)
    assert 0.75 <= seconds <= 375
    assert seconds <= backoff(attempt + 1, jitter)


def test_jitter_spreads_the_wait_by_a_quarter_to_either_side() -> None:
    assert [backoff(3, jitter) for jitter in (0, 0.5, 1)] == [3, 4, 5]


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_whatever_a_server_says_becomes_one_clean_line(words: bytes) -> None:
    error = LoginError(words.decode("latin-1") + "\r\n\x1b[31m\u202epassw0rd")
    sentence = explained(error, "log in", secret="passw0rd").sentence
    assert sentence.isprintable()
    assert "passw0rd" not in sentence
    assert len(sentence) < 300


def test_too_many_connections_is_no_wrong_password() -> None:
    busy = LoginError("login failed: [ALERT] Too many simultaneous connections. (Failure)")
    wrong = LoginError("login failed: [AUTHENTICATIONFAILED] Authentication failed.")
    assert explained(busy, "log in").kind == "refused"
    assert explained(wrong, "log in").kind == "auth"


def test_an_answer_that_cannot_be_understood_is_not_quoted() -> None:
    garbled = imaplib.IMAP4.abort("command: FETCH => unexpected response: b'my salary is'")
    odd = ValueError("invalid literal for int(): 'my salary is'")
    assert "salary" not in explained(garbled, "look").sentence
    assert "salary" not in explained(odd, "look").sentence


def test_kinds_tell_a_dead_line_from_a_refusal_and_from_distrust() -> None:
    kinds = [
        explained(error, "work").kind
        for error in (
            TimeoutError(),
            ConnectionResetError(),
            EOFError(),
            ssl.SSLError("handshake"),
            imaplib.IMAP4.error("move failed: [OVERQUOTA] full"),
            imaplib.IMAP4.error("UID command error: BAD ['what']"),
            imaplib.IMAP4.error("b'* BYE busy'"),
            IndexError(),
        )
    ]
    assert kinds == [
        *("network", "network", "network", "tls", "refused", "refused", "network", "protocol")
    ]


def test_a_refused_certificate_is_explained_without_the_inside_of_openssl() -> None:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] failed (_ssl.c:1006)")
    error.verify_message = "certificate has expired"
    sentence = explained(error, "connect").sentence
    assert sentence == "The server's certificate was refused: certificate has expired"
