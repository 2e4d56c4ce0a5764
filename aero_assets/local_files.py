"""Small JSON files on this disk that save work: a damaged file counts as missing. Standard library only."""

import json
import os
import threading
from pathlib import Path
from typing import Any


def read_local(path: Path) -> dict[str, Any]:
    """Read a JSON object of this disk; empty if it is damaged or missing, because its writer writes it again."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def write_atomically(path: Path, text: str) -> None:
    """Write a file completely or not at all, also with several writers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
