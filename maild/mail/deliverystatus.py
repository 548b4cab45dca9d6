"""message/delivery-status, read by us: fields per recipient (RFC 3464 2.2, 2.3; RFC 6533)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from email.message import Message

from maild.mail.mail import FailedRecipient

_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*(.*)$")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?:[ -]|$)")
_SPEC = re.compile(r"[^\s<>;,:\"]{1,320}@[^\s<>;,:\"]{1,255}")
_MAX_CHARS = 500_000
_FAILURES = ("failed", "delayed", "failure", "error")


def read_delivery_status(reports: Sequence[Message], text: str) -> list[FailedRecipient] | None:
    """Return the failed and delayed recipients; [] when all succeeded, None when nothing is said.

    Gateways that break the MIME structure leave the fields in the readable `text`: they are read
    there when no part carries them. A failure without a usable address says nothing either.
    """
    said = [group for report in reports for group in _groups(report)]
    if not said and "final-recipient" in text.lower():
        said.extend(fields_of(text))
    groups = [g for g in said if "final-recipient" in g and ("action" in g or "status" in g)]
    failures = [group for group in groups if _is_failure(group)]
    failed: dict[str, FailedRecipient] = {}
    for group in failures:
        found = _recipient(group)
        if found is not None:
            failed.setdefault(found.address.lower(), found)
    if not groups or (failures and not failed):
        return None
    return list(failed.values())


def _is_failure(group: Mapping[str, str]) -> bool:
    """Tell a failed or delayed recipient from a delivered, relayed or expanded one (2.3.3).

    Servers that leave out the Action are read by their Status: class 2 is success.
    """
    action = _action(group)
    return action.startswith(_FAILURES) if action else group.get("status", "")[:1] in ("4", "5")


def _action(group: Mapping[str, str]) -> str:
    return group.get("action", "").split("(")[0].strip().lower()


def _groups(report: Message) -> Iterable[Mapping[str, str]]:
    """The blocks of fields. The standard parser's own blocks break on a stray line, so: text."""
    payload = report.get_payload()
    if isinstance(payload, list):
        # the parser keeps what it could not read as a header in the block's payload
        blocks = [
            f"{_headers(block)}\n{_body(block)}" for block in payload if isinstance(block, Message)
        ]
        text = "\n\n".join(blocks)
    else:
        raw = report.get_payload(decode=True)
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(payload)
    yield from fields_of(text)


def _headers(block: Message) -> str:
    return "\n".join(f"{name}: {value}" for name, value in block.items())


def _body(block: Message) -> str:
    payload = block.get_payload()
    return payload if isinstance(payload, str) else ""


def fields_of(text: str) -> list[dict[str, str]]:
    """Return the blocks of `Name: value` lines in a text, folded lines joined, names in lower case.

    A second Final-Recipient begins a block even without the blank line some servers forget.
    """
    blocks: list[dict[str, str]] = []
    current: dict[str, str] = {}
    name = ""
    for line in text[:_MAX_CHARS].splitlines():
        if not line.strip():
            if current:
                blocks.append(current)
            current, name = {}, ""
            continue
        if line[0] in " \t" and name:
            current[name] = f"{current[name]} {line.strip()}"
            continue
        match = _FIELD.match(line)
        if match is None:
            name = ""
            continue
        name = match.group(1).lower()
        if name == "final-recipient" and name in current:
            blocks.append(current)
            current = {}
        current.setdefault(name, match.group(2).strip())
    if current:
        blocks.append(current)
    return blocks


def _recipient(group: Mapping[str, str]) -> FailedRecipient | None:
    diagnostic = group.get("diagnostic-code", "")
    status = _status(group.get("status", ""), diagnostic)
    address = _address(group)
    if address is None:
        return None
    delayed = _action(group) == "delayed"
    return FailedRecipient(
        address, status, _permanent(status, diagnostic, delayed=delayed), delayed
    )


def _permanent(status: str | None, diagnostic: str, *, delayed: bool) -> bool:
    if delayed:
        return False
    if status is not None:
        return status.startswith("5")
    reply = _REPLY.search(diagnostic)
    return reply is None or reply.group(1) == "5"


def _status(status: str, diagnostic: str) -> str | None:
    found = _STATUS.search(status)
    # RFC 3463 3.1: x.0.0 says nothing more than the class; the diagnostic often knows better
    if found is not None and not found.group(1).endswith(".0.0"):
        return found.group(1)
    better = _STATUS.search(diagnostic)
    if better is not None:
        return better.group(1)
    return found.group(1) if found is not None else None


def _address(group: Mapping[str, str]) -> str | None:
    """RFC 3464 2.3.2: `rfc822; user@host`; utf-8 addresses by RFC 6533."""
    for name in ("final-recipient", "original-recipient", "x-actual-recipient"):
        value = group.get(name, "")
        found = _SPEC.search(value.rpartition(";")[2].strip() or value)
        if found is not None:
            local, _, domain = found.group().strip(".'\"").rpartition("@")
            return f"{local}@{domain.lower()}"
    return None
