"""The words of a loaded configuration: what `config/*.yaml` means, checked and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maild.desk import Desk


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a daemon needs to know, from one configuration directory."""

    directory: Path
    data: Path  # where the embedded database and the instance's own key live
    database: str  # "sqlite:///…" or "postgresql://…"
    desks: Mapping[str, Desk]
    fingerprint: str  # changes when any file of the configuration changes
    admins: tuple[str, ...] = ()  # addresses told about a refused configuration
