"""One SMTP connection (RFC 5321): opened, made private, signed in; then one mail to one recipient at a time.

smtplib's `sendmail` cannot tell how far a broken connection came, and calls a mail sent if one of its recipients was
taken. So the dialogue is held here, and every fault leaves as an error that says what to do next; `OutcomeUnknown`
only if the connection failed after the end of the data was sent and before the server's answer.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from typing import NoReturn
from urllib.parse import urlsplit

from connectors.email.settings import EmailSettings
from connectors.errors import NeedsPerson, OutcomeUnknown, Refused, TryLater, Unreachable, VendorError
from connectors.fields import is_loopback
from connectors.patience import Patience
from connectors.redaction import vendor_words

PORTS = {"smtp": 587, "smtps": 465}  # submission; RFC 8314
CONNECT, SILENCE = 10.0, 60.0  # seconds: to connect, for each answer
COME_BACK = "nothing to do unless it lasts: the next cycle tries again"
WORDS = 160


class Session:
    """A connection to the mail server, signed in."""

    def __init__(self, settings: EmailSettings, patience: Patience) -> None:
        self.settings, self.patience = settings, patience
        parts = urlsplit(settings.server)
        self.host, self.at_once = str(parts.hostname), parts.scheme == "smtps"
        self.port = parts.port or PORTS[parts.scheme]
        self.is_local = is_loopback(settings.server)
        self._smtp: smtplib.SMTP | None = None
        self._has_carried = False  # a mail already: such a connection may have died since

    @property
    def is_open(self) -> bool:
        """Whether there is a connection; it may have died since."""
        return self._smtp is not None and self._smtp.sock is not None

    @property
    def size_limit(self) -> int | None:
        """How many bytes the server takes, if it says (RFC 1870)."""
        said = self._smtp.esmtp_features.get("size", "") if self._smtp is not None else ""
        return int(said) if said.isdigit() and int(said) > 0 else None

    def takes_utf8(self) -> bool:
        """Whether addresses may have letters beyond ASCII before the @ (RFC 6531)."""
        return self._smtp is not None and self._smtp.has_extn("smtputf8")

    # ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self) -> None:
        """Connect, greet, make it private, sign in. A password never leaves unencrypted, except to this machine."""
        self.close()
        self.patience.wait(0, self.settings.id, "a stop ends the work between any two requests")
        self._has_carried = False
        try:
            self._connect()
            self._guarded("greeted", self._greet)
            self._guarded("made private", self._make_private)
            self._guarded("signed in", self._sign_in)
        except BaseException:
            self.close(politely=False)
            raise

    def _connect(self) -> None:
        where = self.settings.id
        try:
            if self.at_once:
                self._smtp = smtplib.SMTP_SSL(
                    self.host, self.port, local_hostname="localhost", timeout=CONNECT, context=self._context()
                )
            else:
                self._smtp = smtplib.SMTP(self.host, self.port, local_hostname="localhost", timeout=CONNECT)
        except ssl.SSLCertVerificationError:
            raise NeedsPerson(where, f"the certificate of {self._name} was not accepted", self._host_mend) from None
        except smtplib.SMTPResponseException as no:
            self._refuse(no.smtp_code, no.smtp_error, "does not want to talk")
        except ssl.SSLError:
            mend = f"smtps:// is TLS from the start; write smtp:// in channels.{where}.smtp for port 587 or 25"
            raise NeedsPerson(where, f"{self._name} does not speak TLS from the start", mend) from None
        except (smtplib.SMTPException, OSError):
            raise Unreachable(where, f"the mail server {self._name} cannot be reached", self._host_mend) from None
        sock = self._smtp.sock
        assert sock is not None
        sock.settimeout(min(SILENCE, self.patience.silence))
        self._smtp.local_hostname = own_name(sock)

    def _greet(self, smtp: smtplib.SMTP) -> None:
        """EHLO, and HELO only where EHLO is not known: a server that is busy must not seem one without encryption."""
        code, words = smtp.ehlo()
        if 500 <= code < 600:
            code, words = smtp.helo()
        self._expect((code, words), 250, "does not want to talk", "ask who runs the mail server")

    def _make_private(self, smtp: smtplib.SMTP) -> None:
        if self.at_once:
            return
        if smtp.has_extn("starttls"):
            smtp.starttls(context=self._context())
            self._greet(smtp)
        elif not self.is_local:
            mend = "use the server's submission port (587, or smtps:// with 465), or ask who runs it to offer STARTTLS"
            raise NeedsPerson(self.settings.id, f"{self._name} offers no encryption (STARTTLS)", mend)

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        user, password = self.settings.user, self.settings.password
        if user is None or password is None:
            return
        try:
            smtp.login(user, password.get_secret_value())
        except smtplib.SMTPNotSupportedError:
            mend = f"take user and password out of channels.{self.settings.id}, or use the submission port (587)"
            raise NeedsPerson(self.settings.id, f"{self._name} takes no login here", mend) from None
        except UnicodeError:
            mend = f"correct channels.{self.settings.id}.user"
            raise NeedsPerson(self.settings.id, "the user name has letters that no mail server takes", mend) from None
        except smtplib.SMTPAuthenticationError as no:
            if not 500 <= no.smtp_code < 600:
                self._refuse(no.smtp_code, no.smtp_error, "cannot check the login now")
            mend = f"check user and password of channels.{self.settings.id}; some services want an app password"
            what = f"{self._name} does not take user or password{self._said(no.smtp_code, no.smtp_error)}"
            raise NeedsPerson(self.settings.id, what, mend) from None

    def _guarded(self, what: str, step: Callable[[smtplib.SMTP], None]) -> None:
        """One step of the opening; nothing of a mail has left yet, so whatever breaks may be tried again."""
        assert self._smtp is not None
        try:
            step(self._smtp)
        except VendorError:
            raise
        except ssl.SSLCertVerificationError:
            where = self.settings.id
            raise NeedsPerson(where, f"the certificate of {self._name} was not accepted", self._host_mend) from None
        except smtplib.SMTPResponseException as no:
            self._refuse(no.smtp_code, no.smtp_error, f"could not be {what}")
        except (smtplib.SMTPException, OSError):
            raise Unreachable(self.settings.id, f"{self._name} broke off before a mail was sent", COME_BACK) from None

    def _context(self) -> ssl.SSLContext:
        """Certificates are checked, but of a server on this machine: nobody is in between, and none fits its name."""
        context = ssl.create_default_context()
        if self.is_local:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    # ── a mail ───────────────────────────────────────────────────────────────────────────────────────────────────

    def transact(self, sender: str, recipient: str, content: bytes) -> None:
        """Hand over one mail to one recipient. Returns if the server took it, raises what to do next if not.

        A connection that turns out to be dead before MAIL was answered is opened anew, once: nothing was sent on it.
        """
        self.patience.wait(0, self.settings.id, "a stop ends the work between any two requests")
        try:
            answered = self._begin(sender, recipient, len(content))
            self._expect(answered, 250, "does not take mail from this sender", self._sender_mend)
            answered = self._ask(f"RCPT TO:<{recipient}>")
            self._expect(answered, 250, "does not take mail for this recipient", self._recipient_mend)
            answered = self._ask("DATA")
            self._expect(answered, 354, "does not take the mail", self._recipient_mend)
            self._send(_stuffed(content))
        except _Broken as broken:
            self.close(politely=False)
            raise Unreachable(self.settings.id, f"{self._name} {broken} before the mail was sent", COME_BACK) from None
        except VendorError:
            self._reset()
            raise
        self._finish()

    def _begin(self, sender: str, recipient: str, size: int) -> tuple[int, bytes]:
        """The answer to MAIL; on a connection that has carried a mail and is gone, on a new one."""
        utf8 = "" if (sender + recipient).isascii() else " SMTPUTF8"
        was_used, self._has_carried = self._has_carried, True
        for again in (was_used, False):
            told = f" SIZE={size}" if self.size_limit is not None else ""
            try:
                code, words = self._ask(f"MAIL FROM:<{sender}>{told}{utf8}")
            except _Broken:
                if not again:
                    raise
            else:
                if code != 421 or not again:
                    return code, words
            self.open()
            self._has_carried = True
        raise AssertionError("unreachable")

    def alive(self) -> bool:
        """Whether the server still answers on this connection (NOOP)."""
        if not self.is_open:
            return False
        try:
            return self._ask("NOOP")[0] == 250
        except _Broken:
            self.close(politely=False)
            return False

    def _finish(self) -> None:
        """The dot: from here to the answer nobody knows."""
        try:
            self._send(b".\r\n")
            code, words = self._answer()
            if 300 <= code < 400 or code >= 600:
                raise _Broken("answered with nonsense")
        except _Broken as broken:
            self.close(politely=False)
            what = f"{self._name} {broken} when the mail was handed over: nobody knows whether it was taken"
            mend = "ask a recipient; it is not sent again, since a mail sent twice cannot be taken back"
            raise OutcomeUnknown(self.settings.id, what, mend) from None
        try:
            self._expect((code, words), 250, "does not take the mail", self._recipient_mend)
        except VendorError:
            self._reset()
            raise

    def _ask(self, command: str) -> tuple[int, bytes]:
        self._send(command.encode("utf-8") + b"\r\n")
        return self._answer()

    def _send(self, data: bytes) -> None:
        if self._smtp is None or self._smtp.sock is None:
            raise _Broken("had hung up")
        try:
            self._smtp.sock.sendall(data)
        except TimeoutError:
            raise _Broken("did not answer in time") from None
        except OSError:
            raise _Broken("broke the connection") from None

    def _answer(self) -> tuple[int, bytes]:
        if self._smtp is None or self._smtp.sock is None:
            raise _Broken("had hung up")
        try:
            code, words = self._smtp.getreply()
        except smtplib.SMTPServerDisconnected as end:
            # smtplib says a time-out in the same class, and in words
            raise _Broken("did not answer in time" if "timed out" in str(end) else "broke the connection") from None
        except (smtplib.SMTPException, OSError, ValueError):
            raise _Broken("answered with nonsense") from None
        if code < 200:
            raise _Broken("answered with nonsense")
        return code, words

    def _expect(self, answered: tuple[int, bytes], wanted: int, what: str, mend: str) -> None:
        code, words = answered
        if code // 100 == wanted // 100:
            return
        self._refuse(code, words, what, mend)

    def _refuse(self, code: int, words: bytes | str, what: str, mend: str = "") -> NoReturn:
        """A definite no: 4xx heals by time, 5xx by a person (RFC 5321 4.2.1)."""
        where, said = self.settings.id, f"{self._name} {what}{self._said(code, words)}"
        if not 400 <= code < 600:
            self.close(politely=False)
            raise Unreachable(where, f"{self._name} answered with nonsense", COME_BACK)
        if code < 500:
            if code == 421:
                self.close(politely=False)
            raise TryLater(where, said, "nothing to do unless it lasts: it is tried again", status=code)
        if code in (530, 534, 535, 538):
            raise NeedsPerson(where, said, f"set user and password of channels.{where}", status=code)
        if code in (552, 523) and "5.2.2" not in _text(words):
            raise Refused(where, said, "the mail is too large for that server: ask for a higher limit", status=code)
        raise Refused(where, said, mend or "ask who runs the mail server", status=code)

    def _reset(self) -> None:
        """After a no, the connection is good for the next mail; if not, it is let go."""
        try:
            if self.is_open and self._ask("RSET")[0] != 250:
                self.close(politely=False)
        except _Broken:
            self.close(politely=False)

    # ── closing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def close(self, *, politely: bool = True) -> None:
        """Let go of the connection, with QUIT if there may still be somebody."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        if politely and smtp.sock is not None:
            smtp.sock.settimeout(2.0)  # nobody waits for a goodbye
            try:
                smtp.quit()
            except (smtplib.SMTPException, OSError):
                smtp.close()
            return
        smtp.close()

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _name(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def _host_mend(self) -> str:
        return f"nothing to do unless it lasts; then check channels.{self.settings.id}.smtp and the network"

    @property
    def _sender_mend(self) -> str:
        return f"check channels.{self.settings.id}.from: the server must allow this user to write as it"

    @property
    def _recipient_mend(self) -> str:
        return "correct the person's email in the file, or ask who runs the mail server"

    def _said(self, code: int, words: bytes | str) -> str:
        password = self.settings.password
        plain = password.get_secret_value() if password is not None else ""
        told = vendor_words(_text(words), (plain, f"\0{self.settings.user}\0{plain}") if plain else (), limit=WORDS)
        return f" ({code}: {told})" if told else f" ({code})"


class _Broken(Exception):
    """The connection is of no use any more; in words, with the server as subject."""


def own_name(sock: socket.socket) -> str:
    """How we introduce ourselves: this machine's full name, or its address (RFC 5321 4.1.4). Asks no name server."""
    name = socket.gethostname()
    if "." in name and re.fullmatch(r"[A-Za-z0-9.-]+", name):
        return name
    address = str(sock.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _stuffed(content: bytes) -> bytes:
    """The mail as DATA wants it (RFC 5321 4.5.2): CRLF alone, a dot before each line that begins with one."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
