"""C. The server that takes letters breaks, refuses, or says nothing."""

from maild.smtp.verdict import Deferred, Reply, Verdict, judge
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place


def nothing_is_for_good(reply: Reply) -> Verdict:
    return judge(reply) if reply.positive else Deferred(str(reply))


@case(
    "C5",
    "a recipient refused for good: staff are told, and it is not tried again",
    defence=Defence(
        "a 5xx is final (RFC 5321 4.2.1)",
        replaced("maild.smtp.transaction.judge", nothing_is_for_good),
    ),
    told=r"^letter \d+ bounced: 550 5\.1\.1 no such user$",
    quick=True,
)
def refused_recipient(place: Place) -> None:
    sink = place.sink({"RCPT": ["550 5.1.1 no such user"]})
    place.attacked(smtp=sink)
    with place.impatient(), place.running():
        place.write()
        place.until(lambda: len(sink.deliveries) == 2)  # the notification, and what staff are told
    assert sink.recipients == [place.staff("sara").address] * 2
