"""Every place where maild can be made to die, by name.

"Before" and "after" speak of what others can see: a commit that is durable, a flag the server has
stored, a letter the server has taken.
"""

from enum import StrEnum

CHANGES = ("INSERT", "UPDATE", "DELETE", "WITH", "CREATE", "ALTER", "DROP")  # statements that write


class Place(StrEnum):
    """Where it happens."""

    STATEMENT = "statement"  # before each statement that writes
    BEFORE_COMMIT = (
        "before-commit"  # of a transaction that wrote; those that only read do not count
    )
    AFTER_COMMIT = "after-commit"
    BEFORE_FLAG = "before-flag"  # the mails are committed, and unmarked on the server
    AFTER_FLAG = "after-flag"
    BEFORE_MOVE = "before-move"
    MID_MOVE = "mid-move"  # copied and not yet expunged, where the server has no MOVE
    AFTER_MOVE = "after-move"
    AFTER_CLAIM = "after-claim"  # letters are claimed, and nobody has spoken to a server
    SMTP_CONNECT = "smtp-connect"  # the line is open
    SMTP_MAIL = "smtp-mail"  # MAIL was answered with yes
    SMTP_RCPT = "smtp-rcpt"
    SMTP_DATA = "smtp-data"  # 354
    SMTP_BODY = "smtp-body"  # half of the letter has left
    SMTP_DOT = "smtp-dot"  # the final dot has left, and its reply was not read
    SMTP_ACCEPTED = "smtp-accepted"  # the 250 was read, and is not committed
    RELOAD_BEGIN = "reload-begin"  # other rules are read and checked
    RELOAD_MID = "reload-mid"  # they are in force in memory, not yet for the tickets that wait
    RELOAD_END = "reload-end"  # all is done but the first look at the alarms
    MIGRATE_BEGIN = "migrate-begin"
    MIGRATE_MID = "migrate-mid"  # before each statement that changes the schema
    MIGRATE_END = "migrate-end"  # all is done but the commit
