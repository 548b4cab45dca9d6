"""A configuration directory -> Settings, or every problem at once.

    config/maild.yaml           what all desks share
    config/desks/NAME.yaml      one desk each
    config/templates/NAME/      a desk's own letters, which win over maild's
    config/secrets/             passwords, one file each, readable by their owner only

Every file is read once; what was checked is what goes into force, and the fingerprint is made of
the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from maild.config.build.desk import desk
from maild.config.build.names import Names, names, watched_addresses
from maild.config.checking import checked
from maild.config.credentials import Vault
from maild.config.notes import notes
from maild.config.problems import ConfigError, Findings, Problem, suggestion
from maild.config.reading import read
from maild.config.schema import DeskFile, InstanceFile
from maild.config.schema.mailboxes import SecretKeys
from maild.config.settings import Settings
from maild.desk import Desk

INSTANCE = "maild.yaml"


def load(directory: Path, env: Mapping[str, str], *, secrets: bool = True) -> Settings:
    """Read a configuration. Raises ConfigError with every problem of every file.

    `env` is the environment passwords may come from. With `secrets=False` a secret that cannot be
    read here is a note instead of a problem: so a configuration is checked on another machine.
    """
    found = _Files.found(directory)
    shared, instance_findings = _instance(found, directory)
    vault = Vault(directory, env, in_yaml=shared.insecure_passwords_in_yaml)
    password = vault.open(_database_secret(shared), ("database",), instance_findings)
    desks, desk_findings = _desks(found, vault)
    every = [instance_findings, *desk_findings]
    absent = [problem for one in every for problem in one.secrets]
    problems = [problem for one in every for problem in one.problems]
    if secrets:
        problems += absent
    if problems:
        raise ConfigError(problems)
    remarks = [remark for one in every for remark in one.notes]
    data = (directory / shared.data).resolve()
    return Settings(
        directory=directory,
        data=data,
        database=shared.database or f"sqlite:///{data / 'maild.sqlite3'}",
        database_password=password,
        desks=desks,
        fingerprint=found.fingerprint(directory),
        admins=shared.admins,
        notes=tuple(sorted({*remarks, *absent})),
    )


def load_desk(file: Path) -> Desk:
    """Read one desk file alone, whatever its name. Raises ConfigError with every problem.

    Secrets are not needed, so that a desk can be played anywhere.
    """
    problems: list[Problem] = []
    raw = _bytes(file, file.name, problems)
    if problems:
        raise ConfigError(problems)
    found = _Files(b"", {file.stem: raw})
    desks, (findings,) = _desks(found, Vault(file.parent, {}, in_yaml=True), of_their_name=False)
    if findings.problems:
        raise ConfigError(findings.problems)
    return next(iter(desks.values()))


def schema() -> dict[str, object]:
    """Return the JSON Schema of both kinds of files, for editors that complete and underline."""
    return {
        "maild.yaml": InstanceFile.model_json_schema(by_alias=True),
        "desk.yaml": DeskFile.model_json_schema(by_alias=True),
    }


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of a configuration, read."""

    instance: bytes
    desks: Mapping[str, bytes]  # name without suffix -> content

    @classmethod
    def found(cls, directory: Path) -> "_Files":
        """Read a directory. Raises ConfigError when there is nothing to read."""
        if not directory.is_dir():
            raise ConfigError([Problem(str(directory), 0, "there is no such directory")])
        problems: list[Problem] = []
        instance = _bytes(directory / INSTANCE, INSTANCE, problems)
        shelf = directory / "desks"
        try:
            names = sorted(p.name for p in shelf.iterdir()) if shelf.is_dir() else []
        except OSError as error:
            raise ConfigError([Problem("desks", 0, f"cannot be read: {error.strerror}")]) from error
        desks: dict[str, bytes] = {}
        for name in names:
            if name.endswith(".yml"):
                problems.append(Problem(f"desks/{name}", 0, "is not read", "name it .yaml"))
            if name.endswith(".yaml") and not name.startswith("."):
                desks[name[:-5]] = _bytes(shelf / name, f"desks/{name}", problems)
        if not desks:
            hint = "write one file for each desk: desks/NAME.yaml"
            problems.append(Problem("desks", 0, "there is no desk", hint))
        if problems:
            raise ConfigError(problems)
        return cls(instance, desks)

    def fingerprint(self, directory: Path) -> str:
        """Return a digest that changes when any file changes that was or will be read."""
        digest = sha256(self.instance)
        for name, raw in self.desks.items():
            digest.update(name.encode() + b"\0" + sha256(raw).digest())
        for letter in sorted((directory / "templates").rglob("*")):
            if letter.is_file():
                digest.update(str(letter.relative_to(directory)).encode() + b"\0")
                digest.update(sha256(letter.read_bytes()).digest())
        return digest.hexdigest()[:16]


def _bytes(path: Path, shown: str, problems: list[Problem]) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        problems.append(Problem(shown, 0, "there is no such file"))
    except OSError as error:
        problems.append(Problem(shown, 0, f"cannot be read: {error.strerror}"))
    return b""


def _instance(found: _Files, directory: Path) -> tuple[InstanceFile, Findings]:
    findings = Findings(INSTANCE)
    document = read(found.instance, findings)
    shared = checked(InstanceFile, document, findings) if document else None
    if shared is not None and shared.database and "@" in shared.database:
        user = shared.database.partition("://")[2].rpartition("@")[0]
        if ":" in user and not shared.insecure_passwords_in_yaml:
            findings.wrong(
                ("database",),
                "a password stands in the address of the database",
                "write it into a file and name it as database_password_file",
            )
    data = directory / shared.data if shared is not None else directory
    if data.exists() and not data.is_dir():
        findings.wrong(("data",), f"{data.name} is not a directory", "name a directory")
    return shared or InstanceFile(), findings


def _database_secret(shared: InstanceFile) -> SecretKeys:
    return SecretKeys(
        password_file=shared.database_password_file,
        password_env=shared.database_password_env,
        password_credential=shared.database_password_credential,
    )


def _desks(
    found: _Files, vault: Vault, *, of_their_name: bool = True
) -> tuple[dict[str, Desk], list[Findings]]:
    """Return every desk. All files are read first: a mailbox of one desk is watched for all."""
    opened: list[tuple[str, DeskFile, Names, Findings]] = []
    every: list[Findings] = []
    watched: dict[str, str] = {}
    for name, raw in found.desks.items():
        findings = Findings(f"desks/{name}.yaml")
        every.append(findings)
        document = read(raw, findings)
        if document is None:
            continue
        known = names(document.data, watched)
        file = checked(DeskFile, document, findings)
        if file is None:
            continue
        if file.desk != name and of_their_name:
            hint = suggestion(file.desk, [name], most=1)
            findings.wrong(("desk",), f"the desk {file.desk!r} stands in {name}.yaml", hint)
        _watch(file, watched, findings)
        opened.append((name, file, known, findings))
    desks = {}
    for name, file, known, findings in opened:
        desks[name] = built = desk(file, known, vault, findings)
        if not findings.problems:
            notes(built, findings)
    return desks, every


def _watch(file: DeskFile, watched: dict[str, str], findings: Findings) -> None:
    """Add the addresses of a desk to those of the desks before it; one twice is recorded."""
    own = watched_addresses(file)
    for address in sorted(own.keys() & watched.keys()):
        key = next(
            k
            for k, box in file.mailboxes.items()
            if address in (a.lower() for a in (box.address, *box.aliases))
        )
        what = f"{address} is already a mailbox of another desk"
        findings.wrong(("mailboxes", key, "address"), what, "give each desk its own")
    watched.update(own)
