"""Batches and files of messages: how they are cut, refused and survived, whatever they hold."""

import gzip
import io
import tracemalloc

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from aero_assets.zones import station_offset
from aero_ingest.message import Message, ParseError, Unreadable
from aero_ingest.message_files import MAX_MESSAGES_BYTES, lines_of
from aero_ingest.messages import parse_all, parse_file
from aero_ingest.type_b import MAX_MESSAGE_CHARACTERS
from tests.unit.ingest.message_samples import FOLDER, REFERENCE, sample

NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
FORMATS = [name.split("_")[0] for name in NAMES]


def batch(text):
    return list(parse_all(text.splitlines(keepends=True), REFERENCE))


def _said(message):
    """Return the content of a message, without the places in its text."""
    return message.to_json() | {"raw": "", "findings": [finding.code for finding in message.findings]}


def opened(data):
    return io.BufferedReader(io.BytesIO(data))


@pytest.mark.parametrize(
    "joined",
    [
        "\n".join,
        "\n\n".join,
        lambda texts: "".join(f"\x01{text}\x03\n" for text in texts),
        lambda texts: "".join(f"ZCZC ABC123\n{text}NNNN\n" for text in texts),
        lambda texts: "\n".join(texts).replace("\n", "\r\n"),
    ],
    ids=["one after the other", "blank lines", "control characters", "ZCZC and NNNN", "CRLF"],
)
def test_a_batch_gives_every_message_that_is_in_it(joined):
    messages = batch(joined([sample(name) for name in NAMES]))
    alone = [batch(sample(name))[0] for name in NAMES]
    assert [message.format for message in messages] == FORMATS
    assert [_said(message) for message in messages] == [_said(message) for message in alone]


@settings(deadline=None)
@given(st.permutations(range(len(NAMES))), st.sampled_from(["NOTHING OF THE KIND", "MVT\nBROKEN", "LDM"]))
def test_what_cannot_be_read_stops_nothing_else_whatever_the_order(order, bad):
    texts_of = [sample(NAMES[number]) for number in order]
    texts_of.insert(len(order) // 2, bad)
    messages = batch("\n\n".join(f"ZCZC\n{text}\nNNNN" for text in texts_of))
    assert [message.format for message in messages if isinstance(message, Message)] == [
        FORMATS[number] for number in order
    ]
    assert [message.raw for message in messages if isinstance(message, Unreadable)] == [f"ZCZC\n{bad}\nNNNN"]


def test_a_body_without_its_first_line_is_read_by_somebody_who_knows_what_it_is():
    body = sample("mvt_02_arrival").split("MVT\n")[1]
    [plain] = batch(body)
    assert isinstance(plain, Unreadable)
    [told] = parse_all(body.splitlines(keepends=True), REFERENCE, "mvt")
    assert [event["event_type"] for event in told.to_json()["events"]] == ["ON", "IN"]
    [other] = parse_all(sample("ldm_01").splitlines(keepends=True), REFERENCE, "mvt")
    assert other.to_json()["error"]["code"] == "other_format"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"PK\x03\x04....", "other_format"),
        (b"PAR1....", "other_format"),
        (b"\xff\xfeM\0V\0T\0", "other_format"),
        (b"MVT\n" + b"\0" * 20, "not_text"),
        (gzip.compress(gzip.compress(b"MVT\n")), "compressed_twice"),
        (gzip.compress(b"MVT\nAM0905/22.XAMAZ.MEX\n" * 900)[:60], "bad_gzip"),
        (gzip.compress(b"A" * (MAX_MESSAGES_BYTES + 1)), "too_large"),
        (b"A" * (MAX_MESSAGES_BYTES + 1), "too_large"),
    ],
    ids=["empty", "zip", "parquet", "utf-16", "binary", "gzip twice", "cut off", "bomb", "too large"],
)
def test_a_file_that_is_no_text_of_messages_is_refused_with_a_reason(data, code):
    with pytest.raises(ParseError) as error:
        list(lines_of(opened(data)))
    assert error.value.code == code
    last = list(parse_file(opened(data), REFERENCE))[-1]
    assert last.to_json()["error"]["code"] == code


def test_a_hundred_megabytes_in_a_bomb_are_refused_in_flat_memory():
    bomb = gzip.compress((b"MVT AND MORE " * 300 + b"\n") * (100_000_000 // 3_901), compresslevel=1)
    tracemalloc.start()
    with pytest.raises(ParseError):
        for _ in lines_of(opened(bomb)):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


def test_a_message_longer_than_any_is_refused_and_the_next_is_read():
    long = "MVT\n" + "SI " + "X" * (MAX_MESSAGE_CHARACTERS + 10)
    messages = batch(f"{long}\nNNNN\n{sample('mvt_02_arrival')}")
    assert isinstance(messages[-1], Message)
    assert any(isinstance(message, Unreadable) and message.error.code == "too_long" for message in messages)


def test_names_in_latin_1_are_read_as_such():
    text = sample("mvt_02_arrival").encode() + "SI PEÑÓN\n".encode("latin-1")
    [message] = parse_file(opened(text), REFERENCE)
    assert message.to_json()["supplement"] == "PEÑÓN"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    for result in parse_all(text.splitlines(keepends=True), REFERENCE):
        assert result.to_json()["raw"].strip() in text


#: Material of real mistakes: separators in the wrong place, letters for digits, control characters.
PIECES = (
    *"/.-+ \n\t\x00\x03A0Z9ñ\u2028",
    "DL",
    "AD",
    "SI",
    "99",
    "2400",
    "MVT\n",
    "\r\n",
    "COR",
    "NIL",
    "//",
    "0" * 300,
)
#: Records of a schedule in a text: with a whole season in each, the time would go into what is not spoilt.
RECORDS = 6


def texts() -> list[str]:
    """Return what mistakes are made in: all messages, and pieces of the schedule."""
    found = [path.read_text(encoding="latin-1") for path in sorted(FOLDER.glob("*.txt"))]
    for path in sorted(FOLDER.glob("*.ssim")):
        records = [line for line in path.read_text(encoding="latin-1").splitlines(keepends=True) if line.strip("0\r\n")]
        found += ["".join([*records[:2], *records[at : at + RECORDS]]) for at in range(2, len(records), RECORDS)]
    return found


@st.composite
def spoilt(draw):
    """Draw a text with one to six mistakes: something cut, put in, replaced or repeated, or lines changed round."""
    text = draw(st.sampled_from(texts()))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.sampled_from((1, 2, 5, 20))))
        piece = draw(st.sampled_from(PIECES))
        lines = text.splitlines(keepends=True) or [""]
        moved = lines.pop(draw(st.integers(0, len(lines) - 1)))
        lines.insert(draw(st.integers(0, len(lines))), moved)
        text = draw(
            st.sampled_from(
                (text[:at] + text[end:], text[:at] + piece + text[at:], text[:at] + piece + text[end:],
                 text[:end] + text[at:], "".join(lines))
            )
        )  # fmt: skip
    return text


@settings(max_examples=2_000, deadline=5_000)
@given(spoilt())
def test_a_spoilt_message_is_read_or_refused_and_nothing_else(text):
    """The deadline is far from what any text takes, and close enough to see work that grows with its input."""
    results = list(parse_all(text.splitlines(keepends=True), REFERENCE, None, station_offset))
    event("refused" if any(isinstance(result, Unreadable) for result in results) else "read")
    assert all(result.to_json() for result in results)
