"""The few HTTP requests that ask local services for their state. Loopback only, no proxy."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

# A proxy from the environment has no business between two processes of one machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def why_not(url: str, timeout: float = 2) -> str:
    """Return, in a few words, the reason why an address does not answer with success; empty if it does."""
    try:
        with _opener.open(url, timeout=timeout):
            return ""
    except urllib.error.HTTPError as error:
        return f"answers {error.code} at {url}"
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return f"does not answer at {url}"


def get_json(url: str, timeout: float = 2) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return the JSON at an address, or None while nobody answers with JSON."""
    try:
        with _opener.open(url, timeout=timeout) as response:
            return json.load(response)
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError):
        return None


def graphql(url: str, query: str, timeout: float = 10) -> dict[str, Any] | None:
    """Return the data of a GraphQL query, or None while nobody answers."""
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - our own
    try:
        with _opener.open(request, timeout=timeout) as response:
            return json.load(response).get("data")
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError):
        return None
