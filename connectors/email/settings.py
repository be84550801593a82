"""Mail over SMTP, as the file describes it."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from connectors.fields import PlainText, Secret, pattern_field, read_list, scalar, shown, wrong
from connectors.settings import ChannelSettings


def looks_like_mail(text: str) -> bool:
    """One @ with something on either side; whether it exists, only a mail tells."""
    return re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+", text) is not None


def _read_smtp(value: object) -> str:
    mend = "smtp://mail.example:587 (or smtps://… for TLS from the start)"
    text = scalar(value, mend)
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.username is not None or parts.password is not None:
        raise wrong("a user or password in the address is not used, write them as user: and password:")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
        raise wrong(f"{shown(value)} is not the address of a mail server, write {mend}")
    return str(text)


def _read_place(value: object) -> str:
    """Scheme and host of a mail server; that of a web address, which other vendors have, is taken as well."""
    mend = "smtp://127.0.0.1:1025"
    text = scalar(value, mend)
    scheme, found, rest = text.partition("://")
    return _read_smtp({"http": "smtp", "https": "smtps"}.get(scheme, scheme) + found + rest)


class EmailSettings(ChannelSettings):
    """A mail server, the sender, and default recipients (people or teams); a digest's own `to` wins."""

    kind: Literal["email"] = "email"
    smtp: Annotated[str, BeforeValidator(_read_smtp)] = Field(
        description="smtp://host:587 or smtps://host:465.", examples=["smtp://mail.team.example:587"]
    )
    endpoint: Annotated[str, BeforeValidator(_read_place)] | None = Field(
        default=None, description="Replaces scheme, host and port of smtp.", examples=["smtp://127.0.0.1:1025"]
    )
    user: PlainText | None = Field(default=None, description="User at the mail server.")
    password: Secret | None = Field(default=None, description="Password at the mail server: ${SMTP_PASSWORD}.")
    sender: Annotated[str, pattern_field(looks_like_mail, "a mail address", "one such as alignd@team.example")] = Field(
        alias="from", description="The sender's address.", examples=["alignd@team.example"]
    )
    to: Annotated[tuple[PlainText, ...], BeforeValidator(read_list)] = Field(
        default=(), description="Default recipients: people or teams; a digest's own to wins."
    )

    @model_validator(mode="after")
    def _login_is_whole(self) -> EmailSettings:
        if self.user is not None and self.password is None:
            raise wrong("a user without password cannot sign in, write password: ${SMTP_PASSWORD}, or remove user")
        if self.password is not None and self.user is None:
            raise wrong("a password without user cannot sign in, write user: too, or remove password")
        return self

    @property
    def server(self) -> str:
        """The address that is spoken to."""
        return self.endpoint or self.smtp
