"""A state directory: all files of one local platform, from its ports to its warehouse.

Each input has its own directory, so that real and synthetic flights never share a mart. ``.aero/current`` points at the
one in use. The layout of the directory is defined by the properties of this class and known nowhere else.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aero_assets.environment import PROJECT, Environment
from aero_assets.local_files import read_local, write_atomically
from aero_local import ports, profiles
from aero_local.errors import AeroError
from aero_streaming.events.limits import CLOCKS

if TYPE_CHECKING:
    import boto3

HOME = PROJECT / ".aero"
AIRLINE = "airline"
#: A drill never touches the platform that somebody works with, nor becomes it.
DRILL = "drill-"
#: Variables that a process inherits from the shell. Everything else, keys above all, stays outside.
INHERITED = ("HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")


def name_for(source: Path | None) -> str:
    """Return the name of an input's state directory: readable, and different for every path."""
    if source is None:
        return AIRLINE
    stem = source.name.split(".")[0].lower()
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:40] or "input"
    return f"{slug}-{hashlib.sha256(str(source.resolve()).encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class State:
    """One state directory; creating the object touches no file."""

    root: Path

    @classmethod
    def for_input(cls, source: Path | None, home: Path = HOME) -> State:
        """Return the state directory of an input file, or of the synthetic airline."""
        return cls(home.absolute() / "state" / name_for(source))

    @classmethod
    def current(cls, home: Path = HOME) -> State:
        """Return the state directory that was used last; the synthetic airline's when none was."""
        link = home.absolute() / "current"
        return cls(link.resolve() if link.is_symlink() else home.absolute() / "state" / AIRLINE)

    @classmethod
    def for_drill(cls, name: str, home: Path = HOME) -> State:
        """Return the state directory of a drill."""
        return cls(home.absolute() / "state" / f"{DRILL}{name}")

    @classmethod
    def named(cls, name: str, home: Path = HOME) -> State:
        """Return a state directory by its name; it must exist."""
        state = cls(home.absolute() / "state" / name)
        if Path(name).name != name or not state.exists:
            known = sorted(path.name for path in (home / "state").glob("*") if path.is_dir())
            raise AeroError(
                f"There is no state directory {name}.", f"Known: {', '.join(known) or 'none yet (aero up)'}."
            )
        return state

    @property
    def name(self) -> str:
        """The directory's name."""
        return self.root.name

    @property
    def exists(self) -> bool:
        """True once a platform was started with this directory."""
        return self.ports_file.exists()

    @property
    def ports_file(self) -> Path:
        """The file with the port of each service."""
        return self.root / "ports.json"

    @property
    def clock_file(self) -> Path:
        """The file of the platform's clock, kept from its first start on."""
        return self.root / "clock"

    @property
    def clock(self) -> str:
        """The platform's clock, `event` or `wall`: the stored one, or before the first start that of AERO_CLOCK."""
        if not self.clock_file.exists():
            return Environment.current().clock
        kept = self.clock_file.read_text(encoding="utf-8").strip()
        if kept not in CLOCKS:
            raise AeroError(
                f"{self.clock_file} says {kept[:40]!r}, which is no clock.", f"Write {' or '.join(CLOCKS)} into it."
            )
        return kept

    def keep_clock(self, clock: str) -> None:
        """Store the clock by which the platform runs."""
        write_atomically(self.clock_file, f"{clock}\n")

    @property
    def platform_file(self) -> Path:
        """The file with the results of the deployment: outputs by stack, endpoint."""
        return self.root / "platform.json"

    @property
    def aws_config(self) -> Path:
        """The file with the botocore profiles."""
        return self.root / "aws" / "config"

    @property
    def emulator(self) -> Path:
        """The emulator's directories: state, s3, tmp."""
        return self.root / "emulator"

    @property
    def lake_copy(self) -> Path:
        """The read-through copy of the typed zone: a symbolic link, created and switched by `LakeCopy` only."""
        return self.root / "lake"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.root / "warehouse.duckdb"

    @property
    def published_copy(self) -> Path:
        """The read-through copy of the published marts."""
        return self.root / "published"

    @property
    def dagster_home(self) -> Path:
        """DAGSTER_HOME."""
        return self.root / "dagster"

    @property
    def dbt_target(self) -> Path:
        """Target path of dbt, one per state directory, because manifests hold absolute paths."""
        return self.root / "dbt"

    @property
    def dbt_docs(self) -> Path:
        """The folder that the docs service serves; a command that generates the docs copies the pages here."""
        return self.dbt_target / "docs"

    @property
    def run_dir(self) -> Path:
        """The folder with one record per running service."""
        return self.root / "run"

    def log_file(self, service: str) -> Path:
        """Return the log of a service."""
        return self.root / "logs" / f"{service}.log"

    def create(self) -> None:
        """Create the directories that no service creates itself."""
        for path in (self.root / "logs", self.run_dir, self.aws_config.parent, self.dbt_target):
            path.mkdir(parents=True, exist_ok=True)

    def activate(self) -> None:
        """Make this the current state directory: `.aero/current` points here afterwards."""
        if self.root.parent.name != "state" or self.name.startswith(DRILL):
            return  # a throw-away directory, as tests and drills use
        link = self.root.parent.parent / "current"
        if link.is_dir() and not link.is_symlink():
            # Written by a process that was told no state directory, before there was a platform.
            link.rename(self.root.parent / f"unnamed-{os.getpid()}")
        fresh = link.with_name(f".current.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("state") / self.name)
        fresh.replace(link)

    def port(self, service: str) -> int:
        """Return the port chosen for a service."""
        try:
            return ports.read(self.ports_file)[service]
        except KeyError:
            raise AeroError(f"No port was chosen for {service} in {self.root}.", "Run `aero up`.") from None

    def url(self, service: str) -> str:
        """Return the address of a service."""
        return f"http://{ports.LOOPBACK}:{self.port(service)}"

    def write_profiles(self) -> None:
        """Write aws/config for the emulator's port."""
        self.aws_config.parent.mkdir(parents=True, exist_ok=True)
        self.aws_config.write_text(profiles.config(self.url("ministack")), encoding="utf-8")

    def write_platform(self, outputs: dict[str, Any]) -> None:
        """Write the outputs of the stacks, for people and for `env`."""
        facts = {"env": "local", "endpoint": self.url("ministack"), "outputs": outputs}
        self.platform_file.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")

    def platform(self) -> dict[str, Any]:
        """Return the outputs of the stacks; empty before the first deployment, or if `aero up` has to write them."""
        return read_local(self.platform_file)

    def variables(self, profile: str) -> dict[str, str]:
        """Return the AERO_* and AWS_* variables of a process that runs under `profile`."""
        buckets = Environment("local").buckets
        return {
            "AERO_ENV": "local",
            "AERO_STATE": str(self.root),
            **{f"AERO_{role.upper()}_BUCKET": name for role, name in buckets.items()},
            "AERO_LAKE_COPY": str(self.lake_copy),
            "AERO_WAREHOUSE": str(self.warehouse),
            "AERO_PUBLISHED_COPY": str(self.published_copy),
            **self._dashboard(),
            **self._database(),
            "AERO_CLOCK": self.clock,
            "AWS_PROFILE": profile,
            "AWS_CONFIG_FILE": str(self.aws_config),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.aws_config.with_name("none")),
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _dashboard(self) -> dict[str, str]:
        """Return the variable with the dashboard's address, once its port is chosen."""
        chosen = ports.read(self.ports_file).get("dashboard")
        return {"AERO_DASHBOARD_URL": f"http://{ports.LOOPBACK}:{chosen}"} if chosen else {}

    def _database(self) -> dict[str, str]:
        """Return the command of the extract without a database, and the database's address once its port is chosen."""
        writer = {"AERO_EXTRACT_COMMAND": shlex.join((sys.executable, "-m", "aero_local.airline_extract"))}
        chosen = ports.read(self.ports_file).get("postgres")
        return writer | ({"AERO_OPSDB_URL": f"jdbc:postgresql://{ports.LOOPBACK}:{chosen}/opsdb"} if chosen else {})

    def env(self, profile: str) -> dict[str, str]:
        """Return the whole environment of a platform process. It starts empty, so no key of the user gets in."""
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
        return {**kept, "PATH": path, "PYTHONUNBUFFERED": "1", **self.variables(profile)}

    def session(self, profile: str) -> boto3.Session:
        """Return a boto3 session under a profile, independent of this process's environment."""
        import boto3  # noqa: PLC0415 - the command line must stay quick
        import botocore.session  # noqa: PLC0415

        core = botocore.session.Session(profile=profile)
        core.set_config_variable("config_file", str(self.aws_config))
        core.set_config_variable("credentials_file", str(self.aws_config.with_name("none")))
        return boto3.Session(botocore_session=core)

    @contextmanager
    def acting_as(self, profile: str, **more: str) -> Generator[None]:
        """Give this process the environment of a profile, and `more`, for the body; restore its own afterwards."""
        before = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "AERO_"))}
        for name in before:
            del os.environ[name]
        given = self.variables(profile) | more
        os.environ.update(given)
        try:
            yield
        finally:
            for name in given:
                os.environ.pop(name, None)
            os.environ.update(before)
