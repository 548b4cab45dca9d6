"""maild inspect: what maild reads in a mail file."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from maild.mail import addresses, shown
from maild.mail.defects import UNREADABLE
from maild.mail.mail import Address, Mail
from maild.mail.unreadable import Unreadable
from maild.parsing import Reader

_CHUNK = 64  # files held in memory at once
_LIMIT = 64 * 1024 * 1024  # bytes read of one file; more is over the limit anyway


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line and file.")
@click.option("--charset", help="Charset of the mailbox, for bytes that declare none.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def inspect(files: tuple[Path, ...], charset: str | None, *, as_json: bool) -> None:
    """Show what maild reads in mail FILES: sender, text, what is new in it, attachments."""
    failed = False
    with Reader() as reader:
        for start in range(0, len(files), _CHUNK):
            for file, answer in _answers(reader, files[start : start + _CHUNK], charset):
                failed = failed or not file.is_file()
                if as_json:
                    line = json.dumps(describe(str(file), answer), ensure_ascii=False)
                    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
                else:
                    _draw(file, answer)
    sys.stdout.flush()
    sys.exit(1 if failed else 0)


def _answers(
    reader: Reader, files: Sequence[Path], charset: str | None
) -> Iterator[tuple[Path, Mail | Unreadable]]:
    raws: dict[int, bytes] = {}
    missing: dict[int, Unreadable] = {}
    for index, file in enumerate(files):
        try:
            with file.open("rb") as opened:
                raws[index] = opened.read(_LIMIT)
        except OSError as error:
            missing[index] = Unreadable(f"The file cannot be read: {error.strerror}.")
    read = dict(zip(raws, reader.read_many(list(raws.values()), charset), strict=True))
    for index, file in enumerate(files):
        yield file, missing[index] if index in missing else read[index].mail


def describe(file: str, answer: Mail | Unreadable) -> dict[str, Any]:
    """Return the keys scripts may rely on; of an unreadable mail what is known, and a defect."""
    if isinstance(answer, Unreadable):
        senders = addresses.parse(answer.header("from") or "")
        answer = Mail(
            message_id=answer.header("message-id"),
            from_=senders[0] if len(senders) == 1 else None,
            to=addresses.parse(answer.header("to") or ""),
            subject=answer.header("subject") or "",
            reason=answer.reason,
            defects=(UNREADABLE,),
        )
    return {
        "file": file.encode("utf-8", "replace").decode("utf-8"),
        "message_id": answer.message_id,
        "from": _address(answer.from_) if answer.from_ else None,
        "to": [_address(each) for each in answer.to],
        "cc": [_address(each) for each in answer.cc],
        "reply_to": [_address(each) for each in answer.reply_to],
        "subject": answer.subject,
        "date": answer.date.astimezone(UTC).isoformat() if answer.date else None,
        "language": answer.language,
        "nature": str(answer.nature),
        "reason": answer.reason,
        "bounce": {
            "recipients": [
                {"address": each.address, "status": each.status, "permanent": each.permanent}
                for each in answer.bounce.recipients
            ]
        }
        if answer.bounce
        else None,
        "in_reply_to": answer.in_reply_to,
        "references": list(answer.references),
        "text": answer.text,
        "new_text": answer.new_text,
        "attachments": [
            {"name": each.name, "content_type": each.content_type, "size": each.size}
            for each in answer.attachments
        ],
        "defects": list(answer.defects),
    }


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _draw(file: Path, answer: Mail | Unreadable) -> None:
    """Print a picture of the mail: foreign text harmless and in its own direction."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, emoji=False, markup=False)
    known = describe(str(file), answer)
    table = Table(title=Text(_safe(str(file))), title_justify="left", show_header=False, box=None)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in _rows(known):
        if value:
            table.add_row(Text(label), Text(value))
    console.print(table)
    whole, new = known["text"], known["new_text"]
    for label, text in (("New text", new), ("Whole text", whole if whole != new else "")):
        if text.strip():
            console.print(Text(f"\n{label}", style="bold"))
            console.print(Text("\n".join(map(_safe, shown.block(text).split("\n")))))
    console.print()


def _rows(known: dict[str, Any]) -> Iterator[tuple[str, str]]:
    def people(each: Sequence[dict[str, str]]) -> str:
        return "\n".join(_safe(f"{one['name']} <{one['address']}>".strip()) for one in each)

    yield "From", people([known["from"]] if known["from"] else [])
    yield "To", people(known["to"])
    yield "Cc", people(known["cc"])
    yield "Reply-To", people(known["reply_to"])
    yield "Subject", _safe(known["subject"])
    yield "Date", known["date"] or ""
    yield "Message-ID", _safe(known["message_id"] or "")
    yield "Language", known["language"] or ""
    yield "Written by", _safe(f"{known['nature']} {known['reason']}".strip())
    if known["bounce"]:
        yield (
            "Not reached",
            "\n".join(
                _safe(f"{each['address']} {each['status'] or ''}".strip())
                for each in known["bounce"]["recipients"]
            ),
        )
    yield (
        "Attachments",
        "\n".join(
            _safe(f"{each['name']} ({each['content_type']}, {each['size']} bytes)")
            for each in known["attachments"]
        ),
    )
    yield "Defects", ", ".join(known["defects"])


def _safe(text: str) -> str:
    line = shown.line(text)
    return line if line.isascii() or not line else f"{shown.FSI}{line}{shown.PDI}"
