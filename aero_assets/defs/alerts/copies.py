"""Copies of logs in the raw zone: lines of the transition log and decisions, in parts by the hour of their writing.

A part is never written twice. The parts themselves show which lines are copied; parts that the copier remembers need
not be read. A copier that died after writing a part, but before noting it, finds the part by listing.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aero_assets.feeds import find
from aero_assets.storage import Bucket, DamagedObjectError
from aero_streaming.alerts.items import Item
from aero_streaming.alerts.store import AlertStore

TRANSITIONS, DECISIONS = find("alerts/transitions"), find("alerts/decisions")
#: Lines that people write, each together with a decision.
ACTS = frozenset({"ACKNOWLEDGED", "SHELVED", "UNSHELVED"})
#: Fields of a line that change after it was written, or only place it in its table.
PASSING = frozenset({"notify_state", "pending", "sent_at", "expires_at", "arrived_hour", "arrival"})
HOURS_REMEMBERED = 24


@dataclass
class Copier:
    """Copies lines to the raw zone; `parts` are the parts that it need not read, as folder of an hour and names."""

    raw: Bucket
    scratch: Path
    parts: dict[str, list[str]] = field(default_factory=dict)

    def copy(self, feed_path: str, lines: Iterable[Item]) -> int:
        """Write those lines that no part holds, one part per hour; return the number of lines."""
        hours: dict[str, dict[str, Item]] = {}
        for line in lines:
            day, hour = line["arrived_at"][:13].split("T")
            hours.setdefault(f"{feed_path}/dt={day}/hh={hour}", {})[line["log_id"]] = line
        return sum(self._copy(folder, items) for folder, items in sorted(hours.items()))

    def remembered(self) -> dict[str, list[str]]:
        """Return the entries of `parts` that the next copier may need."""
        newest = sorted(self.parts, key=lambda folder: folder.split("/dt=")[1], reverse=True)
        return {folder: self.parts[folder] for folder in newest[:HOURS_REMEMBERED]}

    def _copy(self, folder: str, items: dict[str, Item]) -> int:
        names = [item.key.rsplit("/", 1)[-1] for item in self.raw.list(f"{folder}/")]
        for name in set(names) - set(self.parts.get(folder, ())):
            for log_id in self._ids(f"{folder}/{name}"):
                items.pop(log_id, None)
        if items:
            day, hour = folder.split("/dt=")[1].split("/hh=")
            name = f"{day}T{hour}-{len(names) + 1:05d}.jsonl.gz"
            self._write(f"{folder}/{name}", items.values())
            names.append(name)
        self.parts[folder] = sorted(names)
        return len(items)

    def _ids(self, key: str) -> list[str]:
        with TemporaryDirectory(dir=self.scratch, prefix="part-") as work:
            file = Path(work) / "part"
            self.raw.download(key, file)
            try:
                lines = gzip.decompress(file.read_bytes()).splitlines()
                return [json.loads(json.loads(line)["body"])["log_id"] for line in lines]
            except (EOFError, OSError, zlib.error, ValueError, KeyError, TypeError) as error:
                raise DamagedObjectError(self.raw.name, key, f"it is no part of a log ({error})") from error

    def _write(self, key: str, lines: Iterable[Item]) -> None:
        with TemporaryDirectory(dir=self.scratch, prefix="part-") as work:
            file = Path(work) / "part"
            file.write_bytes(gzip.compress(b"".join(map(wrapped, lines)), mtime=0))
            self.raw.upload(file, key)


def wrapped(line: Mapping[str, Any]) -> bytes:
    """Return a line in the form of JSON lines in the raw zone: its arrival time, no reason of refusal, and the line."""
    body = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    wrapper = {"arrived_at": line["arrived_at"], "reason": None, "message": None, "body": body}
    return json.dumps(wrapper, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def transition_lines(lines: Iterable[Item], labels: Mapping[str, str]) -> list[Item]:
    """Return log lines as they are copied: only the fields that stay true, and the label of made-up data."""
    return [
        {
            **{name: value for name, value in line.items() if name not in PASSING},
            "log_id": line["transition_id"],
            **_label(labels.get(line["alert_key"])),
        }
        for line in lines
    ]


def decision_lines(store: AlertStore, lines: Iterable[Item], labels: Mapping[str, str]) -> list[Item]:
    """Return, as they are copied, the decisions that were written together with acts among these lines."""
    acts = {(line["alert_key"], line["arrived_at"]) for line in lines if line["kind"] in ACTS}
    decisions = [
        decision
        for subject in sorted({alert_key for alert_key, _ in acts})
        for decision in store.query(store.tables.decisions, ("subject", subject))
        if (subject, decision["decided_at"]) in acts
    ]
    return [
        {
            **{name: value for name, value in decision.items() if name != "decided"},
            "log_id": decision["decision_id"],
            "arrived_at": decision["decided_at"],
            **_label(labels.get(decision["subject"])),
        }
        for decision in decisions
    ]


def labels_of(alerts: Mapping[str, Item]) -> dict[str, str]:
    """Return the data label of each alert that has one."""
    return {key: label for key, item in alerts.items() if (label := item.get("facts", {}).get("data_label"))}


def _label(label: str | None) -> dict[str, str]:
    return {"data_label": label} if label else {}
