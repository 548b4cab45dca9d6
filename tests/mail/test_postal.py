"""Which addresses can be written to, and how they are written."""

import pytest

from maild.mail.postal import can_be_written_to, to_ascii


def test_a_domain_outside_ascii_is_written_in_a_labels() -> None:
    assert to_ascii("info@مثال.السعودية") == "info@xn--mgbh0fb.xn--mgberp4a5d4ar"
    assert can_be_written_to("info@مثال.السعودية")


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u202e", "\ufffd"])
def test_an_address_with_a_hidden_character_is_not_somebody_elses_without_it(hidden: str) -> None:
    for address in (
        f"sara@desk.example{hidden}",
        f"sara@de{hidden}sk.example",
        f"sa{hidden}ra@x.y",
    ):
        assert not can_be_written_to(address)


@pytest.mark.parametrize(
    "domain", ["deـsk.example", "desk..ex\u0627mple", "\u0627" * 80 + ".example"]
)
def test_a_domain_that_has_no_a_labels_is_nobodys(domain: str) -> None:
    assert to_ascii(f"sara@{domain}") is None
    assert not can_be_written_to(f"sara@{domain}")
    assert not can_be_written_to(f"سارة@{domain}")


def test_a_local_part_outside_ascii_can_be_written_to_where_a_server_takes_it() -> None:
    assert to_ascii("سارة@desk.example") is None
    assert can_be_written_to("سارة@مثال.السعودية")
