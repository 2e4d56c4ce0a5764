"""Schema drift: differences between a table and its known form, each with a remedy. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aero_extract.tables import SCHEMA, Table

Kind = Literal["added", "removed", "changed", "missing"]
REGISTER = "aero_assets/feeds/opsdb"
KNOWN = "infra/extract/src/aero_extract/tables.py"


class DriftError(ValueError):
    """A table cannot be read as it is known: nothing of this run becomes visible."""


@dataclass(frozen=True)
class Drift:
    """One difference between a table and what is known of it."""

    table: str
    column: str
    kind: Kind
    known: str | None
    actual: str | None

    @property
    def stops(self) -> bool:
        """A column that is only new does no harm: it is kept in raw and nobody reads it yet."""
        return self.kind != "added"

    def __str__(self) -> str:
        """The sentence for a person: what, where, how to fix."""
        if self.kind == "missing":
            return (
                f"{SCHEMA}.{self.table}: the table is not there, or the reader may not see it. Run the migrations of "
                "infra/extract/migrations, or grant select to the reader"
            )
        where = f"{SCHEMA}.{self.table}.{self.column}"
        if self.kind == "added":
            return (
                f"{where}: new column ({self.actual}); its values are in raw, no typed column reads them. Add it to "
                f"{KNOWN} and to {REGISTER}/{self.table}.toml"
            )
        if self.kind == "removed":
            return (
                f"{where}: column is gone (it was {self.known}). Bring it back, or take it out of {KNOWN} and of "
                f"{REGISTER}/{self.table}.toml"
            )
        return (
            f"{where}: column changed from {self.known} to {self.actual}. Change it back, or state the new type in "
            f"{KNOWN} and the typed column in {REGISTER}/{self.table}.toml"
        )


def drifts(table: Table, actual: Mapping[str, str]) -> list[Drift]:
    """Return every difference, in the order of the columns; `actual` is column → data_type, empty without a table."""
    if not actual:
        return [Drift(table.name, "", "missing", None, None)]
    known = table.columns
    different = [
        Drift(table.name, name, "changed" if name in actual else "removed", kind, actual.get(name))
        for name, kind in known.items()
        if actual.get(name) != kind
    ]
    new = {name: kind for name, kind in actual.items() if name not in known}
    return different + [Drift(table.name, name, "added", None, kind) for name, kind in new.items()]


def refuse(different: list[Drift]) -> None:
    """Raise `DriftError` naming every difference that stops an extract."""
    if stopping := [drift for drift in different if drift.stops]:
        raise DriftError("\n".join(str(drift) for drift in stopping))
