"""The tables that a crawler would make of a listing, by the rules that AWS documents; no crawler runs for it.

Documented: an object outside of the include paths, or that an exclusion matches, is not looked at; tables lie at the
configured level, of which the bucket is the first; with CombineCompatibleSchemas the objects of a table need the same
format, the same compression and the same structure of path, while columns may differ. Sources: "Creating a single
schema for each Amazon S3 include path", "Specifying the table location and partitioning level" and "Include and exclude
patterns" of the Glue developer guide.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

COMPRESSIONS = (".gz", ".bz2", ".zst", ".snappy")


@dataclass(frozen=True, order=True)
class Kind:
    """The properties of an object in which all objects of a table must agree."""

    suffix: str
    compression: str
    partition_keys: tuple[str, ...]

    def __str__(self) -> str:
        """Return the kind for a person."""
        packed = f", {self.compression}" if self.compression else ""
        return f"{self.suffix or 'no suffix'}{packed}, by {'/'.join(self.partition_keys) or 'nothing'}"


@dataclass(frozen=True)
class Crawl:
    """The include paths of a crawler with their exclusions, and the level of its tables."""

    bucket: str
    paths: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]
    level: int

    @classmethod
    def of(cls, crawler: Mapping[str, Any], bucket: str) -> "Crawl":
        """Read the description that Glue gives of a crawler; ValueError if it leaves grouping to similarity."""
        grouping = json.loads(crawler.get("Configuration") or "{}").get("Grouping", {})
        level = grouping.get("TableLevelConfiguration")
        if grouping.get("TableGroupingPolicy") != "CombineCompatibleSchemas" or not level:
            raise ValueError(f"crawler {crawler['Name']} groups by similarity: its tables follow from no rule")
        paths = [
            (target["Path"].removeprefix(f"s3://{bucket}/"), tuple(map(_pattern, target.get("Exclusions", ()))))
            for target in crawler["Targets"]["S3Targets"]
        ]
        return cls(bucket, tuple(paths), int(level))

    def sees(self, key: str) -> bool:
        """Return True if an object is in an include path and no exclusion of the path matches it."""
        for path, exclusions in self.paths:
            if key.startswith(path):
                return not any(pattern.fullmatch(key.removeprefix(path)) for pattern in exclusions)
        return False

    def tables(self, keys: Iterable[str]) -> dict[str, set[Kind]]:
        """Return the folders of tables, each with the kinds of its objects; of each kind there would be a table."""
        kinds_of: dict[str, set[Kind]] = {}
        for key in filter(self.sees, keys):
            # The bucket is the first level.
            *folders, name = key.split("/")
            place, below = folders[: self.level - 1], folders[self.level - 1 :]
            kinds_of.setdefault("/".join(place), set()).add(_kind(name, below))
        return kinds_of


def several(tables: Mapping[str, set[Kind]]) -> dict[str, list[str]]:
    """Return the folders of which a crawler would make more than one table, with the kinds of their objects."""
    return {place: sorted(map(str, kinds)) for place, kinds in sorted(tables.items()) if len(kinds) > 1}


def _kind(name: str, folders: list[str]) -> Kind:
    compression = next((suffix for suffix in COMPRESSIONS if name.endswith(suffix)), "")
    stem, dot, suffix = name.removesuffix(compression).rpartition(".")
    keys = tuple(
        folder.partition("=")[0] if "=" in folder else f"partition_{number}" for number, folder in enumerate(folders)
    )
    return Kind(dot + suffix if stem else "", compression, keys)


def _pattern(glob: str) -> re.Pattern[str]:
    """Return a glob of an exclusion as an expression: one star stays within a folder, two cross folders."""
    parts = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(parts.get(word) or re.escape(word) for word in re.split(r"(\*\*|\*|\?)", glob)))
