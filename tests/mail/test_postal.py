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
