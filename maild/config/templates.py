"""Reading the templates of letters: maild's own from the package, a desk's from its directory."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

SUFFIXES = (".txt", ".html")


def load(directory: Path | None = None) -> dict[str, str]:
    """Return template sources by name ("ar/relay.txt", "layout.html").

    None reads maild's own; a directory reads a desk's, in the same arrangement. OSError when it
    cannot be read, ValueError when a file is not UTF-8.
    """
    root: Traversable = resources.files("maild") / "templates" if directory is None else directory
    found: dict[str, str] = {}
    for item in root.iterdir():
        if item.is_dir():
            found |= {f"{item.name}/{f.name}": _read(f) for f in item.iterdir() if _wanted(f)}
        elif _wanted(item):
            found[item.name] = _read(item)
    return found


def _wanted(item: Traversable) -> bool:
    return item.name.endswith(SUFFIXES) and not item.name.startswith(".") and item.is_file()


def _read(item: Traversable) -> str:
    try:
        return item.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{item.name} is not UTF-8 (byte {error.start})") from error
