"""The few requests with which we ask our own services how they are. Loopback only, no proxy."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

# A proxy from the environment has no business between two processes of one machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(url: str, timeout: float = 2) -> bool:
    """True when the address answers with success."""
    try:
        with _opener.open(url, timeout=timeout) as response:
            return response.status < 400
    except (urllib.error.URLError, OSError):
        return False


def graphql(url: str, query: str, timeout: float = 10) -> dict[str, Any] | None:
    """Return the data of a GraphQL query, or None while nobody answers."""
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - our own
    try:
        with _opener.open(request, timeout=timeout) as response:
            return json.load(response).get("data")
    except (urllib.error.URLError, OSError, ValueError):
        return None
