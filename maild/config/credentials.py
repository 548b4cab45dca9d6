"""Passwords: from a file only their owner reads, the environment, or a systemd credential.

A secret that lies elsewhere than on this machine is no mistake of the configuration, so it is
recorded apart; one that everybody can read is.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maild.config.problems import Findings
from maild.config.problems import Path as Place
from maild.config.schema.mailboxes import SecretKeys
from maild.desk import Secret

_LONGEST = 4096  # bytes


@dataclass(frozen=True, slots=True)
class Vault:
    """Where secrets may lie."""

    directory: Path  # relative files are looked for here
    env: Mapping[str, str]
    in_yaml: bool = False  # the admin insists on passwords in the YAML

    def open(self, keys: SecretKeys, at: Place, findings: Findings) -> Secret | None:
        """Return the password of a server; what is wrong with it goes to `findings`."""
        given = keys.given()
        if not given:
            return None
        key = given[0]
        named, here = getattr(keys, key), (*at, key)
        if key == "password":
            if self.in_yaml:
                return Secret(named)
            findings.wrong(
                here,
                "a password stands in the file",
                "use password_file, or set insecure_passwords_in_yaml: true in maild.yaml",
            )
            return None
        if key == "password_env":
            return self._from_env(named, here, findings)
        if key == "password_credential":
            return self._from_credential(named, here, findings)
        return _from_file(self.directory / named, named, here, findings, private=True)

    def _from_env(self, name: str, at: Place, findings: Findings) -> Secret | None:
        text = self.env.get(name)
        if not text:
            findings.secret(at, f"the environment variable {name} is not set")
            return None
        return Secret(text)

    def _from_credential(self, name: str, at: Place, findings: Findings) -> Secret | None:
        directory = self.env.get("CREDENTIALS_DIRECTORY")
        if "/" in name or name.startswith("."):
            findings.wrong(at, f"{name!r} is not the name of a credential", "write a plain name")
            return None
        if not directory:
            hint = f"LoadCredential={name}:FILE in the unit sets it"
            findings.secret(at, "there is no CREDENTIALS_DIRECTORY", hint)
            return None
        return _from_file(Path(directory) / name, name, at, findings, private=False)


def _from_file(
    path: Path, shown: str, at: Place, findings: Findings, *, private: bool
) -> Secret | None:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                findings.wrong(at, f"{shown} is not a file")
                return None
            if private and mode & (stat.S_IRWXG | stat.S_IRWXO):
                findings.wrong(at, f"others can read {shown}", f"chmod 600 {shown}")
                return None
            raw = file.read(_LONGEST + 1)
    except FileNotFoundError:
        findings.secret(at, f"the secret file {shown} does not exist here")
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        findings.secret(at, f"the secret file {shown} cannot be read: {reason}")
        return None
    return _text(raw, shown, at, findings)


def _text(raw: bytes, shown: str, at: Place, findings: Findings) -> Secret | None:
    try:
        text = raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        text = "\n"
    if not text:
        findings.wrong(at, f"the secret file {shown} is empty", "write the password into it")
    elif len(raw) > _LONGEST or any(ord(c) < 32 for c in text):
        findings.wrong(at, f"{shown} is not a single line of text", "write only the password")
    else:
        return Secret(text)
    return None
