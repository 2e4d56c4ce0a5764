"""`python -m bench.hand_written LAKE WAREHOUSE`: SQL written by hand, executed by one DuckDB process.

The SQL is hand_written.sql, from the typed files of `partner/bts_ontime` straight to the operational marts that they
fill. Not among them: fct_leg_at_close, for BTS publishes weeks after the flights and no leg is known at the close of
its day; fct_delay_code_day, for BTS has causes and no codes; what is about weather, connections, alerts and decisions,
which BTS knows nothing of; fct_leg_percentile_month and fct_imputed_departure, which read these marts and no files.
"""

import sys
from pathlib import Path

import duckdb

from bench.dbt import FOLDER, settings
from bench.sample import FEED

SQL = Path(__file__).with_suffix(".sql")


def build(lake: Path, warehouse: Path) -> None:
    """Make a new warehouse with the marts alone."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(settings())
        connection.execute(f"set variable seeds = '{FOLDER / 'seeds' / 'reference'}'")
        connection.execute(f"""
            create temp view typed as
            select * from read_parquet(
                '{lake}/typed/{FEED}/*/*.parquet', hive_partitioning = true, hive_types = {{'operating_date': date}}
            )
        """)
        connection.execute(SQL.read_text(encoding="utf-8"))


def marts(warehouse: Path) -> list[str]:
    """Return the tables that were made, without their schema."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        listed = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'operations' order by 1"
        )
        return [table for (table,) in listed.fetchall()]


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
