"""The only module that reads AERO_ENV, the AERO_* and the REDSHIFT_* variables, and how the environments differ.

Nothing is read or checked at import: a missing value is named in the error of the first call that needs it. Standard
library only, so that every process of the platform may import it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aero_streaming.events.limits import CLOCKS

NAMES = ("local", "dev", "prod")
BUCKETS = ("raw", "lake", "results", "inbox")
#: The engines of the warehouse, by the names of dbt's targets.
DUCKDB, REDSHIFT = "duckdb", "redshift"
PREFIXES = ("AERO_", "REDSHIFT_")
#: Outside of AERO_ENV=local the orchestrator's role is its login: there is no password.
IAM = "iam_role"
#: The emulator's account. It is no account of AWS: nothing local can reach one by mistake.
LOCAL_ACCOUNT = "000000000000"
LOCAL_REGION = "us-east-1"
PROJECT = Path(__file__).parents[1]


class ConfigurationError(ValueError):
    """The environment has an unknown value, or lacks a value that is needed."""


@dataclass(frozen=True)
class RedshiftPlace:
    """The address of Redshift and the login; dbt's profile reads the same variables."""

    host: str
    port: int
    database: str
    region: str
    workgroup: str
    account: str
    method: str = IAM
    #: For the tests' database only.
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Environment:
    """The environment of this process, and the names and places derived from it."""

    name: str = "local"
    #: The variables as they were read; values are looked up when they are used.
    variables: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise ConfigurationError(f"AERO_ENV={self.name!r} is unknown; it is one of {', '.join(NAMES)}")

    @classmethod
    def current(cls, environ: Mapping[str, str] | None = None) -> "Environment":
        """Return the environment of this process; local when AERO_ENV is not set."""
        environ = os.environ if environ is None else environ
        more = ("AWS_REGION", "DBT_ENV_SECRET_REDSHIFT_PASSWORD")
        variables = {key: value for key, value in environ.items() if value and key.startswith((*PREFIXES, *more))}
        return cls(variables.get("AERO_ENV", "local"), variables)

    @property
    def is_local(self) -> bool:
        """True on the emulator."""
        return self.name == "local"

    @property
    def buckets(self) -> dict[str, str]:
        """Every bucket's name by its role: raw, lake, results, inbox."""
        return {role: self._bucket(role) for role in BUCKETS}

    @property
    def raw_bucket(self) -> str:
        """Bucket of the raw zone."""
        return self._bucket("raw")

    @property
    def lake_bucket(self) -> str:
        """Bucket of the typed zone, manifests, outcomes and quarantine."""
        return self._bucket("lake")

    @property
    def results_bucket(self) -> str:
        """Bucket of Athena's results and of the Lambdas' zips."""
        return self._bucket("results")

    @property
    def inbox_bucket(self) -> str:
        """Bucket where partners drop files."""
        return self._bucket("inbox")

    @property
    def raw_database(self) -> str:
        """Glue database of the raw zone."""
        return f"aero_{self.name}_raw"

    @property
    def typed_database(self) -> str:
        """Glue database of the typed zone."""
        return f"aero_{self.name}_typed"

    @property
    def published_database(self) -> str:
        """Glue database of the published marts."""
        return f"aero_{self.name}_published"

    @property
    def workgroup(self) -> str:
        """Athena workgroup of every reader."""
        return f"aero-{self.name}"

    def role(self, name: str) -> str:
        """Return the name of a role from the templates, e.g. ``aero-local-analyst``."""
        return f"aero-{self.name}-{name}"

    @property
    def state(self) -> Path:
        """Directory of everything a platform keeps on this machine."""
        if self.is_local:
            return Path(self.variables.get("AERO_STATE") or PROJECT / ".aero" / "current")
        # A default would be a folder inside the installed package.
        return Path(self._required("AERO_STATE", "a directory that this machine may write to"))

    @property
    def lake_copy(self) -> Path:
        """The read-through copy of the typed zone."""
        return Path(self.variables.get("AERO_LAKE_COPY") or self.state / "lake")

    @property
    def warehouse_kind(self) -> str:
        """The engine of the warehouse: DuckDB on this machine, or Redshift, which dev and prod always have."""
        if not self.is_local:
            return REDSHIFT
        kind = self.variables.get("AERO_WAREHOUSE_KIND", DUCKDB)
        if kind not in (DUCKDB, REDSHIFT):
            raise ConfigurationError(f"AERO_WAREHOUSE_KIND={kind!r} is unknown; it is {DUCKDB} or {REDSHIFT}")
        return kind

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that dbt writes."""
        if self.warehouse_kind != DUCKDB:
            raise ConfigurationError(f"the warehouse of {self.name} is Redshift: it has no DuckDB file")
        return Path(self.variables.get("AERO_WAREHOUSE") or self.state / "warehouse.duckdb")

    @property
    def redshift(self) -> RedshiftPlace:
        """The address of Redshift, and how to log in."""
        if "AERO_WAREHOUSE" in self.variables:
            raise ConfigurationError(
                f"AERO_WAREHOUSE names a DuckDB file, but the warehouse of {self.name} is Redshift"
            )
        method = self.variables.get("REDSHIFT_METHOD", IAM)
        if method != IAM and not self.is_local:
            raise ConfigurationError(
                f"REDSHIFT_METHOD={method!r}: in {self.name} only {IAM} logs in, without a password"
            )
        of_stack = f"(`aero deploy --env {self.name}` prints it)"
        is_iam = method == IAM
        return RedshiftPlace(
            host=self._required("REDSHIFT_HOST", f"the address of the workgroup {of_stack}"),
            port=self._port(),
            database=self._required("REDSHIFT_DATABASE", f"the database of the namespace {of_stack}"),
            region=self._required("AWS_REGION", "the region of the workgroup") if is_iam else "",
            workgroup=self._required("REDSHIFT_WORKGROUP", f"the workgroup {of_stack}") if is_iam else "",
            account=self._required("REDSHIFT_ACCOUNT_ID", "the account of the workgroup") if is_iam else "",
            method=method,
            user=self.variables.get("REDSHIFT_USER", ""),
            password=self.variables.get("DBT_ENV_SECRET_REDSHIFT_PASSWORD", ""),
        )

    @property
    def published_copy(self) -> Path:
        """The read-through copy of the published marts."""
        return Path(self.variables.get("AERO_PUBLISHED_COPY") or self.state / "published")

    @property
    def clock(self) -> str:
        """The clock of rules and limits: event time or wall time."""
        return self.asked_clock or CLOCKS[0]

    @property
    def asked_clock(self) -> str:
        """The clock in AERO_CLOCK; empty if it is not set."""
        clock = self.variables.get("AERO_CLOCK", "")
        if clock and clock not in CLOCKS:
            raise ConfigurationError(f"AERO_CLOCK={clock!r} is unknown; it is one of {', '.join(CLOCKS)}")
        return clock

    @property
    def dashboard_url(self) -> str:
        """The address of the dashboard; empty where none is known."""
        return self.variables.get("AERO_DASHBOARD_URL", "")

    def _port(self) -> int:
        port = self.variables.get("REDSHIFT_PORT", "5439")
        if not port.isdecimal():
            raise ConfigurationError(f"REDSHIFT_PORT={port!r} is no port; Redshift listens on 5439")
        return int(port)

    def _bucket(self, role: str) -> str:
        variable = f"AERO_{role.upper()}_BUCKET"
        if self.is_local:
            return self.variables.get(variable) or f"aero-local-{role}-{LOCAL_ACCOUNT}"
        return self._required(variable, f"the {role} bucket (`aero deploy --env {self.name}` prints it)")

    def _required(self, variable: str, meaning: str) -> str:
        if value := self.variables.get(variable):
            return value
        raise ConfigurationError(f"{variable} is not set: in {self.name} it must name {meaning}")
