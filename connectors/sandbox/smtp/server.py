"""A mail server on loopback (RFC 5321), stateful: what it takes it keeps, what tests want it refuses.

Faults are those of the other stand-ins (vendor `smtp`), by SMTP verb as method and its argument as path:

    CONNECT                 before the greeting
    EHLO, AUTH, MAIL, RCPT  in place of the answer; the path of MAIL and RCPT is the address
    DATA                    before the mail is sent (in place of 354)
    END                     after the closing dot: commit="after" keeps the mail, then answers (or does not)

`status` answers with that SMTP code (421 also hangs up), `reset` and `cut_off` kill the connection, `timeout` says
nothing for `seconds`, `slow` answers well after them, `truncated` answers with nonsense, `echo` repeats what it was
told.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.front import Seen
from connectors.sandbox.smtp.certificate import self_signed
from connectors.sandbox.wire import Call


@dataclass(frozen=True)
class Mail:
    """A mail that was taken. `content`: as it came, without what SMTP adds to dots."""

    at: datetime
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    login: str | None
    encrypted: bool

    @cached_property
    def message(self) -> EmailMessage:
        """The same, parsed."""
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def subject(self) -> str:
        """The subject line, decoded."""
        return str(self.message["Subject"])

    def body(self, kind: str = "plain") -> str:
        """The text, or with "html" the page."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


@dataclass
class Switches:
    """How this mail server is set up; each counts for the next connection."""

    starttls: bool = False  # with a certificate of its own making
    users: dict[str, str] = field(default_factory=dict)  # user → password; then a login is demanded
    login_by: tuple[str, ...] = ("PLAIN", "LOGIN")
    size_limit: int = 33_554_432
    utf8: bool = True
    refused: dict[str, int] = field(default_factory=dict)  # recipient → SMTP code, for good


class SmtpStandIn:
    """The server, in a thread of its own: `start()`, `url`, `mails`, `stop()`."""

    def __init__(self, now: Callable[[], datetime], faults: Faults, log: Callable[[Seen], None]) -> None:
        self.now, self.faults, self.log = now, faults, log
        self.switches = Switches()
        self.mails: list[Mail] = []
        self.connected = 0  # connections so far
        self.lock = threading.Lock()
        self._port = 0
        self._listening: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._servers: list[asyncio.Server] = []
        self._open: set[_Dialogue] = set()
        self.stopping: asyncio.Event | None = None

    @property
    def port(self) -> int:
        """Where it listens; the same after a stop and a start."""
        return self._port

    @property
    def url(self) -> str:
        """The address, as the file has it."""
        return f"smtp://127.0.0.1:{self._port}"

    def secure_url(self) -> str:
        """The address of a port that is TLS from the start (RFC 8314), opened when it is asked for; until a stop."""
        assert self._loop is not None

        async def listen() -> int:
            server = await asyncio.get_running_loop().create_server(self._dialogue, "127.0.0.1", 0, ssl=self_signed())
            self._servers.append(server)
            return int(server.sockets[0].getsockname()[1])

        port = asyncio.run_coroutine_threadsafe(listen(), self._loop).result(10)
        return f"smtps://127.0.0.1:{port}"

    def to(self, address: str) -> list[Mail]:
        """The mails one recipient got, oldest first."""
        with self.lock:
            return [one for one in self.mails if address in one.recipients]

    def start(self) -> None:
        """Listen on loopback; returns when it answers."""
        if self._thread is not None:
            return
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's; the request log is ours
        listening = self._listening = socket.create_server(("127.0.0.1", self._port), backlog=64)
        self._port = listening.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listening, ready)), name="sandbox smtp", daemon=True
        )
        self._thread.start()
        if not ready.wait(10):
            raise RuntimeError("the mail server of the sandbox did not start")

    async def _serve(self, listening: socket.socket, ready: threading.Event) -> None:
        self._loop, self.stopping = asyncio.get_running_loop(), asyncio.Event()
        self._servers = [await self._loop.create_server(self._dialogue, sock=listening)]
        ready.set()
        await self.stopping.wait()
        for server in self._servers:
            server.close()
        for one in list(self._open):
            one.kill(reset=False)
        await asyncio.sleep(0)  # so that each connection's end is noticed

    def _dialogue(self) -> _Dialogue:
        with self.lock:
            self.connected += 1
        return _Dialogue(self, self._open)

    def hang_up(self) -> None:
        """End every open connection, as a server does after some minutes without a word."""
        loop, done = self._loop, threading.Event()
        if loop is None:
            return

        def end() -> None:
            for one in list(self._open):
                one.kill(reset=False)
            loop.call_soon(done.set)

        loop.call_soon_threadsafe(end)
        done.wait(5)

    def stop(self) -> None:
        """Close everything and free the port; the mails stay."""
        if self._thread is None:
            return
        if self._loop is not None and self.stopping is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self.stopping.set)
        self._thread.join(timeout=10)
        if self._listening is not None:
            self._listening.close()
        self._thread = self._loop = self._listening = None


class _Dialogue(SMTP):
    """One connection. aiosmtpd speaks; faults and refusals come in between."""

    def __init__(self, standin: SmtpStandIn, open_ones: set[_Dialogue]) -> None:
        switches = standin.switches
        super().__init__(
            _Desk(standin),
            data_size_limit=switches.size_limit,
            enable_SMTPUTF8=switches.utf8,
            hostname="mail.sandbox.example",
            ident="sandbox",
            tls_context=self_signed() if switches.starttls else None,
            require_starttls=switches.starttls,
            auth_exclude_mechanism={"PLAIN", "LOGIN"} - set(switches.login_by),
            authenticator=_authenticator(switches.users),
            loop=asyncio.get_running_loop(),
        )
        # set behind its back: it warns about logins without encryption, and here there is nobody in between
        self._auth_require_tls = switches.starttls
        self._auth_required = bool(switches.users)
        self.standin, self._open_ones = standin, open_ones
        self._raw: Any = None

    def connection_made(self, transport: Any) -> None:
        if self._raw is None:
            self._raw = transport
            self._open_ones.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._open_ones.discard(self)
        super().connection_lost(error)

    @property
    def encrypted(self) -> bool:
        return self.transport is not None and self.transport.get_extra_info("ssl_object") is not None

    def kill(self, *, reset: bool) -> None:
        """End the connection: with RST, or as an end of file."""
        if self._raw is None:
            return
        sock = self._raw.get_extra_info("socket")
        if sock is not None and reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._raw.abort()

    async def _handle_client(self) -> None:
        status = await self.event_handler.meet(self, "CONNECT", "")
        if status is not None:
            await self.push(status)
            self.kill(reset=False)
            return
        await super()._handle_client()

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        status = await self.event_handler.meet(self, "AUTH", arg or "")
        await (self.push(status) if status is not None else super().smtp_AUTH(arg))

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        status = await self.event_handler.meet(self, "DATA", arg or "")
        await (self.push(status) if status is not None else super().smtp_DATA(arg))

    async def push(self, status: Any) -> None:
        await super().push(status)
        if isinstance(status, str) and status.startswith("421"):
            self.kill(reset=False)


class _Desk:
    """aiosmtpd's hooks: what is refused, what is kept."""

    def __init__(self, standin: SmtpStandIn) -> None:
        self.standin = standin

    async def meet(self, server: _Dialogue, verb: str, argument: str) -> str | None:
        """The answer a fault gives in place of the good one; None when all is well."""
        fault = self._struck(verb, argument)
        self._log(verb, argument, b"", _code_of(fault) if fault is not None else 250, fault)
        return await self._answer_of(server, fault, argument) if fault is not None else None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names, here and below
        self, server: _Dialogue, session: Any, _: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        status = await self.meet(server, "EHLO", hostname)
        return responses if status is None else [status]

    async def handle_MAIL(  # noqa: N802
        self, server: _Dialogue, _: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        status = await self.meet(server, "MAIL", address)
        if status is not None:
            return status
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, server: _Dialogue, _: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        status = await self.meet(server, "RCPT", address)
        code = self.standin.switches.refused.get(address)
        if status is None and code is not None:
            words = "No such user here" if code >= 500 else "Mailbox busy"
            status = f"{code} {code // 100}.1.1 <{address}>: {words}"
        if status is not None:
            return status
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: _Dialogue, session: Any, envelope: Any) -> str:  # noqa: N802
        fault = self._struck("END", " ".join(envelope.rcpt_tos))
        login = session.auth_data.login.decode() if session.authenticated else None
        mail = Mail(
            self.standin.now(), envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.content), login,
            server.encrypted,
        )  # fmt: skip
        self._log("END", " ".join(mail.recipients), mail.content, _code_of(fault) if fault is not None else 250, fault)
        if fault is None or fault.commit != "before" or fault.kind == "slow":
            with self.standin.lock:
                self.standin.mails.append(mail)
        status = await self._answer_of(server, fault, mail.content.decode("utf-8", "replace")) if fault else None
        return status or "250 2.0.0 Ok: queued"

    # ── faults ───────────────────────────────────────────────────────────────────────────────────────────────

    def _struck(self, verb: str, argument: str) -> Fault | None:
        return self.standin.faults.meet("smtp", Call(verb, argument, at=self.standin.now()))

    def _log(self, verb: str, argument: str, body: bytes, status: int, fault: Fault | None) -> None:
        shown = "" if verb == "AUTH" else argument
        name = fault.kind if fault is not None else None
        self.standin.log(Seen("smtp", verb, shown, "", body, {}, status, self.standin.now(), name))

    async def _answer_of(self, server: _Dialogue, fault: Fault, argument: str) -> str | None:
        if fault.kind == "slow":
            await self._pause(fault.seconds)
            return None
        if fault.kind == "timeout":
            await self._pause(fault.seconds)
        if fault.kind in ("timeout", "reset", "cut_off", "empty"):
            server.kill(reset=fault.kind == "reset")
            await asyncio.sleep(60)  # the end of the connection ends this task
        if fault.kind in ("truncated", "html"):
            return "<html>nonsense"
        code = _code_of(fault)
        words = f"no: {argument}" if fault.echo else {421: "4.3.2 Service shutting down"}.get(code, "no")
        return f"{code} " + " ".join(words.split())[:400]

    async def _pause(self, seconds: float) -> None:
        assert self.standin.stopping is not None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.standin.stopping.wait(), seconds)


def _code_of(fault: Fault) -> int:
    return fault.status if fault.kind == "status" else 450 if fault.kind == "429" else 0


def _authenticator(users: dict[str, str]) -> Callable[..., AuthResult]:
    def check(_: Any, __: Any, ___: Any, mechanism: str, data: Any) -> AuthResult:  # noqa: ARG001
        user, password = data.login.decode(), data.password.decode()
        if users.get(user) == password:
            return AuthResult(success=True, auth_data=data)
        return AuthResult(success=False, handled=False, message="535 5.7.8 Username and password not accepted")

    return check
