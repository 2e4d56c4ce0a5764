"""Feed partner/afac_sase: wide sheets become months of city pairs, and their sums are the workbook's own."""

from collections import Counter
from datetime import date, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from aero_assets.feeds import find
from tests.judging import judged
from tests.unit.feeds import afac_workbooks as afac

FEED = find("partner/afac_sase")
EDITIONS = {"julio": "sase-julio-2022-26082022.xlsx", "diciembre": "sase-diciembre-2022-26012023.xlsx"}
REFUSED: dict[str, dict[tuple[str, str], object]] = {
    "negative_amount": {("REG NAC", "C7"): -10, ("REG NAC", "C9"): -10, ("REG NAC", "O7"): -1, ("REG NAC", "O9"): -1},
    "load_without_departure": {("REG NAC", "C7"): 0, ("REG NAC", "C9"): 0, ("REG NAC", "O7"): 9, ("REG NAC", "O9"): 9},
    "bad_value": {("REG NAC", "C7"): "ten", ("REG NAC", "C9"): 0, ("REG NAC", "O7"): 9, ("REG NAC", "O9"): 9},
    "missing_value": {("REG NAC", "A7"): None},
    "bad_month": {("REG NAC", "A3"): "EN SERVICIO REGULAR, 0022 / SCHEDULED"},
}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "edition.xlsx"


def test_every_month_with_a_figure_is_a_record_that_names_its_sheet_and_row(file):
    rows = judged(FEED, afac.write(file))
    assert {row["reason"] for row in rows} == {None}
    found = [(row["raw_ref"], f"{row['month_start_on']}", row["flights"], row["passengers"]) for row in rows]
    assert sorted(found) == [
        ("raw/key#FLET INT!7", "2022-02-01", 2, 0),
        ("raw/key#FLET NAC!7", "2022-01-01", 1, 0),
        ("raw/key#REG INT!7", "2022-01-01", 5, 700),
        ("raw/key#REG NAC!7", "2022-01-01", 10, 1500),
        ("raw/key#REG NAC!7", "2022-02-01", 9, 1400),
    ]
    assert {row["edition_at"] for row in rows} == {afac.SAVED}


def test_every_record_says_by_the_figures_which_edition_it_is_of(file):
    """The last month with a figure, and a digest that stays when another program saves whole numbers as decimals."""
    rows = judged(FEED, afac.write(file))
    decimal = {("REG NAC", "C7"): 10.0, ("REG NAC", "O7"): 19.0}
    again = judged(FEED, afac.write(file, saved=afac.SAVED + timedelta(days=600), cells=decimal))
    [(through, digest)] = {(row["through_month"], row["figures_digest"]) for row in rows}
    assert through == 2
    assert {(row["through_month"], row["figures_digest"]) for row in again} == {(2, digest)}
    more = {**afac.ROWS, "FLET NAC": [(("TOLUCA", "LA PAZ"), {1: (2, 0, 0), 12: (1, 0, 0)})]}
    [(later, other)] = {(row["through_month"], row["figures_digest"]) for row in judged(FEED, afac.write(file, more))}
    assert later == 12
    assert other != digest


def test_a_domestic_pair_is_within_mexico_and_an_international_one_says_its_countries(file):
    countries = {(row["market"], row["origin_country"]) for row in judged(FEED, afac.write(file))}
    assert countries == {("NAC", "Mexico"), ("INT", "Estados Unidos")}


def test_a_stated_sum_that_the_rows_do_not_give_is_put_aside_and_costs_no_row(file):
    rows = judged(FEED, afac.write(file, cells={("REG INT", "E9"): 6}))
    [aside] = [row for row in rows if row["reason"]]
    assert aside["reason"] == "total_mismatch"
    assert aside["message"] == "FLIGHTS Ene/Jan: the rows sum to 5.00, row 9 of REG INT says 6"
    assert len(rows) == 6


def test_a_row_whose_months_do_not_give_its_total_is_put_aside_with_all_of_its_months(file):
    """The sums of the columns stay right when two rows swap a month: only the total of each row tells."""
    pairs = [(("MEXICO", "CANCUN"), {1: (10, 900, 0)}), (("MEXICO", "TIJUANA"), {1: (10, 900, 0), 2: (1, 80, 0)})]
    swapped = {("REG NAC", "C7"): 9, ("REG NAC", "C8"): 11}
    rows = judged(FEED, afac.write(file, {**afac.ROWS, "REG NAC": pairs}, cells=swapped))
    aside = [row for row in rows if row["reason"]]
    assert {row["reason"] for row in aside} == {"total_mismatch"}
    assert [row["line_number"] for row in aside] == [7, 8, 8]
    assert aside[0]["message"].endswith("the months of row 7 of REG NAC sum to 9.00, the row says 10")


@pytest.mark.parametrize("reason", REFUSED)
def test_a_record_that_breaks_a_rule_is_refused_with_its_reason(file, reason):
    rows = judged(FEED, afac.write(file, cells=REFUSED[reason]))
    assert reason in {row["reason"] for row in rows}
    assert all(row["message"] for row in rows if row["reason"])


def test_every_rule_of_the_register_has_a_record_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({("REG INT", "E6"): "Enero"}, "sheet REG INT: row 6 is not the agreed header"),
        ({("REG INT", "E5"): "PESO"}, "sheet REG INT: row 5 names"),
        ({("REG INT", "A3"): "2022"}, "sheet REG INT: no cell above row 6 says the year"),
        ({("REG INT", "A9"): "TOTAL"}, "sheet REG INT: there is no row 'T O T A L'"),
    ],
)
def test_a_sheet_laid_out_otherwise_is_one_record_aside_and_the_other_sheets_count(file, cells, says):
    rows = judged(FEED, afac.write(file, cells=cells))
    [aside] = [row for row in rows if row["reason"] == "unreadable_body"]
    assert aside["message"].startswith(says)
    assert Counter(row["market"] for row in rows if not row["reason"])["NAC"] == 3


def test_a_body_that_is_no_workbook_is_one_record_aside(file):
    file.write_bytes(b"PK\x03\x04 and nothing more")
    [row] = judged(FEED, file)
    assert (row["reason"], row["line_number"]) == ("unreadable_body", 0)


def test_entities_of_a_stranger_are_never_expanded(file):
    """The door refuses such a file; the typed step would not fall for it either."""
    assert openpyxl.DEFUSEDXML
    bomb = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><worksheet><sheetData>&c;</sheetData></worksheet>'
    afac.replace_part(afac.write(file), "xl/worksheets/sheet2.xml", bomb)
    [aside] = judged(FEED, file)
    assert aside["reason"] == "unreadable_body"
    assert aside["message"].startswith("the workbook cannot be opened: EntitiesForbidden")


def test_without_a_time_of_saving_the_arrival_orders_the_editions(file):
    afac.replace_part(afac.write(file), "docProps/core.xml", None)
    assert {f"{row['edition_at']}" for row in judged(FEED, file)} == {"2026-11-20 00:00:00"}


COUNTS = st.tuples(st.integers(1, 500), st.integers(0, 90_000), st.integers(0, 10**9).map(lambda grams: grams / 1000))


@settings(max_examples=15, deadline=None)
@given(months=st.lists(st.dictionaries(st.integers(1, 12), COUNTS, max_size=4), min_size=1, max_size=6))
def test_whatever_a_sheet_holds_its_records_add_up_to_it(tmp_path_factory, months):
    pairs = [((f"CITY {n}", "MEXICO"), figures) for n, figures in enumerate(months)]
    rows = judged(FEED, afac.write(tmp_path_factory.mktemp("law") / "a.xlsx", {**afac.ROWS, "REG NAC": pairs}))
    ours = [row for row in rows if (row["service"], row["market"]) == ("REG", "NAC")]
    said = [figures for month in months for figures in month.values()]
    assert {row["reason"] for row in rows} <= {None}
    assert len(ours) == len(said)
    for number, name in enumerate(("flights", "passengers", "cargo_kg")):
        assert sum(row[name] for row in ours) == pytest.approx(sum(figures[number] for figures in said))


@pytest.mark.parametrize(("edition", "records", "months"), [("julio", 10_000, 7), ("diciembre", 16_962, 12)])
def test_a_published_edition_adds_up_to_its_own_totals_and_holds_no_month_that_is_not_out(
    shared_data, edition, records, months
):
    file = shared_data / "traffic" / "afac_sase" / EDITIONS[edition]
    rows = judged(FEED, file)
    assert Counter(row["reason"] for row in rows) == {None: records}
    assert {row["month_start_on"] for row in rows} == {date(2022, month, 1) for month in range(1, months + 1)}
    found: Counter = Counter()
    for row in rows:
        for name in ("flights", "passengers", "cargo_kg"):
            found[f"{row['service']} {row['market']}", name, row["month_start_on"].month] += row[name]
    for (sheet, name, month), stated in _totals(file).items():
        assert found[sheet, name, month] == pytest.approx(stated, abs=1), (sheet, name, month)


def _totals(file) -> dict[tuple[str, str, int], float]:
    """The row `T O T A L` of every sheet, read without our reader."""
    book = load_workbook(file, read_only=True, data_only=True)
    said = {}
    for sheet, keys in (("REG NAC", 2), ("REG INT", 4), ("FLET NAC", 2), ("FLET INT", 4)):
        [total] = [row for row in book[sheet].iter_rows(values_only=True) if row[0] == "T O T A L"]
        for block, name in enumerate(("flights", "passengers", "cargo_kg")):
            for month in range(1, 13):
                said[sheet, name, month] = total[keys + 13 * block + month - 1]
    assert len(said) == 4 * 3 * 12
    return said
