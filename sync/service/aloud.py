"""Alerts that no cycle can send: what keeps cycles from running at all, and a file that is refused.

Said to the channel of `daemon.alerts` directly, once when it has lasted for a while and once when it is over, and
remembered by this process alone: the store, which the outbox needs, may be the very thing that is out of order.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from config import Config
from connectors.base import Channel, Closeable
from connectors.errors import Stopped
from connectors.patience import Patience
from connectors.registry import build_channel
from mapping.letters import Fate, Letter, LetterKind
from mapping.texts.told import Need, alert
from sync.outbox.due import recipients_of
from sync.service.logs import Log

A_WHILE = timedelta(minutes=10)  # what heals before that needs nobody
FILE_REFUSED, CLOCK_DOUBTED = "file_refused", "clock_doubted"


@dataclass(frozen=True, slots=True)
class _Trouble:
    need: Need
    is_told: bool = False
    is_over: bool = False


class Aloud:
    """What is wrong in one workspace beside its cycles. `trouble` and `over` may be called by any thread; `speak` by
    the one that looks.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._troubles: dict[str, _Trouble] = {}

    def trouble(self, event: str, what: str, advice: str, at: datetime) -> None:
        """Something is wrong, or still is."""
        with self._lock:
            known = self._troubles.get(event)
            since = known.need.since if known is not None and not known.is_over else at
            is_told = known is not None and known.is_told and not known.is_over
            self._troubles[event] = _Trouble(Need("alignd run", what, advice, since), is_told)

    def over(self, event: str) -> None:
        """It is right again."""
        with self._lock:
            known = self._troubles.get(event)
            if known is not None and known.is_told:
                self._troubles[event] = replace(known, is_over=True)
            elif known is not None:
                del self._troubles[event]

    def cycles_run(self) -> None:
        """A cycle ran to its end: nothing keeps them from running."""
        for event in [one for one in self._troubles if one != FILE_REFUSED]:
            self.over(event)

    def forget(self) -> None:
        """Another service holds the workspace: whatever there is to say, that one says."""
        with self._lock:
            self._troubles.clear()

    def speak(self, config: Config, patience: Patience, now: datetime) -> None:
        """Say what there is to say, in one letter. Never raises."""
        with self._lock:
            waiting = {event: one for event, one in self._troubles.items() if one.is_over or _is_due(one, now)}
        settings = config.channels.get(config.daemon.alerts or "")
        if not waiting or settings is None:
            return
        try:
            channel = build_channel(settings, patience, config.workspace.id)
            was_said = channel is not None and self._send(channel, waiting, config, now)
        except Stopped:
            return  # said by the next service, if it still is so then
        except Exception as error:  # noqa: BLE001 - whatever is wrong with an alert must not stop the work
            self._log.error("alert_not_sent", workspace=config.workspace.id, what=type(error).__name__)
            was_said = True
        if was_said:
            self._mark(waiting)

    def _send(self, channel: Channel, waiting: dict[str, _Trouble], config: Config, now: datetime) -> bool:
        """Whether it need not be tried again."""
        here = now.astimezone(config.workspace.calendar.zone)
        needs = [one.need for one in waiting.values() if not one.is_over]
        over = [one.need for one in waiting.values() if one.is_over]
        mailed = alert(config.workspace.name or config.workspace.id, needs, over, here)
        key = f"{config.workspace.id}/alert/service/{now:%Y%m%dT%H%M%SZ}"
        letter = Letter(key, LetterKind.ALERT, mailed.subject, mailed.body, dated=here)
        try:
            addresses = channel.addresses(recipients_of(channel.id, (), config))
            told = [channel.send(letter, address) for address in addresses]
        finally:
            if isinstance(channel, Closeable):
                channel.close()
        for one in told:
            if one.fate is not Fate.SENT:
                self._log.warning(
                    "alert_not_sent", workspace=config.workspace.id, channel=channel.id, what=one.why, advice=one.advice
                )
        return not told or any(one.fate is not Fate.LATER for one in told)

    def _mark(self, said: dict[str, _Trouble]) -> None:
        with self._lock:
            for event, one in said.items():
                if self._troubles.get(event) != one:
                    continue
                if one.is_over:
                    del self._troubles[event]
                else:
                    self._troubles[event] = replace(one, is_told=True)


def _is_due(one: _Trouble, now: datetime) -> bool:
    return not one.is_told and now - one.need.since >= A_WHILE
