"""The page of the scorecard, docs/faults.md; `python -m tests.faults.page` writes its tables."""

from pathlib import Path

from tests.faults.case import every_case

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
_SUBJECTS = {
    "A": "Crashes",
    "B": "The server that holds the mail",
    "C": "The server that takes letters",
    "D": "Database, disk, process, clock",
    "E": "Malformed and hostile mail",
    "F": "Loops and floods",
}
_BEGIN = "<!-- the cases; python -m tests.faults.page writes them -->"


def tables() -> str:
    """Return the cases in Markdown, a table for each group."""
    lines: list[str] = []
    for group, subject in _SUBJECTS.items():
        lines += [
            "",
            f"## {group}. {subject}",
            "",
            "| | fault, and what comes of it | what keeps it |",
        ]
        lines += ["|---|---|---|"]
        for case in every_case().values():
            if case.name[0] == group:
                lines.append(f"| {case.name} | {case.sentence} | {case.defence.sentence} |")
    return "\n".join(lines) + "\n"


def written() -> str:
    """Return the tables that stand on the page."""
    return PAGE.read_text(encoding="utf-8").partition(_BEGIN)[2].removeprefix("\n")


def write() -> None:
    """Put the tables onto the page, under what a person wrote."""
    above = PAGE.read_text(encoding="utf-8").partition(_BEGIN)[0]
    PAGE.write_text(f"{above}{_BEGIN}\n{tables()}", encoding="utf-8")


if __name__ == "__main__":
    write()
