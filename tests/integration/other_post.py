"""Slack and a mail server by other hands: strict where the documents are, poor where they allow it."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedRWPair
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN, ROOM = "xoxb-other-hands", "C0123456789"
PASSWORD = "other-password"


@dataclass
class OtherSlack:
    """A workspace whose app may write and not read: of all methods it knows auth.test, chat.postMessage and
    conversations.history, which it refuses for want of a scope. `then`: answers that come first, by status; None: the
    message is kept and the connection closed without an answer.
    """

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    then: list[int | None] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)

    def answer(self, method: str, kind: str, given: dict[str, Any], token: str) -> tuple[int, dict[str, Any]] | None:
        status = self.then.pop(0) if self.then and method == "chat.postMessage" else 200
        if status not in (200, None):
            return status, {"ok": False, "error": "ratelimited" if status == 429 else "fatal_error"}
        if token != f"Bearer {TOKEN}":
            return 200, {"ok": False, "error": "not_authed"}
        if method == "auth.test":
            return 200, {"ok": True, "url": "https://o.slack.com/", "team": "O", "user": "alignd", "team_id": "T1"}
        if method == "conversations.history":
            return 200, {"ok": False, "error": "missing_scope", "needed": "channels:history", "provided": "chat:write"}
        if method != "chat.postMessage":
            return 200, {"ok": False, "error": "unknown_method", "req_method": method}
        if not kind.startswith("application/json") or "charset=utf-8" not in kind.lower().replace(" ", ""):
            self.bad.append(f"Content-Type {kind!r}")
        if given.get("channel") != ROOM:
            return 200, {"ok": False, "error": "channel_not_found"}
        self.messages.append(given)
        ts = f"1795000000.{len(self.messages):06}"
        return None if status is None else (200, {"ok": True, "channel": ROOM, "ts": ts, "message": {"text": "…"}})


@contextmanager
def other_slack() -> Iterator[OtherSlack]:
    """It, on a port of 127.0.0.1."""
    slack = OtherSlack()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kind = self.headers.get("Content-Type") or ""
            given = json.loads(raw) if kind.startswith("application/json") else dict(parse_qsl(raw.decode()))
            method = urlsplit(self.path).path.removeprefix("/api/")
            said = slack.answer(method, kind, given, self.headers.get("Authorization") or "")
            self.close_connection = True
            if said is None:
                return
            body = json.dumps(said[1]).encode()
            self.send_response(said[0])
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if said[0] == 429:
                self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    slack.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class OtherMail:
    """A mail server of few words: AUTH PLAIN alone, no STARTTLS, no SIZE, no 8BITMIME, no SMTPUTF8, no pipelining;
    every answer in two lines. `refused`: recipients it knows nothing of. `busy`: so many connections are greeted with
    421. `silent`: after so many mails kept, the connection closes in place of the answer to the dot.
    """

    url: str = ""
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    busy: int = 0
    silent: int = 0
    bad: list[str] = field(default_factory=list)

    def serve(self, connection: socket.socket) -> None:
        """One connection, from its greeting to its end."""
        with connection, connection.makefile("rwb") as line:

            def say(code: int, *words: str) -> None:
                for place, word in enumerate(words):
                    line.write(f"{code}{'-' if place < len(words) - 1 else ' '}{word}\r\n".encode())
                line.flush()

            if self.busy:
                self.busy -= 1
                say(421, "too busy", "come back later")
                return
            say(220, "other.example", "no spam please")
            to = ""
            while raw := line.readline():
                if not raw.endswith(b"\r\n") or not raw.isascii():
                    self.bad.append(repr(raw))
                verb, _, rest = raw.decode("ascii", "replace").strip().partition(" ")
                verb = verb.upper()
                to = rest[len("TO:<") :].rstrip(">") if verb == "RCPT" else to
                say(*self._answer(verb, rest))
                if verb == "QUIT":
                    return
                if verb == "DATA":
                    self.mails.append((to, self._taken(line)))
                    if self.silent:
                        self.silent -= 1
                        return
                    say(250, "2.0.0 taken", "thank you")

    def _answer(self, verb: str, rest: str) -> tuple[int, str, str]:
        match verb:
            case "EHLO":
                return 250, "other.example", "AUTH PLAIN"
            case "AUTH":
                told = base64.b64decode(rest.removeprefix("PLAIN ")).split(b"\0")
                return 235 if told[1:] == [b"alignd", PASSWORD.encode()] else 535, "2.7.0 so", "it is"
            case "MAIL" if " " in rest.removeprefix("FROM:"):
                self.bad.append(f"parameters that were not offered: {rest}")
            case "RCPT" if rest[len("TO:<") :].rstrip(">") in self.refused:
                return 550, "5.1.1 nobody", "of that name"
            case "DATA":
                return 354, "go", "ahead"
            case "QUIT":
                return 221, "good", "bye"
        return 250, "well", "done"

    def _taken(self, line: BufferedRWPair[Any, Any]) -> EmailMessage:
        content = b""
        while (one := line.readline()) not in (b".\r\n", b""):
            if len(one) > 1000 or not one.isascii():
                self.bad.append(f"a line of {len(one)} bytes")
            content += one[1:] if one.startswith(b".") else one
        return message_from_bytes(content, policy=policy.default)


@contextmanager
def other_mail() -> Iterator[OtherMail]:
    """It, on a port of 127.0.0.1."""
    mail = OtherMail()
    server = socket.create_server(("127.0.0.1", 0))
    mail.url = f"smtp://127.0.0.1:{server.getsockname()[1]}"

    def listen() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=mail.serve, args=(connection,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield mail
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
