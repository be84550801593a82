"""Google credentials: a service-account or authorized-user file, Application Default Credentials, or none at all.

A credential is loaded without any network call; what is wrong with it is a `NeedsPerson` that shows the path of the
file and never a word of its content.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import NeedsPerson
from connectors.settings import GoogleSettings

ANALYTICS_READ = "https://www.googleapis.com/auth/analytics.readonly"
SHEETS_READ = "https://www.googleapis.com/auth/spreadsheets.readonly"
SHEETS_WRITE = "https://www.googleapis.com/auth/spreadsheets"  # only where a tab is published; it reads, too

_SECRET_FIELDS = ("private_key", "private_key_id", "client_secret", "refresh_token", "token")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who alignd is at Google.

    `credentials`: a google.auth Credentials. `who`: for people, the address that needs access. `secrets`: for
    redaction.
    """

    credentials: Any
    who: str
    anonymous: bool = False
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


def load_principal(settings: GoogleSettings, scopes: Sequence[str]) -> Principal:
    """The credentials these settings name; raises NeedsPerson with the mend."""
    if settings.anonymous:
        from google.auth import credentials as plain

        nobody: Any = plain.AnonymousCredentials  # the library is untyped here
        return Principal(nobody(), "nobody (credentials: anonymous)", anonymous=True)
    if settings.credentials_file is None:
        return _application_default(settings.id, scopes)
    return _from_file(settings, scopes)


def _application_default(where: str, scopes: Sequence[str]) -> Principal:
    import google.auth
    from google.auth.exceptions import GoogleAuthError

    try:
        credentials, _ = google.auth.default(scopes=list(scopes))
    except (GoogleAuthError, OSError, ValueError):
        raise NeedsPerson(
            where,
            "no Google credentials found (none in the file, no Application Default Credentials)",
            "write credentials: PATH of a service-account file, or set GOOGLE_APPLICATION_CREDENTIALS",
        ) from None
    return Principal(credentials, str(getattr(credentials, "service_account_email", "") or "your Google login"))


def _from_file(settings: GoogleSettings, scopes: Sequence[str]) -> Principal:
    from google.auth.exceptions import GoogleAuthError
    from google.oauth2 import credentials as google_user
    from google.oauth2 import service_account

    class Robot(service_account.Credentials):
        """Without the library's own look-up of regional access boundaries: a thread that would call
        iamcredentials.googleapis.com behind our back, uncounted, also when the endpoint is a stand-in. The header it
        is for is optional.
        """

        def _is_regional_access_boundary_lookup_required(self) -> bool:
            return False

    robot: Any = Robot  # the library is untyped here
    user: Any = google_user.Credentials
    info = _read_file(settings)
    kind = info.get("type")
    try:
        if kind == "service_account":
            found: Any = robot.from_service_account_info(info, scopes=list(scopes))
            who = str(info["client_email"])
        elif kind == "authorized_user":
            # A user's grant is what it is: asking for scopes it lacks would make the refresh fail.
            found, who = user.from_authorized_user_info(info), "the Google login of the credential file"
        else:
            raise NeedsPerson(
                settings.id,
                f"{settings.credentials} is a Google file of type {str(kind)[:40]!r}, not a service account or user",
                "download the service account's JSON key, or use Application Default Credentials for other types",
            )
    except (GoogleAuthError, ValueError, KeyError, TypeError, AttributeError):
        raise NeedsPerson(
            settings.id,
            f"{settings.credentials} is not a complete Google credential file",
            "download the service account's JSON key once more and put it there unchanged",
        ) from None
    return Principal(found, who, secrets=frozenset(str(info[name]) for name in _SECRET_FIELDS if info.get(name)))


def _read_file(settings: GoogleSettings) -> dict[str, Any]:
    path = settings.credentials_file
    if path is None:
        raise ValueError("no credential file is named")
    try:
        info = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise NeedsPerson(
            settings.id,
            f"the credential file {settings.credentials} cannot be read: {problem.strerror}",
            "put the service account's JSON key there (paths are relative to the configuration file)",
        ) from None
    except ValueError:
        info = None
    if not isinstance(info, dict):
        raise NeedsPerson(
            settings.id,
            f"the credential file {settings.credentials} is not JSON",
            "put the service account's JSON key there as it was downloaded",
        )
    return info
