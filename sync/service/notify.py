"""What the service tells systemd (sd_notify): that it is ready, reloading, stopping, alive. Nothing without systemd."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

READY = "READY=1"
STOPPING = "STOPPING=1"
WATCHDOG = "WATCHDOG=1"


def notify(*lines: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send `lines` (READY=1, STATUS=…) to the socket that NOTIFY_SOCKET names; whether they were sent.

    A name that begins with @ is an abstract one. Never raises: a manager that does not listen is no trouble of ours.
    """
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")) or len(address) < 2:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.connect(address)
            line.sendall("\n".join(lines).encode())
    except OSError:
        return False
    return True


def status(text: str) -> str:
    """`STATUS=…`: what `systemctl status` shows, one line."""
    return f"STATUS={' '.join(text.split())}"


def reloading(monotonic: float) -> tuple[str, ...]:
    """A reload began; `monotonic`: seconds of CLOCK_MONOTONIC, by which the manager knows which reload it is."""
    return ("RELOADING=1", f"MONOTONIC_USEC={int(monotonic * 1_000_000)}")


def watchdog_every(environ: Mapping[str, str] = os.environ) -> float | None:
    """How often to send WATCHDOG=1, in seconds: half of what the manager allows. None: it does not watch us."""
    allowed, process = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not allowed.isdecimal() or int(allowed) == 0 or (process and process != str(os.getpid())):
        return None
    return int(allowed) / 2_000_000
