"""What fails again and again is told once; what an operator reads of it quotes no mail."""

import io
import sys
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
import structlog

from maild.daemon.incident import Incident, in_words
from maild.daemon.journal import keep_journal
from maild.store.errors import StoreUnavailableError


@pytest.fixture
def lines() -> Iterator[list[tuple[str, Any]]]:
    kept: list[tuple[str, Any]] = []

    def keep(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> Any:
        kept.append((line["event"], line.get("error")))
        raise structlog.DropEvent

    structlog.configure(processors=[keep])
    yield kept
    structlog.reset_defaults()


def test_a_trouble_is_told_once_while_it_lasts_and_again_when_it_returns(
    lines: list[tuple[str, Any]],
) -> None:
    sending = Incident("letters could not be sent")
    for _ in range(3):
        sending.failed(StoreUnavailableError("The disk is full."))
    sending.went_well()
    sending.went_well()
    sending.failed(StoreUnavailableError("The disk is full."))
    told = ("letters could not be sent", "The disk is full.")
    assert lines == [told, ("it goes on again", None), told]


def test_of_an_error_that_may_quote_a_mail_only_its_kind_is_told() -> None:
    assert in_words(ValueError("Dear doctor")) == "ValueError"
    both = ExceptionGroup("two", [ValueError("Dear doctor"), StoreUnavailableError("Full.")])
    assert in_words(both) == "Full., ValueError"


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    keep_journal()
    try:
        structlog.get_logger().error("this is lost")
    finally:
        structlog.reset_defaults()
