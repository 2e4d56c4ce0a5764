"""The catalogue of KPIs has all of the domain, and every name in it leads to a figure, a column or a missing source."""

import pytest

from aero_assets.dbt import manifest
from aero_streaming.figures import figures
from tools.dictionary import UNITS, catalogue
from tools.figures import ROOT

#: The ids of domain.md §1.2, in its order.
OF_DOMAIN = """
    otp_d0 otp_d15 otp_a0 otp_a14 otp_afac ctl_punct dly_dep_avg dly_arr_avg dly_min_tot dly_p50 dly_p90 long_delay_60
    long_delay_120 long_delay_240 cf cancel_rate divert_rate rtb_rate blk_act blk_sched blk_var blk_fit_p pad taxi_out
    taxi_in turn_cmp first_wave_d0 react_min react_share delay_mult ask rpk plf yield prask rask cask cask_ex rask_sla
    rpd cm1 cm2 cm3 fac belf fuel_ask co2_rpk misconn conn_risk dbr mbr nps csat util delay_cost bk_pace lf_fcst spill
    fare_pos
""".split()  # noqa: SIM905 - a list of so many words fills a page
BEYOND = ["market_share", "market_hhi"]
#: Those that nothing of ours tells.
WITHOUT_SOURCE = {"conn_risk", "dbr", "mbr", "lf_fcst", "spill"}


def test_the_catalogue_is_that_of_the_domain():
    assert [entry["id"] for entry in catalogue()] == OF_DOMAIN + BEYOND


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry["id"])
def test_an_entry_has_a_figure_a_column_or_what_is_missing(entry):
    register, nodes = figures(), {f"{node['schema']}.{node['name']}": node for node in manifest()["nodes"].values()}
    assert set(entry.get("kpis", [])) <= register.kpis.keys()
    for column in entry.get("columns", []):
        mart, _, name = column["column"].rpartition(".")
        assert name in nodes[mart]["columns"]
        assert "marts" in nodes[mart]["fqn"], f"{mart} is not published"
        assert column["unit"] in UNITS
        assert all(column[key][language] for key in ("help", "grain") for language in ("es", "en"))
        assert column["formula"]
        assert column["source"]
    has_value = [kpi for name in entry.get("kpis", []) if (kpi := register.kpis[name]).numerator or kpi.percentile]
    if not has_value and not entry.get("columns"):
        assert all(entry["needs"][language].endswith(".") for language in ("es", "en"))


def test_the_ids_without_a_source_are_those_that_are_known_to_have_none():
    without = {entry["id"] for entry in catalogue() if not entry.get("kpis") and not entry.get("columns")}
    assert without == WITHOUT_SOURCE


def test_the_dictionary_shows_every_entry():
    text = (ROOT / "docs" / "kpis.md").read_text(encoding="utf-8")
    assert [entry["id"] for entry in catalogue() if f"\n* `{entry['id']}` " not in text] == []
