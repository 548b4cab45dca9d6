"""What happened to a ticket, event by event, in words: the answer to `#why`."""

from collections.abc import Mapping
from datetime import datetime

from maild.notices.commands import PRIORITIES
from maild.notices.office import Office
from maild.sla.cycle import Cycle
from maild.sla.policy import Clock
from maild.sla.wording import spoken_target
from maild.tickets.ticket import Event, EventKind

_EVENTS: Mapping[EventKind, tuple[str, str]] = {
    EventKind.RECEIVED: ("وردت من {who}", "came from {who}"),
    EventKind.REQUESTER_MESSAGE: ("رسالة من {who}", "{who} wrote"),
    EventKind.RESENT: ("تكرر السؤال من {who}", "{who} asked once more"),
    EventKind.REOPENED: ("فُتحت من جديد برسالة من {who}", "{who} wrote, and so it was opened again"),
    EventKind.REQUESTER_AUTO: ("رسالة آلية من {who}", "automatic mail from {who}"),
    EventKind.ACKNOWLEDGED: ("أُكّد الاستلام لصاحب الطلب", "its receipt was acknowledged"),
    EventKind.AGENT_REPLY: ("أُرسل رد {who} إلى صاحب الطلب", "{who} answered the requester"),
    EventKind.AGENT_NOTE: ("ملاحظة داخلية من {who}", "{who} wrote a note"),
    EventKind.THIRD_PARTY_MESSAGE: ("كتبت جهة أخرى: {who}", "a third party wrote: {who}"),
    EventKind.ANSWER_BOUNCED: ("لم يصل الرد إلى {to}", "the answer did not reach {to}"),
    EventKind.ROUTED: ("صارت لدى فريق {team}", "went to the team {team}"),
    EventKind.REASSIGNED: ("صارت لدى {assignee}", "is now with {assignee}"),
    EventKind.PENDING: ("تنتظر صاحب الطلب", "waits for the requester"),
    EventKind.ON_HOLD: ("تنتظر جهة أخرى", "waits for a third party"),
    EventKind.OPENED: ("فُتحت من جديد", "was opened again"),
    EventKind.SOLVED: ("سُجّل حلها", "was solved"),
    EventKind.CLOSED: ("أُغلقت", "was closed"),
    EventKind.MERGED: ("دُمجت في [#{into}]", "became part of [#{into}]"),
    EventKind.CANCELLED: ("أُلغيت لمخالفة", "was cancelled for misconduct"),
    EventKind.SURVEYED: ("أُرسل استطلاع الرأي", "the survey was sent"),
    EventKind.RATED: ("تقييم {who} للخدمة: {rating}", "{who} rated the service: {rating}"),
    EventKind.WARNED: ("نُبّه الفريق إلى قرب الموعد", "the team was warned that time runs out"),
    EventKind.DUE: ("فات الموعد", "the time was up"),
    EventKind.ESCALATED: ("صُعّدت إلى المرحلة {stage}: {to}", "escalated to stage {stage}: {to}"),
    EventKind.POLICY_CHANGED: ("تغيّرت السياسة", "the policy has changed"),
}
# What a CHANGED event says, by the key of its data; one of the first rows that fits.
_CHANGES: Mapping[str, tuple[str, str]] = {
    "undone": ("أُلغي أمر سابق من {who}", "{who} took an order back"),
    "refused": ("لم يُنفَّذ شيء من رسالة {who}", "nothing of a mail of {who} was carried out"),
    "unproved": (
        "لم تثبت هوية كاتب رسالة {who}: {unproved}",
        "a mail of {who} was not proved: {unproved}",
    ),
    "held": ("حُجز رد {who}", "an answer of {who} was held"),
    "undelivered": ("لم تصل رسالة إلى {to}", "a letter did not reach {to}"),
    "unanswered_stage": (
        "لم يُجب على المرحلة {unanswered_stage} في حينها",
        "stage {unanswered_stage} was not answered in time",
    ),
    "merged_from": ("ضُمّت إليها [#{merged_from}]", "took in [#{merged_from}]"),
    "split_into": ("فُصلت عنها [#{split_into}]", "[#{split_into}] was split from it"),
    "appointment": ("حُدد موعد مكالمة", "a call was booked"),
    "priority": ("الأولوية: {priority}", "priority {priority}"),
    "category": ("التصنيف: {category}", "category {category}"),
    "cause": ("سبب التأخر: {cause}", "cause of the delay: {cause}"),
    "collaborators": ("المشاركون: {collaborators}", "taking part: {collaborators}"),
    "mailbox": ("نُقلت إلى صندوق {mailbox}", "moved to the mailbox {mailbox}"),
}
_CLOCKS = {
    "reply": "الرد", "route": "التحويل", "triage": "الفرز", "resolution": "الحل",
    "survey": "استطلاع الرأي", "appointment": "المكالمة",
}  # fmt: skip
_STANDINGS = {
    "met": ("في الموعد", "kept"),
    "breached": ("بعد الموعد", "not kept"),
    "closed_without_reply": ("انتهت بلا رد", "ended without an answer"),
    "cancelled": ("أُلغي", "cancelled"),
    "sent": ("أُرسل", "sent"),
    "open": ("جارٍ", "running"),
    "waiting": ("لم يبدأ", "not begun"),
    "paused": ("متوقف", "paused"),
    "breached_open": ("فات", "late"),
}


def line(office: Office, event: Event, language: str) -> str | None:
    """Return one event as a line, when and what; None for what only the house needs to know."""
    said = _EVENTS.get(event.kind)
    if event.kind is EventKind.CHANGED:
        said = next((words for key, words in _CHANGES.items() if key in event.data), None)
    if said is None:
        return None
    words = said[language != "ar"]
    text = words.format_map(_Values(office, event, language))
    who = office.desk.staff.people.get(event.actor)
    if who is not None and who.name not in text:
        text += f" ({who.name})"
    if rules := event.data.get("rules"):
        joined = ("، " if language == "ar" else ", ").join(f"“{rule}”" for rule in rules)
        text += f"؛ بقاعدة: {joined}" if language == "ar" else f"; by the rule {joined}"
    return f"- {office.when(event.at, language)}: {text}"


def promise(office: Office, cycle: Cycle, clock: Clock, language: str, now: datetime) -> str | None:
    """Return what one run of a clock promised and how it stands, as a line."""
    if cycle.due_at is None:
        return None
    target, due = spoken_target(clock.target, language), office.when(cycle.due_at, language)
    arabic, english = _STANDINGS[cycle.standing(now)]
    if language == "ar":
        name = _CLOCKS.get(cycle.kind.value, cycle.clock)
        return f"- موعد {name}: {due}، أي خلال {target} ({arabic})"
    return f"- {cycle.kind.value} due {due}, within {target} ({english})"


class _Values(dict[str, str]):
    """What a sentence may name, looked up when it does."""

    def __init__(self, office: Office, event: Event, language: str) -> None:
        super().__init__()
        self._office, self._event, self._language = office, event, language

    def __missing__(self, key: str) -> str:
        value = self._event.actor if key == "who" else self._event.data.get(key)
        if key == "priority" and self._language == "ar":
            return PRIORITIES.get(str(value), str(value))
        separator = "، " if self._language == "ar" else ", "
        if isinstance(value, list | tuple):
            return separator.join(_named(self._office, str(each)) for each in value)
        return "–" if value is None else _named(self._office, str(value))


def _named(office: Office, name: str) -> str:
    """Return the name behind a key or address of the staff or of a team, else what is given."""
    staff = office.desk.staff
    person = staff.people.get(name) or staff.by_address(name)
    team = staff.teams.get(name)
    return person.name if person else team.name if team else name
