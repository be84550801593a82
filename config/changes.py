"""What changed in the file since the last sync, in words: a summary of each file is kept, and two are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from config.model import Config
from config.words import said_policy, said_targets
from mapping.definitions import canonical, digest
from mapping.kpis import Kpi
from mapping.wording_rhythms import say_rhythm

FORM = 1


def summary(config: Config) -> dict[str, Any]:
    """What is compared, as JSON-able data. No secret, no credential and no text from a source is in it."""
    return {
        "form": FORM,
        "kpis": {name: _kpi(config, kpi) for name, kpi in config.kpis.items()},
        "people": {name: person.name for name, person in config.people.items()},
        "away": {
            name: [[str(a.first), str(a.last), a.deputy] for a in person.away] for name, person in config.people.items()
        },
        "sources": {name: terms.identity for name, terms in config.terms.items()},
        "trackers": {name: [tracker.kind, tracker.mode] for name, tracker in config.trackers.items()},
        "routes": dict(config.routes),
        "goals": {goal.id: [goal.title, goal.owner, list(goal.kpis)] for goal in config.goals},
        "reviews": {name: review.title for name, review in config.reviews.items()},
        "rhythms": {name: say_rhythm(review.rhythm) for name, review in config.reviews.items()},
        "campaigns": {campaign.id: campaign.title for campaign in config.campaigns},
    }


def _kpi(config: Config, kpi: Kpi) -> dict[str, Any]:
    return {
        "name": kpi.name,
        "definition": digest(canonical(kpi, config.kpis, config.terms, config.workspace.calendar)),
        "owner": kpi.owner,
        "data_owner": kpi.data_owner,
        "target": said_targets(config, kpi),
        "policy": said_policy(config, kpi),
        "paused": [[str(pause.first), str(pause.last)] for pause in kpi.paused],
        "tracker": config.tracker_for(kpi.owner),
        "was": kpi.was,
    }


def changes(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> tuple[str, ...]:
    """Lines for people: what changed from one summary to the next. Nothing on the first sight of a file."""
    if before is None or before.get("form") != FORM:
        return ()
    return (
        *_kpi_changes(before, now),
        *_gone_and_new(before, now, "people", "person"),
        *_away_changes(before, now),
        *_tracker_changes(before, now),
        *_source_changes(before, now),
        *_goal_changes(before, now),
        *_gone_and_new(before, now, "reviews", "review"),
        *_rhythm_changes(before, now),
        *_gone_and_new(before, now, "campaigns", "campaign"),
    )


def proposals(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """(new id, former id) of KPIs that look renamed without `was:`: one went and one came, counted the same way."""
    if before is None or before.get("form") != FORM:
        return ()
    renamed = {kpi["was"] for kpi in now["kpis"].values()}
    gone = {name: kpi for name, kpi in before["kpis"].items() if name not in now["kpis"] and name not in renamed}
    come = {name: kpi for name, kpi in now["kpis"].items() if name not in before["kpis"] and not kpi["was"]}
    found = []
    for name, kpi in come.items():
        same = [old for old, former in gone.items() if former["definition"] == kpi["definition"]]
        alike = [old for old, former in gone.items() if former["name"] == kpi["name"]]
        only = list(gone) if len(gone) == len(come) == 1 else []
        candidates = same if len(same) == 1 else alike if len(alike) == 1 else only
        if candidates:
            found.append((name, candidates[0]))
    return tuple(found)


def _kpi_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    olds, news = before["kpis"], now["kpis"]
    maybe = dict(proposals(before, now))
    renamed = {kpi["was"]: name for name, kpi in news.items() if kpi["was"] in olds and kpi["was"] not in news}
    lines = []
    for name, kpi in news.items():
        former = kpi["was"] if renamed.get(kpi["was"]) == name else name
        if former != name:
            lines.append(f"{kpi['name']} ({name}) goes on with the history and items of {former}")
        if former in olds:
            lines.extend(_one_kpi(kpi, olds[former], now["people"] | before["people"]))
        else:
            lines.append(f"{kpi['name']} ({name}) is new")
        if name in maybe:
            lines.append(
                f"if {name} is the former {maybe[name]}, write was: {maybe[name]} at it to keep its history and items"
            )
    for name, kpi in olds.items():
        if name not in news and name not in renamed:
            lines.append(f"{kpi['name']} ({name}) is gone: its open items get one comment and are left to people")
    return lines


def _one_kpi(new: Mapping[str, Any], old: Mapping[str, Any], people: Mapping[str, str]) -> list[str]:
    name, lines = new["name"], []
    if new["name"] != old["name"]:
        lines.append(f"{old['name']} is called {new['name']} now")
    if new["definition"] != old["definition"]:
        lines.append(f"{name} is counted differently: its history breaks here, and it is not yet agreed")
    for key, called in (("owner", "owner"), ("data_owner", "data owner")):
        if new[key] != old[key]:
            lines.append(f"{name}: {called} {_who(new[key], people)} (was {_who(old[key], people)})")
    if new["target"] != old["target"]:
        lines.append(f"{name}: {new['target']} (was {old['target']}); past periods keep the target that judged them")
    for key in dict.fromkeys([*old["policy"], *new["policy"]]):
        if new["policy"].get(key) != old["policy"].get(key):
            lines.append(f"{name}: {key} {new['policy'].get(key)} (was {old['policy'].get(key)})")
    if new["paused"] != old["paused"]:
        spans = ", ".join(f"{first} to {last}" for first, last in new["paused"])
        lines.append(f"{name}: " + (f"paused {spans}" if spans else "no longer paused"))
    if new["tracker"] != old["tracker"]:
        lines.append(
            f"{name}: new work goes to {new['tracker']} (was {old['tracker']}); open items stay where they are"
        )
    return lines


def _who(person: str | None, people: Mapping[str, str]) -> str:
    return people.get(person, person) if person is not None else "nobody"


def _gone_and_new(before: Mapping[str, Any], now: Mapping[str, Any], section: str, what: str) -> list[str]:
    olds, news = before.get(section, {}), now.get(section, {})
    lines = [f"{what} {news[name]} ({name}) is new" for name in news if name not in olds]
    end = ": open work of theirs gets one comment and is left to people" if section == "people" else ""
    return lines + [f"{what} {olds[name]} ({name}) is gone{end}" for name in olds if name not in news]


def _rhythm_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    olds, titles = before.get("rhythms", {}), now["reviews"]
    return [
        f"review {titles[name]} meets {said} now (was {olds[name]})"
        for name, said in now["rhythms"].items()
        if olds.get(name) not in (None, said)
    ]


def _away_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    lines = []
    for person, spans in now["away"].items():
        old = before["away"].get(person, [])
        for first, last, deputy in spans:
            if [first, last, deputy] not in old:
                stands_in = f", {_who(deputy, now['people'])} stands in" if deputy else ""
                lines.append(f"{_who(person, now['people'])} is away {first} to {last}{stands_in}")
    return lines


def _tracker_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, (kind, mode) in now["trackers"].items():
        old = before["trackers"].get(name)
        if old is None:
            lines.append(f"tracker {name} ({kind}) is new")
        elif old[1] != mode:
            does = "writes now" if mode == "act" else "only watches now, nothing is written there"
            lines.append(f"tracker {name} {does} (mode {mode}, was {old[1]})")
    lines.extend(
        f"tracker {name} is gone: its items are left as they are"
        for name in before["trackers"]
        if name not in now["trackers"]
    )
    for team in dict.fromkeys([*before["routes"], *now["routes"]]):
        old, new = before["routes"].get(team), now["routes"].get(team)
        if old != new:
            whose = "all other work" if team == "default" else f"work for {team}"
            lines.append(f"{whose} goes to {new or 'the default'} (was {old or 'the default'}); open items stay")
    return lines


def _source_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Sequence[str]:
    olds, news = before["sources"], now["sources"]
    lines = [f"source {name} is new" for name in news if name not in olds]
    lines += [f"source {name} is gone" for name in olds if name not in news]
    lines += [
        f"source {name} reads {news[name]} (was {olds[name]})"
        for name in news
        if name in olds and news[name] != olds[name]
    ]
    return lines


def _goal_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    olds, news = before["goals"], now["goals"]
    lines = [f"goal {news[name][0]} ({name}) is new" for name in news if name not in olds]
    lines += [f"goal {olds[name][0]} ({name}) is gone" for name in olds if name not in news]
    lines += [
        f"goal {news[name][0]} ({name}) has changed" for name in news if name in olds and news[name] != olds[name]
    ]
    return lines
