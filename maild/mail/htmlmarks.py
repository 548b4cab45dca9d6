"""What mail clients write around history and signatures in HTML, as data and one question.

Every marker names the client that writes it. Markers are ids and classes of the client itself,
so they hold in every language; wording is left to the reader of the text.
"""

import re
from collections.abc import Mapping
from enum import Enum


class Mark(Enum):
    """What an element says about the text in it."""

    CITE = "cite"  # quoted, one level deeper; what follows it is the writer's again
    HISTORY = "history"  # the text in it is history or the line that introduces it
    REST = "rest"  # from here to the end everything is history
    THREAD = "thread"  # Gmail's wrapper: introduction, then a quotation, then maybe answers
    SIGNATURE = "signature"


_IDS = {
    "divrplyfwdmsg": Mark.REST,  # Outlook on the web, Outlook for iOS and Android
    "appendonsend": Mark.REST,  # Outlook on the web: where history is appended
    "stopspelling": Mark.REST,  # Hotmail, Windows Live Mail
    "zwchr": Mark.REST,  # Zimbra: the rule above history
    "mail-editor-reference-message-container": Mark.HISTORY,  # Outlook for Mac and the new one
    "olk_src_body_section": Mark.HISTORY,  # Outlook 2011 for Mac
    "_originalcontent": Mark.HISTORY,  # BlackBerry
    "_persistentheader": Mark.HISTORY,  # BlackBerry
    "reply-intro": Mark.HISTORY,  # Roundcube
    "signature": Mark.SIGNATURE,  # Outlook on the web
    "ms-outlook-mobile-signature": Mark.SIGNATURE,  # Outlook for iOS and Android
    "applemailsignature": Mark.SIGNATURE,  # Apple Mail on iOS
    "ymail_android_signature": Mark.SIGNATURE,  # Yahoo Mail on Android
    "yahoo_ios_signature": Mark.SIGNATURE,
    "composer_signature": Mark.SIGNATURE,  # Samsung Email
}
_CLASSES = {
    "gmail_quote": Mark.THREAD,  # Gmail, K-9 Mail
    "gmail_quote_container": Mark.THREAD,
    "gmail_attr": Mark.HISTORY,
    "moz-cite-prefix": Mark.HISTORY,  # Thunderbird
    "protonmail_quote": Mark.HISTORY,  # Proton Mail
    "tutanota_quote": Mark.CITE,
    "yahoo_quoted": Mark.HISTORY,  # Yahoo Mail
    "yahoo-quoted-begin": Mark.REST,
    "aolmail_quote": Mark.HISTORY,
    "ms-outlook-mobile-reference-message": Mark.HISTORY,
    "freshdesk_quote": Mark.HISTORY,
    "zendesk_quote": Mark.HISTORY,
    "hs_reply": Mark.HISTORY,  # HubSpot
    "front-blockquote": Mark.CITE,
    "clean_bq": Mark.CITE,  # Airmail
    "gmail_signature": Mark.SIGNATURE,
    "gmail_signature_prefix": Mark.SIGNATURE,
    "moz-signature": Mark.SIGNATURE,  # Thunderbird
    "protonmail_signature_block": Mark.SIGNATURE,
}
_DATA_MARKERS = {
    "__divider__": Mark.REST,  # Zimbra
    "__quoted_text__": Mark.HISTORY,
    "__headers__": Mark.HISTORY,
    "__sig_pre__": Mark.SIGNATURE,
    "__sig_post__": Mark.SIGNATURE,
}
_NAMES = {
    "quote": Mark.HISTORY,  # GMX, web.de
    "messagereplysection": Mark.HISTORY,  # Spark
    "messagesignaturesection": Mark.SIGNATURE,  # Spark
}

# Outlook for Windows: the ruled block "From: Sent: To: Subject:", in the writer's language.
_RULED = re.compile(r"border-top:[^;]*\bsolid\b|border-style:\s*solid none none")
_PADDED = re.compile(r"padding:\s*3(?:\.0)?pt")  # Outlook's, in every version and when saved again
_HEADER_LINES = 3  # colons at least: From, Sent, To
_LINE = re.compile(r"border(?:-left)?(?:-width|-style)?:[^;]*\b(?:solid|\d+(?:\.\d+)?(?:px|pt))")
_NO_LINE = re.compile(r"border(?:-left)?:\s*(?:none|0)")

_HIDDEN = re.compile(
    r"display:\s*none|visibility:\s*hidden|mso-hide:\s*all|"
    r"(?<![-\w])opacity:\s*0(?:\.0+)?\s*(?:;|!|\Z)|max-height:\s*0(?:px|pt)?\s*(?:;|!|\Z)"
)


def mark(tag: str, attributes: Mapping[str, str | None], opening: str) -> Mark | None:
    """Return what an element is by its marker, or None. `opening` is the start of its text."""
    found = _by_name(tag, attributes)
    if found is not None:
        return found
    if tag == "blockquote":
        return _blockquote(attributes)
    style = (attributes.get("style") or "").lower() if tag == "div" else ""
    ruled = _RULED.search(style) is not None and _PADDED.search(style) is not None
    return Mark.REST if ruled and opening.count(":") >= _HEADER_LINES else None


def _by_name(tag: str, attributes: Mapping[str, str | None]) -> Mark | None:
    """Return what a client's own id, class, data marker or name says."""
    identity = (attributes.get("id") or "").lower()
    if identity in _IDS:
        return _IDS[identity]
    for each in (attributes.get("class") or "").lower().split():
        found = _CLASSES.get(each)
        if found is Mark.THREAD and tag == "blockquote":
            return Mark.CITE
        if found is not None:
            return found
        if each.endswith("yahoo_quoted"):  # Yahoo puts a prefix of its own before it
            return Mark.HISTORY
    if identity.startswith("yahoo_quoted"):
        return Mark.HISTORY
    by_name = _NAMES.get((attributes.get("name") or "").lower()) if tag == "div" else None
    return by_name or _DATA_MARKERS.get((attributes.get("data-marker") or "").lower())


def needs_opening(style: str) -> bool:
    """Whether `mark` has to see how the text of an element with this style begins."""
    return "border-top" in style or "BORDER-TOP" in style or "border-style" in style.lower()


def _blockquote(attributes: Mapping[str, str | None]) -> Mark | None:
    """A quotation, unless it is what editors make of the button "increase indent"."""
    if (attributes.get("type") or "").lower() == "cite" or attributes.get("cite"):
        return Mark.CITE  # Apple Mail, Thunderbird, Yandex, Roundcube, Evolution
    style = (attributes.get("style") or "").lower()
    if not style or _LINE.search(style):
        return Mark.CITE
    return None if _NO_LINE.search(style) or "margin" in style else Mark.CITE


def hidden(attributes: Mapping[str, str | None]) -> bool:
    """Whether no client shows the element: preheaders, decoys, what is kept for Outlook alone."""
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return style is not None and _HIDDEN.search(style.lower()) is not None
