"""A large workspace shown and told: what a cycle costs more for it; reports, pages and letters beside that cycle."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from statistics import median
from urllib.parse import urlsplit

import config
from bench.large import KPIS, environ, large
from bench.measure import Measured
from bench.world import World, world
from config import Config
from connectors.patience import Patience
from connectors.registry import build_channel
from mapping.documents import Document, paragraph
from mapping.letters import Fate, Letter, LetterKind
from sync.app import open_app
from sync.clock import fixed_clock
from sync.service.dashboard.pages import Wanted
from sync.service.dashboard.site import Frame, Site
from sync.service.state import ServiceState
from sync.unified import Format, report_text

ROUNDS, LETTERS = 5, 100


def measures() -> list[Measured]:
    """Quiet cycles of two equal workspaces take turns, one told of everywhere, one nowhere; the rest against them."""
    with world() as told, world() as silent:
        files: dict[str, Config] = {}
        for made_in in (told, silent):
            large(made_in, told=made_in is told)
            files[made_in.folder.name] = _loaded(made_in)
            _sync(made_in, files[made_in.folder.name])
        taken: list[tuple[World, list[float]]] = [(told, []), (silent, [])]
        for _ in range(ROUNDS):
            for made_in, seconds in taken:
                made_in.later(minutes=4)
                seconds.append(_seconds(partial(_sync, made_in, files[made_in.folder.name])))
        calls = told.asked("sheets") + told.asked("slack") + len(told.sandbox.mails)
        shown, quiet = (median(seconds) for _, seconds in taken)
        said = f"{shown:.2f} s against {quiet:.2f} s of CPU"
        found = [
            Measured(f"a quiet cycle of {KPIS:,} KPIs, told of, to one that is not", shown / quiet, 1.1, said),
            Measured("calls that telling adds to a quiet cycle", calls, 0.0, "spreadsheet, chat and mail", "calls"),
        ]
        return [*found, *_shown(told, files[told.folder.name], quiet), *_letters(told, files[told.folder.name])]


def _shown(made_in: World, file: Config, quiet: float) -> list[Measured]:
    """Each against a quiet cycle that tells nobody: both read the whole store once."""
    with open_app(file, at=made_in.now) as app:
        alignment = app.alignment()
        took = {"the alignment": _median(app.alignment), "status": _median(lambda: app.status(None))}
    first = _seconds(lambda: report_text(alignment, Format.HTML))
    size = len(report_text(alignment, Format.HTML)) / 1024**2
    took |= {
        "its report in HTML, drawn anew": first,
        "in Markdown": _seconds(lambda: report_text(alignment, Format.MD)),
    }
    site = Site(ServiceState(made_in.now), version="", clock=fixed_clock(made_in.now))
    site.keep([file])

    def page(wanted: Wanted) -> None:
        answer = site.page(file.workspace.id, wanted, Frame()).result()
        if answer.status != 200:
            raise AssertionError(f"{wanted} was answered {answer.status}")

    try:
        overview, kpi = Wanted("overview"), Wanted("kpi", "k3")
        took |= {
            "the dashboard's first page": _seconds(lambda: page(overview)),
            "a KPI's page": _seconds(lambda: page(kpi)),
        }
        again = _seconds(lambda: [site.page(file.workspace.id, overview, Frame()).result() for _ in range(100)]) / 100
    finally:
        site.close()
    goals = {"the dashboard's first page": 4.0, "a KPI's page": 3.0}
    found = [
        Measured(f"{name} of {KPIS:,} KPIs, to a quiet cycle", one / quiet, goals.get(name, 1.5), f"{one:.2f} s of CPU")
        for name, one in took.items()
    ]
    return [
        *found,
        Measured("the report's HTML", size, 2.0, f"{KPIS:,} KPIs, 40 of them drawn", "MiB"),
        Measured("the dashboard's first page, asked for again", again * 1000, 5.0, "mean of 100", "ms"),
    ]


def _letters(made_in: World, file: Config) -> list[Measured]:
    """Mails to the stand-in, one by one, against the same words by smtplib alone."""
    at = urlsplit(made_in.sandbox.smtp.url)
    channel = build_channel(file.channels["mail"], Patience(budget=600), "bench")

    def bare(number: int) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "a@acme.example", "p0@acme.example", f"Letter {number}"
        mail.set_content("How things stand.")
        with smtplib.SMTP(at.hostname or "", at.port or 0) as server:
            server.send_message(mail)

    def ours(number: int) -> None:
        said = Document((paragraph("How things stand."),))
        letter = Letter(f"bench/{number}", LetterKind.DIGEST, f"Letter {number}", said, dated=datetime.now(UTC))
        if channel.send(letter, "p0@acme.example").fate is not Fate.SENT:
            raise AssertionError("a letter was not sent")

    taken: dict[Callable[[int], None], float] = {}
    for send in (bare, ours, bare, ours):
        begun = time.perf_counter()
        for number in range(LETTERS):
            send(number)
        taken[send] = time.perf_counter() - begun
    how = f"{LETTERS / taken[ours]:.0f} a second against {LETTERS / taken[bare]:.0f}"
    return [Measured("mails one by one, to smtplib alone", taken[ours] / taken[bare], 1.5, how)]


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _loaded(made_in: World) -> Config:
    loaded = config.load(made_in.file, environ())
    if loaded.config is None:
        raise ValueError("\n".join(str(one) for one in loaded.problems))
    return loaded.config


def _sync(made_in: World, file: Config) -> None:
    made_in.sandbox.forget_requests()
    with open_app(file, at=made_in.now, patience=Patience(budget=600)) as app:
        app.sync()


def _median(do: Callable[[], object]) -> float:
    return median(_seconds(do) for _ in range(3))


def _seconds(do: Callable[[], object]) -> float:
    """Seconds of CPU of this process, the stand-ins' among them: a busy machine does not lengthen them."""
    begun = time.process_time()
    do()
    return time.process_time() - begun
