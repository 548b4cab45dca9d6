"""Fixtures every room may use: real servers for the session, addresses of its own per test."""

import itertools
from collections.abc import Iterator

import pytest

from tests.servers import ServerMissingError
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.postgres import Postgres

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.create(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def dovecot(certificates: Certificates) -> Iterator[Dovecot]:
    try:
        server = Dovecot(certificates)
    except ServerMissingError as missing:
        pytest.fail(str(missing), pytrace=False)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    try:
        server = Postfix(dovecot)
    except ServerMissingError as missing:
        pytest.fail(str(missing), pytrace=False)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    try:
        server = Postgres()
    except ServerMissingError as missing:
        pytest.fail(str(missing), pytrace=False)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def domain() -> str:
    """A mail domain no other test uses; Postfix and Dovecot serve every address in it."""
    return f"desk{next(NUMBERS)}.example"


@pytest.fixture
def user(domain: str) -> str:
    """An address, and Dovecot user, of this test alone."""
    return f"student@{domain}"
