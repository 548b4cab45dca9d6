"""One certificate authority per test session, and a certificate for the loopback."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files of a throw-away authority and of the server certificate it signed."""

    ca_file: Path
    cert_file: Path
    key_file: Path

    @classmethod
    def create(cls, folder: Path, *names: str, until: datetime | None = None) -> "Certificates":
        """Issue a certificate for these host names (by default localhost and 127.0.0.1).

        until: when it expires; it was issued a year before then.
        """
        folder.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA()
        leaf = authority.issue_cert(
            *(names or ("localhost", "127.0.0.1")),
            not_before=until - timedelta(days=365) if until else None,
            not_after=until,
        )
        made = cls(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
        authority.cert_pem.write_to_path(str(made.ca_file))
        leaf.private_key_pem.write_to_path(str(made.key_file))
        for blob in leaf.cert_chain_pems:
            blob.write_to_path(str(made.cert_file), append=True)
        return made

    @classmethod
    def self_signed(cls, folder: Path) -> "Certificates":
        """Make a certificate that vouches for itself, as an appliance comes with."""
        folder.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA()
        made = cls(folder / "cert.pem", folder / "cert.pem", folder / "key.pem")
        authority.cert_pem.write_to_path(str(made.cert_file))
        authority.private_key_pem.write_to_path(str(made.key_file))
        return made
