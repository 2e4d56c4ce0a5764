"""The quick reader of JSON gives what the standard library gives, value for value and refusal for refusal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_assets.defs.typed.quick_json import loads, text_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_any_value_is_read_as_the_standard_library_reads_it(value):
    line = json.dumps(value).encode()
    assert repr(loads(line)) == repr(json.loads(line))


@given(VALUES | st.just(float("inf")))
def test_any_value_is_written_as_the_standard_library_writes_it(value):
    assert text_of(value) == json.dumps(value, separators=(",", ":"))


@pytest.mark.parametrize(
    "line",
    [b"NaN", b'{"a": -Infinity}', b'"\\ud800"', b"123456789012345678901234567890", b'{"a": 1, "a": 2}', b"-0", b"1e400",
     '"á"'.encode("utf-16"), "\ufeff1".encode(), b'"\xed\xa0\x80"', b" 1 "],
)  # fmt: skip
def test_texts_at_the_edge_of_the_format_are_read_alike_or_refused_alike(line):
    assert _result(loads, line) == _result(json.loads, line)


@pytest.mark.parametrize("line", [b"", b"{", b"\xff", b'{"a": 01}', b"'a'", b'"\t"', b"[1,]"])
def test_what_is_no_json_is_refused(line):
    with pytest.raises(ValueError, match=r".+"):
        loads(line)
    assert _result(json.loads, line) == "ValueError"


def _result(read, line):
    try:
        return repr(read(line))
    except ValueError:
        return "ValueError"
