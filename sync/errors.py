"""What can be wrong with the store, each with what to do about it."""

from __future__ import annotations


class StoreError(Exception):
    """Something is wrong with the store. `advice` says what to do; neither part ever holds a password."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what, self.advice = what, advice


class StoreUnusable(StoreError):
    """The store cannot be used now: no such place, no right, disk full, damaged, database away (exit 3)."""


class StoreTooNew(StoreUnusable):
    """A newer alignd has written this store; an older one must not guess what it means."""


class WorkspaceMismatch(StoreError):
    """The store belongs to another `workspace.id` (exit 2)."""


class LockHeld(StoreError):
    """Another process writes for this workspace (exit 3). `holder` names it: command, pid, since."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            f"another alignd is at work here: {holder}", "wait until it is done, or stop it, and start this again"
        )
        self.holder = holder


class LockLost(StoreUnusable):
    """The lock was ours and may not be any more (the database connection that held it is gone): stop writing."""


def place_of(error: BaseException) -> str:
    """Module and line in which an error was raised: what may be said of it without its words."""
    trace, place = error.__traceback__, "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
