"""One mail: headers that no data can add to, a text, a page with its pictures. The same letter gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
import re
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from connectors.email.render import html_body, text_body
from connectors.fitting import one_line
from mapping.letters import Letter

SUBJECT = 200  # characters
NAME = "alignd"


class NoSuchAddress(ValueError):
    """The address cannot be written into a mail."""


def message_id(key: str, address: str, sender: str) -> str:
    """The mail's name, the same for ever for one letter to one address: `<…@sender's domain>`."""
    digest = hashlib.sha256(f"{key}\0{address}".encode("utf-8", "replace")).digest()
    return f"<{base64.b32encode(digest).decode().rstrip('=').lower()[:40]}@{ascii_domain(sender)}>"


def ascii_domain(address: str) -> str:
    """The domain as the mail system writes it (xn--…)."""
    domain = address.rpartition("@")[2]
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        raise NoSuchAddress(address) from None


def envelope(address: str) -> str:
    """The address as SMTP takes it: the domain in ASCII; what stands before the @ as it is."""
    local, _, _ = address.rpartition("@")
    if not local or any(sign.isspace() or not sign.isprintable() or sign in "<>" for sign in address):
        raise NoSuchAddress(address)
    return f"{local}@{ascii_domain(address)}"


def mail(letter: Letter, address: str, sender: str, workspace: str, *, with_pictures: bool = True) -> bytes:
    """The mail as it goes over the wire, lines ended by CRLF. Raises NoSuchAddress."""
    to, by = envelope(address), envelope(sender)
    name = message_id(letter.key, address, sender)
    message = EmailMessage(policy=SMTP if (to + by).isascii() else SMTPUTF8)
    subject = one_line(letter.subject, SUBJECT) or NAME
    message["From"] = Address(NAME, *_parts(by))
    message["To"] = Address("", *_parts(to))
    message["Subject"] = subject
    if letter.dated is not None:
        message["Date"] = format_datetime(letter.dated)
    message["Message-ID"] = name
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 5: nobody's out-of-office answers it
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    message["List-Id"] = f"<{_label(letter.kind.value)}.{_label(workspace)}.{ascii_domain(by)}>"
    pictures = letter.pictures if with_pictures else ()
    message.set_content(text_body(letter.body, pictures), cte="quoted-printable")
    sources = {one.name: _content_id(one.name, name) for one in pictures}
    page = html_body(subject, letter.body, pictures, sources)
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    within = list(message.iter_parts())[1]
    for one in pictures:
        within.add_related(
            one.png, "image", "png", cid=f"<{sources[one.name]}>", disposition="inline", filename=_file(one.name)
        )
    _set_boundaries(message, name)
    return message.as_bytes()


def _parts(address: str) -> tuple[str, str]:
    local, _, domain = address.rpartition("@")
    return local, domain


def _label(text: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-") or "workspace"


def _content_id(picture: str, name: str) -> str:
    """The picture's name within the mail; short, so that its header stays one line."""
    digest = hashlib.sha256(f"{picture}\0{name}".encode("utf-8", "replace")).hexdigest()[:24]
    return f"{digest}@{name[1:-1].rpartition('@')[2]}"


def _file(picture: str) -> str:
    return (re.sub(r"[^A-Za-z0-9_-]+", "-", picture).strip("-")[:60] or "chart") + ".png"


def _set_boundaries(message: MIMEPart, name: str) -> None:
    """Boundaries from the mail's name instead of by chance; no base64 or quoted-printable line looks like one."""
    for place, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{hashlib.sha256(f'{name}{place}'.encode()).hexdigest()[:32]}")
