"""Redaction: known secrets and everything that looks like one become •••, before a text leaves a connector.

Two nets, because each has holes: the values the file expanded (`Config.secrets`), also in the disguises a vendor or a
library may echo them in; and the shapes of credentials, which catch what nobody registered.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus

MASK = "•••"
SHORTEST_SECRET = 4  # a shorter "secret" would blot out half of every sentence
LONGEST_WORDS = 300

_KEY = r"[\w-]*(?:api[_-]?key|token|secret|password|passwd|signature|private_key|credential|assertion)[\w-]*"
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), mask)
    for pattern, mask in (
        (r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", MASK),
        # the value of Authorization, whatever the scheme; Trello's has several parts in quotes
        (r"(authorization[\"']?\s*[:=]\s*)[^\r\n]+", rf"\g<1>{MASK}"),
        (r"\b(bearer|basic)\s+[\w.~+/=:-]{6,}", rf"\g<1> {MASK}"),
        (r"\boauth_(consumer_key|token)=[\"'][^\"'\r\n]*[\"']", rf'oauth_\g<1>="{MASK}"'),
        (r"(://)[^\s/@:]*:[^\s/@]+@", rf"\g<1>{MASK}@"),
        # ?key=…&token=… of a URL, and "token": "…" of a JSON body
        (r"([?&](?:key|" + _KEY + r")=)[^\s&#\"'<>]+", rf"\g<1>{MASK}"),
        (r"([\"']" + _KEY + r"[\"']\s*:\s*[\"'])(?:\\.|[^\"'\\])*", rf"\g<1>{MASK}"),
        (r"\b(" + _KEY + r"\s*=\s*)[^\s&,;\"'<>]+", rf"\g<1>{MASK}"),
        (r"\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*", MASK),  # JSON web token
        (r"\bya29\.[\w.-]{8,}", MASK),  # Google access token
        (r"\bAIza[\w-]{20,}", MASK),  # Google API key
        (r"\b1//[\w-]{20,}", MASK),  # Google refresh token
        (r"\bGOCSPX-[\w-]{10,}", MASK),  # Google client secret
        (r"\bATTA[0-9a-f]{32,}", MASK),  # Trello token
        (r"\b[012]/\d{6,}(?:/\d+)?:[0-9a-f]{16,}", MASK),  # Asana personal access token
        (r"\bxox[a-z]-[\w-]{8,}", MASK),  # Slack
        (r"\bpat-[a-z0-9]{2,4}-[0-9a-f-]{20,}", MASK),  # HubSpot
    )
)


@lru_cache(maxsize=4096)
def _disguises(secret: str) -> frozenset[str]:
    """The secret as it is, quoted for a URL, inside JSON, and in base64 (alone, as Basic authorisation sends it)."""
    forms = {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    forms.add(base64.b64encode(secret.encode()).decode())
    return frozenset(form for form in forms if len(form) >= SHORTEST_SECRET)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with every known secret, in any disguise, and everything shaped like a credential masked."""
    forms = {form for secret in secrets if len(secret) >= SHORTEST_SECRET for form in _disguises(secret)}
    for form in sorted(forms, key=len, reverse=True):  # the longest first: one secret may contain another
        text = text.replace(form, MASK)
    for pattern, mask in _SHAPES:
        text = pattern.sub(mask, text)
    return text


def vendor_words(text: str, secrets: Iterable[str] = (), *, limit: int = LONGEST_WORDS) -> str:
    """A vendor's own message, fit to be shown: redacted, one line, no control characters, at most `limit` long.

    A web page in place of an answer is said to be one; its markup helps nobody.
    """
    shown = text[: 20 * limit]  # redacting megabytes of somebody's HTML is no use either
    if re.match(r"\s*(?:<!doctype|<html|<\?xml)", shown, re.IGNORECASE):
        return "a web page instead of an answer"
    shown = redact(shown, secrets)
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in shown).split())
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"
