"""Troubles that last: the log tells when they begin and when they are over, not every attempt."""

import structlog

from maild.store.errors import StoreError

log = structlog.get_logger()


class Incident:
    """One thing that may fail again and again, such as the sending of letters."""

    def __init__(self, sentence: str) -> None:
        """`sentence` says what does not happen while it lasts."""
        self._sentence = sentence
        self._told: set[str] = set()

    def failed(self, error: Exception) -> None:
        """Tell of a failure, unless the same was told since it last went well."""
        what = in_words(error)
        if what not in self._told:
            self._told.add(what)
            log.error(self._sentence, error=what)

    def went_well(self) -> None:
        """Tell that it is over, if anything was told."""
        if self._told:
            self._told.clear()
            log.info("it goes on again", after=self._sentence)


def in_words(error: BaseException) -> str:
    """Return what an operator may read of an error.

    The store's errors are sentences; the text of any other may quote a mail, so only its kind is
    told.
    """
    if isinstance(error, ExceptionGroup):
        return ", ".join(sorted({in_words(each) for each in error.exceptions}))
    return str(error) if isinstance(error, StoreError) else type(error).__name__
