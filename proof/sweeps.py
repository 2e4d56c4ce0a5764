"""The sweeps there are: what each tries, and what of its kind `make test` holds. `docs/proof.md` is written from it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sweep:
    """One module of this folder: what it tries in full, and the share of it that every `make test` repeats."""

    name: str
    tries: str
    in_test: str


SWEEPS = (
    Sweep(
        "drills",
        "Flink killed, everything restarted, a broker of three lost under load, 1,000 unreadable records, the same day "
        "by three doors at once: events lost, doubled and figures that differ from a recount; a storm told by a feed "
        "that is ten minutes behind: false criticals.",
        "Each drill once, on a small day (`tests/stream/test_drills.py`, `test_brokers.py`, "
        "`tests/unit/scoring/test_score.py`).",
    ),
    Sweep(
        "replays",
        "500 routes of each of two days of real flights, repeated, shuffled over two hours and corrected, through the "
        "whole stream: its sums against a recount of the events, its sums, and the shares and colours of the live "
        "board, against the published marts.",
        "300 routes of one of the days (`tests/stream/test_replay.py`).",
    ),
    Sweep(
        "damages",
        "Files of six feeds cut, doubled, shifted, re-encoded, glued, overwritten, with columns swapped, dates in "
        "another order, clocks and units mistaken, through door and typed step: rows that are not those of the "
        "undamaged file.",
        "One damage of each kind (`tests/unit/feeds/test_damages.py`).",
    ),
    Sweep(
        "kills",
        "Every process of ours killed in turn in the middle of ingest, build, publish and live play: how soon "
        "the status tells, whether one start brings everything back, what was lost or doubled.",
        "All of Dagster killed in ingest and in the build, its code server alone, its daemon stopped in its tracks "
        "(`tests/platform/test_kill.py`); a broker under a job that lives (`tests/stream/test_gateway.py`).",
    ),
    Sweep(
        "odd_days",
        "Operating days of events and rows at random, in form and odd: unknown airports, times of other years, no "
        "destination, codes that mean nothing. Every day is built and every leg is in its marts.",
        "One such day (`tests/dbt/test_odd_days.py`).",
    ),
    Sweep(
        "bts_days",
        "All 30,691 flights of two days of BTS through the typed step and dbt: route days, definitions of punctuality "
        "and reactionary minutes against pandas over the file as published; reactionary minutes against those that "
        "carriers coded as late aircraft, and what the difference is made of.",
        "Three small carriers of both days (`tests/dbt/test_bts_days.py`).",
    ),
    Sweep(
        "mutations",
        "A row lost, doubled, invented and mixed up in every stage, by its reader, its engine and its store: each "
        "turns the balance of that stage red, and clean days are green.",
        "The same stage by stage (`test_typed_balance.py`, `test_leg_balance.py`, `test_published_balance.py`, "
        "`test_door_balance.py`, `test_gateway_balance.py`).",
    ),
    Sweep(
        "odd_events",
        "Some 11,000 random well-formed events, good and odd, through the real Flink job and the lake: every event is "
        "in the merge of its leg or refused by both with the same code, never both, never neither.",
        "Every kind of odd event once and 300 random ones (`tests/stream/test_flink_sql.py`); one of each kind stops "
        "no day (`tests/platform/test_odd_events.py`).",
    ),
    Sweep(
        "properties",
        "Every property test again under other seeds.",
        "One seed, Hypothesis' own.",
    ),
    Sweep(
        "year",
        "A year of partner files in one go with the real daemon, then a correction of one row half a year back: "
        "seconds from drop to published, what the launch takes of them, events written.",
        "What a run of a year plans and writes, without its dbt (`tests/unit/local/test_run_events.py`).",
    ),
    Sweep(
        "whole_year",
        "180 and 365 days of the whole synthetic airline through every source of a demo: seconds to each stage, rows, "
        "peak memory; then a correction of one leg of 200 days ago: its dates alone are built, all other rows and "
        "months stay as they are.",
        "One day through door, typed step, marts and publication (`tests/platform/test_spine.py`).",
    ),
    Sweep(
        "arrivals",
        "35 days of the synthetic airline, of its database, and rows of every other feed, in ten arrivals at random, "
        "once for each feed whose last rows come after everything else: every mart as of one build of everything.",
        "Four arrivals, exchange rates last (`tests/dbt/test_arrivals.py`).",
    ),
    Sweep(
        "layouts",
        "Two days of real flights in four layouts (31 columns, PREZIP zip, TranStats download, DataExpo in bzip2): the "
        "same typed rows. A year of six million flights in PREZIP months through the door's pass and the "
        "typed step: rows, seconds, peak memory.",
        "The two days in four layouts (`tests/unit/feeds/test_same_flights.py`).",
    ),
    Sweep(
        "object_damage",
        "One object of every kind in the buckets, deleted, cut and garbled in turn, and files of this machine: found, "
        "named and brought back by `aero repair`.",
        "Each kind once in one way, without services (`tests/unit/assets/test_integrity.py`); a typed file, bodies, "
        "receipts and markers on the emulator (`tests/platform/test_damage.py`).",
    ),
    Sweep(
        "alerts",
        "Calm days, storms, fog and strikes of five seeds each that no limit was chosen by, through the rules: what "
        "was told against what happened, alerts an hour, what was missed, and false criticals while the feed is ten "
        "minutes behind. The goals are in `aero_drills/scoring/goals.py`.",
        "A strike of one seed (`tests/unit/scoring/test_score.py`).",
    ),
    Sweep(
        "differential",
        "400 weather reports, 400 movement messages and 400 leg records at random, read by us and by readers of others "
        "(avwx-engine, metar-taf-parser-mivek, metar, mvt-parser, ssim-parser), field by field: what differs and has "
        "no reason in `docs/formats.md`.",
        "40 of each (`tests/unit/ingest/test_other_readers.py`).",
    ),
    Sweep(
        "fuzz",
        "200,000 texts of every format with mistakes at random (cut, put in, repeated, lines moved) through the "
        "parsers of reports, messages, schedules and documents: what is neither read nor refused, or takes a second.",
        "3,000 texts (`tests/unit/ingest/test_mutated.py`).",
    ),
)
