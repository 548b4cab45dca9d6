"""`mailboxes:` and `forms:`: where mail comes in and leaves."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from maild.config.schema.words import (
    ByLanguage,
    Channel,
    Email,
    Key,
    Some,
    Text,
    Whole,
    Words,
    refuse,
)

Security = Literal["tls", "starttls", "plain"]


class SecretKeys(Words):
    """Where a password lies: exactly one of these."""

    password_file: Text | None = None  # relative to the configuration directory
    password_env: Text | None = None  # name of an environment variable
    password_credential: Text | None = None  # name of a systemd credential
    password: Text | None = Field(default=None, repr=False)  # see insecure_passwords_in_yaml

    @model_validator(mode="after")
    def _only_one(self) -> "SecretKeys":
        if len(self.given()) > 1:
            raise refuse(f"the password is given twice ({' and '.join(self.given())})", "keep one")
        return self

    def given(self) -> list[str]:
        """Return the keys that are set."""
        names = ("password_file", "password_env", "password_credential", "password")
        return [name for name in names if getattr(self, name) is not None]


class Imap(SecretKeys):
    """The server a mailbox is read from."""

    host: Text
    port: Annotated[Whole, Field(ge=1, le=65535)] | None = None
    security: Security = "tls"
    user: Text
    ca_file: Text | None = None


class Smtp(SecretKeys):
    """The submission server. What is left out is as for IMAP."""

    host: Text | None = None
    port: Annotated[Whole, Field(ge=1, le=65535)] | None = None
    security: Security | None = None
    login: bool = True  # false: the relay asks for no password
    user: Text | None = None
    ca_file: Text | None = None


class Mailbox(Words):
    """One watched account."""

    address: Email
    aliases: Some[Email] = ()  # further addresses delivered into it
    name: ByLanguage | None = None  # what the From line of letters says; the desk's name
    team: Key
    category: Text | None = None
    channel: Channel = "email"
    imap: Imap
    smtp: Smtp = Smtp()
    folder: Text = "INBOX"
    sent_folder: Text | None = None  # watched for answers written inside the account itself
    after: Text = "flag"  # flag | leave | move to FOLDER
    history: Literal["ignore", "archive", "open"] = "ignore"
    poll: Annotated[Whole, Field(ge=5, le=3600)] = 60
    default_charset: Text | None = None
    subaddress: Literal["+", "-", "=", "none"] = "+"
    null_sender: bool = True
    authserv_id: Text | None = None


class Form(Words):
    """A web form that mails in: its letters speak for somebody else than their sender."""

    from_: Email = Field(alias="from")  # only from this address a form is believed
    requester: Text = "reply_to"  # reply_to, or the label of a line that holds the address
