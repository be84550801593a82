"""Who would be told and cannot be: recipients without an address, letters that go to nobody. Warnings only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from config.checking import Checking
from config.problems import Trail
from connectors.email.settings import EmailSettings
from connectors.settings import ChannelSettings
from mapping.digests import Digest
from mapping.people import Person, Team
from mapping.reviews import Review


@dataclass(slots=True)
class Recipients:
    """Looks at channels, digests, reviews and alerts of a file in which all else is right."""

    checking: Checking
    channels: Mapping[str, ChannelSettings]
    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    _named: set[str] = field(default_factory=set)

    def look_at(self, digests: Sequence[Digest], reviews: Mapping[str, Review], alerts: str | None) -> None:
        """Warn of each person once, where they are met first."""
        for name, channel in self.channels.items():
            if isinstance(channel, EmailSettings):
                self._each(("channels", name, "to"), channel.to)
        for place, digest in enumerate(digests):
            self._digest(("digests", place), digest)
        for name, review in reviews.items():
            if any(isinstance(self.channels.get(one), EmailSettings) for one in review.summary_to):
                self._each(("reviews", name, "invite"), review.invite)
        self._alerts(alerts)

    def _digest(self, path: Trail, digest: Digest) -> None:
        channel = self.channels.get(digest.channel)
        if isinstance(channel, EmailSettings):
            self._each((*path, "to"), digest.to)
            if not (digest.to or channel.to):
                text = f"nobody gets this digest: write to: here, or in channels.{digest.channel}"
                self.checking.warn((*path, "channel"), text)
        elif digest.to:
            text = "everybody in the Slack channel reads this digest, so to: does nothing here; remove it"
            self.checking.warn((*path, "to"), text, at_key=True)

    def _alerts(self, alerts: str | None) -> None:
        channel = self.channels.get(alerts) if alerts is not None else None
        if isinstance(channel, EmailSettings) and not channel.to:
            self.checking.warn(("daemon", "alerts"), f"nobody gets alerts: write to: in channels.{alerts}")

    def _each(self, path: Trail, names: Sequence[str]) -> None:
        for place, name in enumerate(names):
            for person in self._meant(name):
                if person.email is None and person.id not in self._named:
                    self._named.add(person.id)
                    text = f"{person.id} has no email, so no mail goes to them: write people.{person.id}.email"
                    self.checking.warn((*path, place), text)

    def _meant(self, name: str) -> Sequence[Person]:
        if name in self.people:
            return [self.people[name]]
        return [one for one in self.people.values() if one.team == name] if name in self.teams else []
