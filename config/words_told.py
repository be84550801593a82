"""Who is told, what is met about once, and where all of it is shown, back in words: a sentence each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from config.model import Config
from mapping.campaigns import alignment_day
from mapping.people import call_name
from mapping.wording import join_words, show_day
from mapping.wording_rhythms import say_rhythm

_LONG_AGO = date.min  # no year is this one: every date is said with its year
_KINDS = {"slack": "Slack", "email": "mail"}


def told_in_words(config: Config) -> Iterator[str]:
    """Events, digests, summaries, alerts, what is published, the dashboard."""
    calendar = config.workspace.calendar
    for event in config.events:
        leads = f", {call_name(event.owner, config.people)} leads" if event.owner is not None else ""
        due = show_day(alignment_day(event, calendar), _LONG_AGO)
        yield f"{event.title} is on {show_day(event.on, _LONG_AGO)}; its alignment review is due {due}{leads}."
    for digest in config.digests:
        to = f" to {_named(digest.to, config)}" if digest.to else ""
        yield f"A digest goes to {_channel(digest.channel, config)}{to} {say_rhythm(digest.rhythm)}."
    for review in config.reviews.values():
        if review.summary_to:
            channels = join_words([_channel(one, config) for one in review.summary_to])
            yield f"The summary of {review.title} goes to {channels}, the morning after."
    if config.daemon.alerts is not None:
        yield f"When alignd itself needs a person, {_channel(config.daemon.alerts, config)} hears of it."
    if config.publish.tab:
        yield f"The tab {config.publish.tab} of {config.publish.source} shows how the KPIs stand."
    for kpi in config.publish.goals:
        yield f"A goal in Asana shows the number of {config.kpis[kpi].name}."
    if config.daemon.http is not None:
        yield f"alignd run shows its dashboard at http://{config.daemon.http}."


def _channel(name: str, config: Config) -> str:
    return f"{name} ({_KINDS.get(config.channels[name].kind, config.channels[name].kind)})"


def _named(ids: Sequence[str], config: Config) -> str:
    return join_words([config.teams[one].name if one in config.teams else config.people[one].name for one in ids])
