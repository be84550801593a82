"""What `doctor` says of a Slack channel: one line a thing, with the mend. Nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.base import Finding
from connectors.calls import Calls
from connectors.errors import BudgetSpent, NeedsPerson, VendorError
from connectors.fitting import one_line
from connectors.slack.client import SlackClient
from connectors.slack.settings import SlackSettings

HISTORY = {"C": "channels:history", "G": "groups:history", "D": "im:history"}


def examine(client: SlackClient, settings: SlackSettings, calls: Calls) -> Sequence[Finding]:
    """Token, channel, whether the app is in it, whether what was sent can be looked up."""
    where, channel = settings.id, settings.channel
    calls.needed(3)
    try:
        me = client.read("auth.test")
    except (VendorError, BudgetSpent) as trouble:
        return (Finding(where, trouble.what, ok=False, mend=trouble.advice),)
    team, user = _name(me.get("team")), _name(me.get("user"))
    found = [Finding(where, f"signed in to Slack ({team}) as {user}", ok=True)]
    try:
        about = client.read("conversations.info", channel=channel).get("channel")
    except NeedsPerson as trouble:
        if "scope" in trouble.advice:  # it may post all the same: chat:write is a right of its own
            what = f"channel {channel} cannot be looked at, so whether alignd's app is in it is not known"
            return (*found, Finding(where, what, ok=True, mend=trouble.advice))
        return (*found, Finding(where, trouble.what, ok=False, mend=trouble.advice))
    except (VendorError, BudgetSpent) as trouble:
        return (*found, Finding(where, trouble.what, ok=False, mend=trouble.advice))
    found.append(_channel(about if isinstance(about, dict) else {}, settings, user))
    if found[-1].ok:
        found.append(_history(client, settings))
    return tuple(found)


def _channel(about: Mapping[str, Any], settings: SlackSettings, user: str) -> Finding:
    where, name = settings.id, _name(about.get("name") or settings.channel)
    if about.get("is_archived") is True:
        mend = f"unarchive it, or name another one in channels.{where}.channel"
        return Finding(where, f"channel {name} is archived", ok=False, mend=mend)
    if about.get("is_im") is not True and about.get("is_member") is not True:
        mend = f"invite it: write /invite @{user} in the channel"
        return Finding(where, f"{user} is not in channel {name}, so it may not write there", ok=False, mend=mend)
    return Finding(where, f"channel {name} is there, and {user} is in it", ok=True)


def _history(client: SlackClient, settings: SlackSettings) -> Finding:
    try:
        client.read("conversations.history", channel=settings.channel, limit="1")
    except (VendorError, BudgetSpent):
        mend = f"add the scope {HISTORY[settings.channel[0]]} to the app's bot token and install the app again"
        what = "what was sent cannot be looked up: a message whose answer is lost stays in doubt"
        return Finding(settings.id, what, ok=True, mend=mend)
    return Finding(settings.id, "a message whose answer is lost can be looked up", ok=True)


def _name(said: object) -> str:
    return one_line(str(said or "somebody"), 80)
