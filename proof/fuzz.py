"""Fuzz: 200,000 texts with mistakes at random through every parser; each is read or refused, within a second."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from proof.record import FAILED
from tests.mutated import mutations, read

COUNT, SEED = 200_000, 15
#: No text takes longer, on a machine that does other things too.
MOST_SECONDS = 1.0


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Read every text; return how many there were, the slowest, and those that broke a parser or took too long."""
    records, slowest, failed = Counter[str](), 0.0, []
    for number, (reader, text) in enumerate(mutations(COUNT, SEED), 1):
        began = time.process_time()
        try:
            records[reader] += read(reader, text)
        except Exception as error:  # the parsers raise nothing by contract
            failed.append(f"{reader}, text {number}: {type(error).__name__}: {error} of {text[:80]!r}")
        spent = time.process_time() - began
        slowest = max(slowest, spent)
        if spent > MOST_SECONDS:
            failed.append(f"{reader}, text {number}: {spent:.2f} s for {len(text):,} characters")
        if number % 20_000 == 0:
            log(f"{number:,} texts, {dict(records)} records, slowest {slowest * 1000:.0f} ms, {len(failed)} failed")
    return {"texts": COUNT, "records": dict(records), "slowest ms": round(slowest * 1000), FAILED: failed}
