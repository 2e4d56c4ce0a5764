"""Batches of messages with holes, and messages glued to each other: no other heading dates one without a sign."""

import pytest

from aero_ingest.message import Message
from aero_ingest.messages import parse_all
from tests.damages import good_file
from tests.unit.ingest.message_samples import REFERENCE

BATCH = good_file("partner/messages")[0].decode()
#: The longest hole that the batch cannot hide: a longer one can begin and end in the same place of two messages.
LONGEST_HOLE = 40
FIRST = "QU MEXOOAM\n.MEXKKAM 221354\nMVT\nAM0905/22.XAMAZ.MEX\nAD1334/1352\nSI NIL"
SECOND = "QU MEXOOAM\n.CUNKKAM 231550\nMVT\nAM0021/23.N183AM.CUN\nAA1541/1548\n"


def read(text):
    return list(parse_all(text.splitlines(keepends=True), REFERENCE))


def identity(message):
    return message.format, message.flight, message.airport, message.sent_at


@pytest.mark.parametrize("filling", ["", " ", "\0", "\n"], ids=["cut out", "blanks", "zeros", "line ends"])
@pytest.mark.parametrize("length", [8, 20, LONGEST_HOLE])
def test_a_hole_anywhere_in_a_batch_dates_no_message_wrongly_without_a_sign(length, filling):
    whole = {identity(message) for message in read(BATCH)}
    for start in range(len(BATCH) - length):
        torn = BATCH[:start] + filling * length + BATCH[start + length :]
        doubtful = [message for message in read(torn) if isinstance(message, Message) and not message.findings]
        assert {identity(message) for message in doubtful} <= whole, torn


@pytest.mark.parametrize(
    "between",
    ["\nNNNN", "NNNN\n", "NNNN", "\nNNNNZCZC MXA012\n", "\nZCZC MXA012\n", "ZCZC MXA012\n", "\n\x03\x01", "\x03\x01"],
)
def test_messages_glued_to_each_other_are_read_as_two(between):
    alone = [identity(message) for text in (FIRST, SECOND) for message in read(text)]
    assert [identity(message) for message in read(FIRST + between + SECOND)] == alone


def test_an_originator_with_its_time_begins_a_message_where_the_line_of_addresses_is_lost():
    [_, second] = read(f"{FIRST}\n{SECOND.removeprefix('QU MEXOOAM')}")
    assert (second.sent_at, second.findings) == (read(SECOND)[0].sent_at, ())


def test_a_message_below_the_heading_of_another_says_so():
    [_, second, third] = read(f"{FIRST}\nMVT\nAM0906/22.XAMAZ.CUN\nAD1134/1152\nAM0907/22.XAMAZ.MEX\nAD1234/1252\n")
    assert [[finding.code for finding in message.findings] for message in (second, third)] == [["shared_heading"]] * 2
    assert second.sent_at == third.sent_at == read(FIRST)[0].sent_at
