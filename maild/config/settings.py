"""The words of a loaded configuration: what `config/*.yaml` means, checked and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maild.config.problems import Problem
from maild.desk import Desk, Secret


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a daemon needs to know, from one configuration directory."""

    directory: Path
    data: Path  # where the embedded database and the instance's own key live
    database: str  # "sqlite:///…" or "postgresql://…", without a password
    desks: Mapping[str, Desk]
    fingerprint: str  # changes when any file of the configuration changes
    admins: tuple[str, ...] = ()  # addresses told about a refused configuration
    database_password: Secret | None = None
    notes: tuple[Problem, ...] = ()  # no mistakes: what an admin should know
