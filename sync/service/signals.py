"""Signals as something to wait for: no work is done within a handler, where it could meet itself half done."""

from __future__ import annotations

import select
import signal
import socket
from collections.abc import Collection
from types import FrameType
from typing import Any

STOPS = frozenset({signal.SIGTERM, signal.SIGINT})
RELOADS = frozenset({signal.SIGHUP})


class Signals:
    """Within the block, signals arrive at `wait` (main thread only). Other threads may `wake` it."""

    def __init__(self) -> None:
        self._reads, self._writes = socket.socketpair()
        self._before: dict[signal.Signals, Any] = {}
        self._wakeup = -1

    def __enter__(self) -> Signals:
        self._reads.setblocking(False)
        self._writes.setblocking(False)
        self._wakeup = signal.set_wakeup_fd(self._writes.fileno(), warn_on_full_buffer=False)
        self._before = {one: signal.signal(one, _noted) for one in (*STOPS, *RELOADS)}
        return self

    def __exit__(self, *_: object) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)
        signal.set_wakeup_fd(self._wakeup)
        self._reads.close()
        self._writes.close()

    def wait(self, seconds: float) -> Collection[signal.Signals]:
        """What arrived, as soon as something does; nothing after so many seconds."""
        if not select.select([self._reads], [], [], seconds)[0]:
            return ()
        try:
            said = self._reads.recv(4096)
        except BlockingIOError:
            return ()
        return [signal.Signals(one) for one in said if one]

    def wake(self) -> None:
        """End the wait that is under way."""
        try:
            self._writes.send(b"\0")
        except OSError:
            return  # full: it wakes anyway; closed: nobody waits

    def end_at_once_next_time(self) -> None:
        """A second Ctrl-C does not wait for what is under way."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _noted(_number: int, _frame: FrameType | None) -> None:
    """The number is in the socket; that is all there is to do."""
