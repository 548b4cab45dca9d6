"""One office a desk: its letters with its own templates over maild's, signed with our keys."""

from collections.abc import Mapping

from maild.config.settings import Settings
from maild.config.templates import load
from maild.mail.letters import Letters
from maild.notices.office import Office
from maild.tickets.tokens import Keyring


def open_offices(settings: Settings, keyring: Keyring) -> Mapping[str, Office]:
    """Return the office of every desk, by its key."""
    letters = Letters(load())
    return {
        key: Office(
            desk, letters.overridden(desk.templates) if desk.templates else letters, keyring
        )
        for key, desk in settings.desks.items()
    }
