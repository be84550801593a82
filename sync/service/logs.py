"""The service's log: events with fields, as JSON lines or for people; one event, one line (wrapped on a
terminal).

What libraries have to say (scheduler, HTTP clients, web server) goes the same way, from warnings up. Whatever is
written is made safe last of all: secrets of the files in force and everything shaped like a credential are masked,
after an error was put into words, and nothing in it can steer a terminal.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from shutil import get_terminal_size
from types import TracebackType
from typing import Literal, Protocol, TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import EventDict, FilteringBoundLogger, Processor

from connectors.redaction import MASK, redact
from sync.clock import Clock, system_clock
from sync.service.log_lines import as_json, for_people

Form = Literal["json", "people"]
Secrets = Callable[[], Collection[str]]

_LONGEST = 8_000  # characters of one value: a traceback whole, a vendor's page of HTML not


class Log(Protocol):
    """Where the service says what happens. `event`: a name (cycle_done); fields: plain values."""

    def info(self, event: str, **fields: object) -> None: ...

    def warning(self, event: str, **fields: object) -> None: ...

    def error(self, event: str, **fields: object) -> None: ...


class EventLog:
    """The log as it is written. An `exc_info` field (an error, or True within its handling) is put into words."""

    def __init__(self, bound: FilteringBoundLogger) -> None:
        self._bound = bound

    def info(self, event: str, **fields: object) -> None:
        self._bound.info(event, **fields)

    def warning(self, event: str, **fields: object) -> None:
        self._bound.warning(event, **fields)

    def error(self, event: str, **fields: object) -> None:
        self._bound.error(event, **fields)

    def bind(self, **fields: object) -> EventLog:
        """This log, with these fields in every line (workspace)."""
        return EventLog(self._bound.bind(**fields))


@contextmanager
def during(**fields: object) -> Iterator[None]:
    """Every line written by this thread while the block runs has these fields, a library's too."""
    with bound_contextvars(**fields):
        yield


def configure_logs(stream: TextIO, form: Form, secrets: Secrets, clock: Clock = system_clock) -> EventLog:
    """The log on `stream`, and the same for whatever a library or a dying thread says.

    `secrets`: of the files in force. A second call takes the place of the first; `release_logs` puts all back.
    """
    processors = _processors(form, secrets, clock, colours=_shows_colours(stream), width=lambda: _width(stream))
    lines = _Lines(stream)
    log = EventLog(
        structlog.wrap_logger(
            lines,
            processors=processors,
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            cache_logger_on_first_use=False,
        )
    )
    release_logs()
    root = logging.getLogger()
    root.addHandler(_Libraries(log))
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    threading.excepthook = lambda died: log.error(
        "thread_died", thread=died.thread.name if died.thread else "?", exc_info=died.exc_value
    )
    return log


def release_logs() -> None:
    """What libraries and dying threads say goes where Python sends it by itself."""
    root = logging.getLogger()
    for one in [handler for handler in root.handlers if isinstance(handler, _Libraries)]:
        root.removeHandler(one)
        logging.captureWarnings(False)
        threading.excepthook = threading.__excepthook__


# ── the way of an event ──────────────────────────────────────────────────────────────────────────────────────────────


def _processors(
    form: Form, secrets: Secrets, clock: Clock, *, colours: bool, width: Callable[[], int | None]
) -> list[Processor]:
    def stamped(_: object, level: str, event: EventDict) -> EventDict:
        return {"at": clock(), "level": level, **event}

    def masked(_: object, __: str, event: EventDict) -> EventDict:
        known = secrets()
        return {name: _masked(name, value, known) for name, value in event.items()}

    def rendered(_: object, __: str, event: EventDict) -> str:
        return as_json(event) if form == "json" else for_people(event, colours=colours, width=width())

    return [merge_contextvars, stamped, _error_in_words, masked, rendered]


def _error_in_words(_: object, __: str, event: EventDict) -> EventDict:
    """`exc_info` as `failed` (kind, words, place) and `traceback` (whole)."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if not isinstance(error, BaseException):
        return event
    kind = type(error).__name__
    said = f"{kind}: {error}" if str(error) else kind
    event["failed"] = f"{said} ({_place(error.__traceback__)})"
    event["traceback"] = "".join(traceback.format_exception(error))
    return event


def _place(trace: TracebackType | None) -> str:
    place = "before it began"
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _masked(name: str, value: object, secrets: Collection[str]) -> object:
    match value:
        case bool() | int() | float() | None | datetime():
            return value
        case dict():
            return {redact(str(key), secrets): _masked(str(key), one, secrets) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(name, one, secrets) for one in value]
    if MASK in redact(f'"{name}": "…"'):  # the field's own name says that it is secret
        return MASK
    text = redact(str(value), secrets)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


# ── where lines go and come from ─────────────────────────────────────────────────────────────────────────────────────


class _Lines:
    """Whole lines on a stream. A reader that went away does not end the service: its lines are lost, nothing else."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._lock = stream, threading.Lock()

    def info(self, line: str) -> None:
        with self._lock:
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
            except (OSError, ValueError):  # a closed pipe, a full disk; ValueError: the stream itself was closed
                return

    warning = error = info


class _Libraries(logging.Handler):
    """What a library logs, from warnings up, as an event of its own."""

    def __init__(self, log: EventLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        say = self._log.error if record.levelno >= logging.ERROR else self._log.warning
        try:
            said = record.getMessage()
        except (TypeError, ValueError, KeyError):  # a library's own mistake in a message is not ours to die of
            said = str(record.msg)
        error = record.exc_info[1] if record.exc_info else None
        say("library", library=record.name, said=said, **({"exc_info": error} if error else {}))


def _shows_colours(stream: TextIO) -> bool:
    return not os.environ.get("NO_COLOR") and stream.isatty()


def _width(stream: TextIO) -> int | None:
    """Columns of a terminal, where long lines are wrapped; in a file or a pipe an event is one line, however long."""
    return get_terminal_size().columns if not stream.closed and stream.isatty() else None
