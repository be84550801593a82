"""Sending once: one request over a urllib3 pool within a deadline, and what a failure says of whether it left."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from typing import Any

import requests
import urllib3

from connectors.answers import Answer, lower_names, read_body
from connectors.patience import Patience

CONNECT, READ, WHOLE = 5.0, 30.0, 45.0  # seconds: to connect, between two packets, for the whole answer


def sent_once(
    pool: Any,
    method: str,
    url: str,
    *,
    query: Any,
    headers: Any,
    body: Any,
    patience: Patience,
    monotonic: Callable[[], float],
) -> Answer:
    """Send a request, `body` as JSON, and read its whole answer: no retry, no redirect, within `WHOLE` seconds.

    `pool`: a urllib3 PoolManager. Raises urllib3's errors, `TooSlow` and OSError.
    """
    deadline = monotonic() + min(WHOLE, CONNECT + patience.silence)
    options: dict[str, Any] = {"fields": query} if method == "GET" else {"body": json.dumps(body)}
    response = pool.request(
        method,
        url,
        headers=headers,
        timeout=urllib3.Timeout(connect=CONNECT, read=min(READ, patience.silence)),
        retries=False,
        redirect=False,
        preload_content=False,
        **options,
    )
    try:
        content = read_body(response, deadline=deadline, monotonic=monotonic)
    except BaseException:
        response.close()  # half an answer is in it: not to be used again
        raise
    response.release_conn()
    return Answer(response.status, lower_names(response.headers), content)


def never_left(trouble: Exception) -> bool:
    """Whether the request cannot have reached the vendor: no connection was ever made. Of requests and of urllib3."""
    if isinstance(trouble, requests.exceptions.ConnectTimeout):
        return True
    cause = _cause(trouble)
    if isinstance(cause, urllib3.exceptions.ProxyError):
        cause = cause.original_error
    # a subclass of ConnectTimeoutError or NewConnectionError: nothing has left this machine
    return isinstance(cause, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)


def bad_certificate(trouble: Exception) -> bool:
    """Whether the vendor's certificate was not accepted, so that nothing was said to it."""
    cause = _cause(trouble)
    told = cause.args if isinstance(cause, Exception) else ()
    parts = (trouble, *trouble.args, cause, *told)
    return any(isinstance(part, ssl.SSLCertVerificationError) for part in parts)


def _cause(trouble: Exception) -> object:
    """What urllib3 said: requests wraps it, and its MaxRetryError says it once more although nothing is retried."""
    if isinstance(trouble, urllib3.exceptions.HTTPError):
        return getattr(trouble, "reason", trouble)
    cause: object = trouble.args[0] if trouble.args else None
    return getattr(cause, "reason", cause)
