"""What somebody newly wrote in a mail, apart from what their client put around it."""

from maild.mail.newtext.split import Parts, split
from maild.mail.newtext.vocabulary import REPLY_ABOVE

__all__ = ["REPLY_ABOVE", "Parts", "split"]
