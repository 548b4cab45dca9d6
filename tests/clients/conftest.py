from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix


@pytest.fixture
def house(tmp_path: Path, dovecot: Dovecot, postfix: Postfix, domain: str) -> House:
    return House(tmp_path, dovecot, postfix, domain)
