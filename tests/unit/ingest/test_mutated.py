"""Texts with mistakes at random: read or refused, and nothing else. All of them: `make proof ONLY=fuzz`."""

import time

from tests.mutated import mutations, read


def test_a_text_with_mistakes_is_read_or_refused_in_time():
    began, count = time.process_time(), 3_000
    for reader, text in mutations(count, 4):
        read(reader, text)
    assert time.process_time() - began < count * 0.02
