"""Delivery reports of the standard and of servers that never heard of it."""

import time
from email import message_from_string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail.bounce import find
from maild.mail.mail import Bounce

REPORT = """From: Mail Delivery System <MAILER-DAEMON@mx.mail.example>
To: student@diplomas.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
{text}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.mail.example

{fields}
--b
Content-Type: message/rfc822

From: student@diplomas.example
To: khaled@mail.example
Message-ID: <1042.7@diplomas.example>
Subject: reply

text
--b--
"""


def report(fields: str) -> Bounce | None:
    return find(
        message_from_string(REPORT.format(fields=fields, text="")), "could not be delivered"
    )


def plain(sender: str, subject: str, text: str, *headers: str) -> Bounce | None:
    head = "\n".join((f"From: {sender}", f"Subject: {subject}", *headers))
    return find(message_from_string(f"{head}\n\n{text}"), text)


def named(bounce: Bounce | None) -> list[str]:
    assert bounce is not None
    return [recipient.address for recipient in bounce.recipients]


def test_a_standard_report_names_recipient_status_and_letter() -> None:
    bounce = report("Final-Recipient: rfc822; khaled@Mail.Example\nAction: failed\nStatus: 5.1.1")
    assert bounce is not None
    (failed,) = bounce.recipients
    assert (failed.address, failed.status) == ("khaled@mail.example", "5.1.1")
    assert failed.permanent
    assert not failed.delayed
    assert bounce.original_message_id == "<1042.7@diplomas.example>"


def test_a_delay_is_not_permanent() -> None:
    bounce = report("Final-Recipient: rfc822; k@mail.example\nAction: delayed\nStatus: 4.4.1")
    assert bounce is not None
    assert not bounce.recipients[0].permanent
    assert bounce.recipients[0].delayed


def test_a_failure_of_class_four_is_final_for_the_letter_but_not_for_the_address() -> None:
    bounce = report("Final-Recipient: rfc822; k@mail.example\nAction: failed\nStatus: 4.2.2")
    assert bounce is not None
    assert not bounce.recipients[0].permanent
    assert not bounce.recipients[0].delayed


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_no_bounce(action: str) -> None:
    fields = f"Final-Recipient: rfc822; k@mail.example\nAction: {action}\nStatus: 2.1.5"
    assert report(fields) is None


def test_the_diagnostic_is_asked_where_the_status_says_only_its_class() -> None:
    bounce = report(
        "Final-Recipient: rfc822; k@mail.example\nAction: failed\nStatus: 5.0.0\n"
        "Diagnostic-Code: smtp; 550 5.1.10\n RESOLVER.ADR.RecipientNotFound"
    )
    assert bounce is not None
    assert bounce.recipients[0].status == "5.1.10"


def test_several_recipients_are_told_apart() -> None:
    bounce = report(
        "Final-Recipient: rfc822; a@mail.example\nAction: failed\nStatus: 5.1.1\n\n"
        "Final-Recipient: rfc822; b@mail.example\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; c@mail.example\nAction: delayed\nStatus: 4.0.0"
    )
    assert named(bounce) == ["a@mail.example", "c@mail.example"]


SERVERS = {
    "qmail": (
        "MAILER-DAEMON@mx.mail.example",
        "failure notice",
        """Hi. This is the qmail-send program at mx.mail.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<khaled@mail.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

To: other@mail.example
""",
    ),
    "exim": (
        "Mail Delivery System <Mailer-Daemon@mx.mail.example>",
        "Mail delivery failed: returning message to sender",
        """A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  khaled@mail.example
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

To: other@mail.example
""",
    ),
    "exchange 2003": (
        "System Administrator <postmaster@mail.example>",
        "Undeliverable: reply",
        """Your message did not reach some or all of the intended recipients.

      Subject: reply

The following recipient(s) could not be reached:

      khaled@mail.example on 1/5/2025 3:08 PM
            The e-mail account does not exist at the organization
""",
    ),
    "a gateway": (
        "postmaster@gate.mail.example",
        "Delivery failure",
        """Your message could not be delivered.
Recipient: khaled@mail.example
Reason: mailbox full
""",
    ),
    "dragonfly": (
        "MAILER-DAEMON <>",
        "Mail delivery failed",
        """There was an error delivering your mail to <khaled@mail.example>.

550 5.1.1 User unknown

Message headers follow.

To: <other@mail.example>
""",
    ),
    "an arabic gateway": (
        "postmaster@mail.example",
        "تعذر التسليم: رد",
        """تعذر تسليم رسالتك إلى المستلم:

khaled@mail.example

البريد غير موجود
""",
    ),
}


@pytest.mark.parametrize("server", SERVERS)
def test_servers_without_the_standard_are_read_by_their_texts(server: str) -> None:
    assert named(plain(*SERVERS[server])) == ["khaled@mail.example"]


def test_failed_recipients_in_a_header_are_enough() -> None:
    bounce = plain(
        "mailer-daemon@googlemail.example",
        "Delivery Status Notification (Failure)",
        "Address not found",
        "X-Failed-Recipients: khaled@mail.example, huda@mail.example",
    )
    assert named(bounce) == ["khaled@mail.example", "huda@mail.example"]


def test_a_warning_that_the_server_still_tries_is_a_delay() -> None:
    bounce = plain(
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.mail.example>",
        "Warning: could not send message for past 4 hours",
        "   **********************************************\n"
        "   **      THIS IS A WARNING MESSAGE ONLY      **\n"
        "   **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n"
        "The message has been delayed\n<khaled@mail.example>... Deferred: Connection timed out\n"
        "Will keep trying until message is 5 days old\n",
    )
    assert bounce is not None
    assert not any(recipient.permanent for recipient in bounce.recipients)


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        (
            "khaled@mail.example",
            "undelivered letter",
            "My letter to huda@mail.example was returned.",
        ),
        ("khaled@mail.example", "Re: failure notice", "What does <huda@mail.example>: mean?"),
        ("khaled@mail.example", "استفسار", "تعذر تسليم رسالتي إلى huda@mail.example فما الحل؟"),
        (
            "khaled@mail.example",
            "Automatic reply: x",
            "I am out until Sunday. Write to h@mail.example",
        ),
        ("postmaster@mail.example", "Maintenance", "Our mail servers rest tonight from 10."),
        (
            "MAILER-DAEMON@mail.example",
            "Out of office",
            "I cannot be reached; write h@mail.example",
        ),
    ],
)
def test_people_and_notes_of_absence_are_no_bounces(sender: str, subject: str, text: str) -> None:
    assert plain(sender, subject, text) is None


def test_a_complaint_is_no_bounce() -> None:
    text = REPORT.replace("delivery-status", "feedback-report").format(
        fields="Feedback-Type: abuse", text=""
    )
    assert find(message_from_string(text), "This is an abuse report") is None


def test_a_forwarded_report_inside_a_letter_is_no_report_of_its_own() -> None:
    inner = REPORT.format(fields="Final-Recipient: rfc822; k@mail.example\nAction: failed", text="")
    outer = (
        "From: khaled@mail.example\nSubject: look\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: text/plain\n\nlook\n"
        f"--o\nContent-Type: message/rfc822\n\n{inner}\n--o--\n"
    )
    assert find(message_from_string(outer), "look") is None


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_report_is_read_without_an_error(fields: str, text: str) -> None:
    find(message_from_string(REPORT.format(fields=fields, text=text)), text)


def test_a_report_that_returns_a_very_long_letter_is_read_soon() -> None:
    text = "We could not deliver this.\n" + "a line of the letter\n" * 300_000
    message = message_from_string(
        f"From: MAILER-DAEMON@mx.mail.example\nSubject: failure\n\n{text}"
    )
    start = time.perf_counter()
    assert find(message, text) is not None
    assert time.perf_counter() - start < 3


def test_fields_that_lost_their_structure_are_read_in_the_text() -> None:
    text = (
        "This is a MIME-encapsulated message\n\n--b\nContent-Type: message/delivery-status\n\n"
        "Final-Recipient: rfc822; khaled@mail.example\nAction: failed\nStatus: 5.2.1\n\n"
        "Final-Recipient: rfc822; huda@mail.example\nAction: delivered\nStatus: 2.1.5\n"
    )
    bounce = plain("Mail Delivery Subsystem <x@mx.mail.example>", "Returned mail", text)
    assert named(bounce) == ["khaled@mail.example"]
    assert bounce is not None
    assert bounce.recipients[0].status == "5.2.1"


def test_a_failure_whose_recipient_is_no_address_is_read_by_its_text() -> None:
    fields = "Final-Recipient: rfc822; @mail.example\nAction: failed\nStatus: 5.1.2"
    text = "The following addresses had permanent fatal errors\n<khaled@mail.example>\n"
    assert named(find(message_from_string(REPORT.format(fields=fields, text=text)), text)) == [
        "khaled@mail.example"
    ]


def test_amazons_notification_is_a_bounce() -> None:
    text = """{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":
[{"emailAddress":"khaled@mail.example","action":"failed","status":"5.1.1"}]},"mail":{"commonHeaders":
{"messageId":"<1042.7@diplomas.example>"}}}

--
If you wish to stop receiving notifications from this topic, please click or visit the link below
"""
    bounce = plain("SES <no-reply@sns.mail.example>", "AWS Notification Message", text)
    assert named(bounce) == ["khaled@mail.example"]
    assert bounce is not None
    assert bounce.original_message_id == "<1042.7@diplomas.example>"


@pytest.mark.parametrize(
    "text", ["{", '{"bouncedRecipients"', '{"bouncedRecipients": 1}', "[" * 9_999]
)
def test_broken_json_is_no_bounce(text: str) -> None:
    assert plain("khaled@mail.example", "x", text) is None
