"""Mail a rule refuses: kept, answered once, no ticket."""

from maild.intake.acknowledging import language_of, may_be_answered
from maild.intake.words import Decision, Work
from maild.mail.mail import Nature
from maild.notices import requester as letters
from maild.routing.rules import Verdict
from maild.store.mails import Outcome


def declined(work: Work, verdict: Verdict, related: int | None) -> Decision:
    """Refuse a mail because a rule says so; its writer is told once of each rule."""
    rule = verdict.matched[-1]
    if _is_to_be_told(work, f"declined {work.sender} {rule}"):
        language = language_of(work)
        work.tx.outbox.post(
            letters.declined(
                work.office, work.mailbox, work.writer, work.mail, language, rule, work.now
            ),
            work.now,
        )
    reason = f"rule “{rule}” refuses it"
    return Decision(Outcome.IGNORED, reason, related=related, verdict=verdict)


def _is_to_be_told(work: Work, incident: str) -> bool:
    if work.mail.nature is not Nature.PERSON or work.archive:
        return False
    return work.tx.told.first(work.desk.key, incident, work.now) and may_be_answered(work)
