"""The dbt project for Dagster: its place, its manifest, and the translation of its nodes into assets."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from aero_assets.check_sentences import sentence
from aero_assets.environment import REDSHIFT, ConfigurationError, Environment

PROJECT_DIR = Path(__file__).parents[1] / "dbt_project"
UNPARTITIONED = "tag:unpartitioned"
OPERATING_DAY = "tag:operating_day"


def _target_path() -> str:
    """Return the folder of the manifest for this environment's engine; importing fails for no unknown environment."""
    with suppress(ConfigurationError):
        if Environment.current().warehouse_kind == REDSHIFT:
            return "target/redshift"
    return "target"


#: `make` builds a manifest for each engine with `dbt parse`; none is ever built at import. Which models are built by
#: date depends on the engine.
dbt_project = DbtProject(project_dir=PROJECT_DIR, target_path=_target_path())


@cache
def manifest() -> dict[str, Any]:
    """Return the parsed manifest; if it was not built, raise an error that names the command."""
    try:
        return json.loads(dbt_project.manifest_path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(
            f"{dbt_project.manifest_path} is missing: run `make manifest` (or `dbt parse` in dbt_project)"
        ) from None


def digest(tag: str) -> str:
    """Return a digest of every seed, model and macro that the nodes with a tag depend on."""
    nodes = manifest()["nodes"].values()
    parts = [f"{node['unique_id']} {node['checksum']['checksum']}" for node in nodes if tag in node.get("tags", ())]
    macros = [item["macro_sql"] for item in manifest()["macros"].values() if item["package_name"] == "aero"]
    return sha256("\n".join(sorted(parts) + sorted(macros)).encode()).hexdigest()[:16]


class Translator(DagsterDbtTranslator):
    """Asset specs of dbt nodes: one group per schema, one owner, and freshness on the marts that people use."""

    def __init__(self) -> None:
        super().__init__(settings=DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """Return the spec of one dbt node."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = manifest["nodes"].get(unique_id) or manifest["sources"][unique_id]
        if node["resource_type"] == "source":
            return spec
        spec = spec.replace_attributes(
            group_name=node["schema"], owners=["team:analytics"], description=node["description"].strip()
        )
        if node["name"].startswith("fct_"):
            spec = spec.replace_attributes(
                freshness_policy=dg.FreshnessPolicy.time_window(
                    fail_window=timedelta(hours=36), warn_window=timedelta(hours=26)
                )
            )
        return spec

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        """Return the spec of one dbt test, with its requirement as the description."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec and spec._replace(description=sentence(manifest["nodes"][unique_id]))
