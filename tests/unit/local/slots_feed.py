"""A feed made from a sample of airport slots, in a checkout of its own."""

from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from aero_cli.cli import app
from aero_cli.feeds.feed_new import create
from aero_cli.feeds.feed_sync import sync
from aero_cli.feeds.layout import Layout

NAME = "partner/airport_slots"
TODAY = date(2026, 9, 15)
SLOTS = """Slot Date,Airport,Carrier,Flight No,SLOT_TIME,Source,Order,Seats,Factor,Published At,Remark,cancelled
2026-10-25,MEX,AM,401,0630,AFAC,1,174,0.95,2026-09-01 12:00:00,"Moved, by request",false
2026-10-25,MEX,AM,403,,AFAC,2,174,1,2026-09-01 12:00:00,,false
2026-10-25,CUN,VB,1201,2400,AFAC,3,186,0.8,2026-09-02 08:30:00,"He said ""no"" twice",true
2026-10-26,TIJ,Y4,7,0005,AFAC,4,,0.75,2026-09-02 08:30:00Z,plain,false
"""


def written(root: Path, text: str = SLOTS, date_column: str | None = "Slot Date") -> Layout:
    """The skeletons of a feed below `root`, from a sample with this text."""
    sample, layout = root / "sample.csv", Layout(root / "checkout")
    sample.write_text(text, encoding="utf-8")
    create(NAME, sample, date_column, layout, TODAY)
    return layout


def described(root: Path, text: str = SLOTS) -> Layout:
    """The same, after a person replaced every placeholder."""
    layout = written(root, text)
    entry = layout.register(NAME)
    text = entry.read_text(encoding="utf-8").replace("DESCRIBE: one row per …", "one row per slot")
    entry.write_text(text.replace("DESCRIBE: ", "").replace(", without a full stop", ""), encoding="utf-8")
    sync(layout)
    return layout


def pieces(layout: Layout) -> dict[str, Path]:
    folder = layout.staging / "partner"
    return {
        "register": layout.register(NAME),
        "model": folder / "stg_partner__airport_slots.sql",
        "yml": folder / "_stg_partner__airport_slots.yml",
        "test": layout.test(NAME),
    }


def aero(tmp_path: Path, *words: str):
    """Run a command on a checkout below `tmp_path`; return its exit code and everything it said."""
    (tmp_path / "checkout").mkdir(exist_ok=True)
    done = CliRunner().invoke(app, ["feed", *words, "--project", str(tmp_path / "checkout")])
    return done.exit_code, f"{done.output} {done.exception or ''}"
