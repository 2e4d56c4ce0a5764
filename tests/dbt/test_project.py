"""The project itself: it parses everywhere, documents everything, and says what other rooms rely on."""

import re

import duckdb
import pytest
import yaml

from aero_assets.feeds import feeds
from aero_cli.feeds.feed_sync import dbt_type
from tests.dbt.project import FOLDER, environment, invoke, messages

# Functions and syntax that DuckDB or PostgreSQL take and Redshift does not.
NOT_REDSHIFT = re.compile(
    r"\b(string_agg|array_agg|generate_series|try_cast|distinct\s+on|lateral|read_parquet|strftime|epoch_us"
    r"|date_diff|arg_max|count_if|\w+\s+exclude)\b|\)\s*filter\s*\(|::\s*json",
    re.IGNORECASE,
)


def _nodes(parsed, *kinds: str) -> list:
    return [node for node in parsed.manifest.nodes.values() if node.resource_type in kinds]


def test_the_project_compiles_for_redshift_without_environment_or_network(tmp_path):
    with environment():
        result = invoke(
            tmp_path,
            *("compile", "--target", "redshift", "--no-introspect", "--no-populate-cache"),
            *("--exclude", "test_type:unit", "--no-partial-parse", "--show-all-deprecations"),
            *("--warn-error-options", '{"error": ["Deprecations"]}'),
        )
    assert result.success, messages(result)
    compiled = {
        node.node.name: node.node.compiled_code for node in result.result.results if node.node.language == "sql"
    }
    assert {"int_leg", "fct_leg", "stg_partner__bts_ontime", "otp_denominators_are_what_they_say"} <= compiled.keys()
    found = {name: NOT_REDSHIFT.findall(sql or "") for name, sql in compiled.items()}
    assert not {name: words for name, words in found.items() if words}
    for feed in feeds():
        assert f'"spectrum_typed"."{feed.system}_{feed.name}"' in compiled[feed.staging_model]


def test_the_project_parses_without_any_environment(tmp_path):
    with environment():
        result = invoke(tmp_path, "parse", "--no-partial-parse")
    assert result.success, messages(result)


def test_every_column_is_documented_and_typed(parsed):
    described = [*_nodes(parsed, "model", "seed"), *parsed.manifest.sources.values()]
    gaps = [
        f"{node.name}.{column.name}"
        for node in described
        for column in node.columns.values()
        if not column.description.strip() or not column.data_type
    ]
    assert not gaps
    assert not [node.name for node in described if not node.columns or "one row per" not in node.description.lower()]


def test_the_warehouse_has_the_columns_and_types_that_are_documented(parsed, built):
    with duckdb.connect() as engine:
        for node in _nodes(parsed, "model", "seed"):
            found = dict(
                built.rows(
                    "select column_name, data_type from duckdb_columns() "
                    f"where schema_name = '{node.schema}' and table_name = '{node.name}'"
                )
            )
            types = {column.name: column.data_type for column in node.columns.values()}
            sql = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in types.items())
            assert found == {name: kind for name, kind, *_ in engine.execute(f"describe select {sql}").fetchall()}, (
                node.name
            )


def test_descriptions_end_in_the_grain(parsed):
    for node in _nodes(parsed, "model", "seed"):
        last = re.split(r"(?<=[.;])\s+", " ".join(node.description.split()))[-1]
        assert last.lower().startswith("one row per"), node.name


@pytest.mark.parametrize("feed", feeds(), ids=lambda feed: feed.path)
def test_the_source_is_what_the_register_declares(parsed, feed):
    [source] = [source for source in parsed.manifest.sources.values() if (source.source_name, source.name) == feed.key]
    declared = {column.name: dbt_type(column) for column in feed.columns}
    assert {column.name: column.data_type for column in source.columns.values()} == declared
    assert source.config.meta["dagster"]["asset_key"] == ["catalog", *feed.key]


def test_two_tags_split_the_project(parsed):
    """Seeds, models and tests carry exactly one of them; a test of dated figures never runs without its date."""
    for node in _nodes(parsed, "model", "seed", "test"):
        about_sources = node.resource_type == "test" and not node.depends_on.nodes[0].startswith("model")
        assert len({"unpartitioned", "operating_day"} & set(node.tags)) == 1, (node.unique_id, about_sources)
    dated = {node.name for node in _nodes(parsed, "model") if "operating_day" in node.tags}
    assert dated == {
        "int_leg",
        "int_cargo",
        "int_cost",
        "int_coupon",
        "int_booking",
        "int_feedback",
        "fct_own_figure_day",
        "fct_route_margin",
        "fct_leg_cost",
        "fct_target",
        "fct_unit_metrics",
        "fct_leg_revenue",
        "fct_leg_beyond",
        "fct_leg",
        "fct_leg_at_close",
        "fct_route_day",
        "fct_carrier_day",
        "fct_leg_delay",
        "fct_imputed_departure",
        "fct_leg_percentile_month",
        "fct_rotation",
        "fct_flight_number_day",
        "fct_block_time",
        "fct_hub_hour",
        "fct_turnaround",
        "fct_delay_cause_day",
        "fct_delay_code_day",
        "fct_otp_day",
        "fct_route_day_commercial",
        "fct_alert",
        "fct_alert_outcome",
        "fct_decision",
        "fct_carrier_route_month",
        "fct_city_pair_month",
        "fct_city_pair_restatement",
        "fct_contract_fare",
        "fct_route_fare_quarter",
        "fct_airport_weather",
        "fct_route_day_cost",
        "fct_route_day_ticket",
        "fct_connection_day",
        "fct_completeness_day",
        "fct_fx_day",
        "fct_satisfaction",
        "fct_leg_connection",
        "fct_misconnect",
        "fct_disruption_care",
        "fct_booking_curve",
        "fct_fare_position",
        "fct_booking_pace",
        "fct_market_month",
        "fct_schedule",
        "fct_schedule_leg",
        "fct_schedule_day",
    }
    assert all(
        node.config.incremental_strategy == "requested_dates" for node in _nodes(parsed, "model") if node.name in dated
    )


def test_marts_have_contracts(parsed):
    marts = [node for node in _nodes(parsed, "model") if "marts" in node.fqn]
    assert len(marts) == 54
    assert all(node.contract.enforced for node in marts)


def test_every_singular_test_names_an_asset_that_it_reads(parsed):
    """Dagster drops a check without a word when the test does not depend on the asset that it names."""
    for node in _nodes(parsed, "test"):
        if not getattr(node, "test_metadata", None):
            read = {unique_id.rpartition(".")[2] for unique_id in node.depends_on.nodes}
            assert node.config.meta["dagster"]["ref"]["name"] in read, node.name
            assert node.description


def test_a_table_has_one_test_of_its_key_and_one_of_its_filled_columns(parsed):
    """A test of every column costs a build more than the models do."""
    tests = [node for node in _nodes(parsed, "test") if getattr(node, "test_metadata", None)]
    single = {node.name for node in tests if node.test_metadata.name in ("not_null", "unique")}
    assert {node.name for node in tests if node.name in single and node.config.severity.lower() != "warn"} == set()
    filled = [node.depends_on.nodes[-1] for node in tests if node.test_metadata.name == "filled"]
    assert len(filled) == len(set(filled)) > 60


def test_facts_carry_no_lineage(parsed):
    """The same facts arriving differently give identical rows, but in the mart of what arrived when and from whom."""
    for node in _nodes(parsed, "model"):
        about_arrival = node.name in {"int_leg_fact", "int_leg_plan", "fct_completeness_day", "fct_schedule"}
        if node.name.startswith(("fct_", "int_leg")) and not about_arrival:
            assert not {"raw_ref", "received_at", "version", "event_id", "source"} & node.columns.keys()


def test_the_otp_definitions_are_those_of_the_domain(built):
    assert built.rows("select * from reference.otp_definitions order by all") == [
        ("afac_slot", "slot_event", "slot", None, 15, -15, "operations", "imputable"),
        ("cirium_a14", "IN", "STA", 15, None, None, "operated_tracked", None),
        ("d0", "OUT", "STD", 1, None, None, "operated_tracked", None),
        ("d15", "OUT", "STD", 15, None, None, "operated_tracked", None),
        ("dot_a14", "IN", "STA", 15, None, None, "scheduled", None),
        ("eurocontrol", "IN", "STA", None, 15, None, "operated", None),
        ("oag_a14", "IN", "STA", 15, None, None, "scheduled", None),
    ]


def test_every_word_of_the_vocabulary_is_used_or_is_an_entry(parsed):
    used = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.yml"))
    entries = {"leg", "fact", "otp", "__overview__"}
    ours = {doc.name for doc in parsed.manifest.docs.values() if doc.package_name == "aero"}
    assert not {name for name in ours - entries if f'doc("{name}")' not in used}


@pytest.mark.parametrize("name", ["dbt_project.yml", "profiles.yml"])
def test_nothing_is_downloaded_or_sent(name):
    assert not list(FOLDER.glob("packages.yml")) + list(FOLDER.glob("dependencies.yml"))
    text = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    if name == "dbt_project.yml":
        assert text["flags"]["send_anonymous_usage_stats"] is False
