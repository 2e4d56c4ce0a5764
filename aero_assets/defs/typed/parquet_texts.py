"""Values of a Parquet column as the texts that a CSV file would hold. A text that is no UTF-8 costs its row alone."""

from typing import NamedTuple

import pyarrow as pa

_BYTES = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)


class Texts(NamedTuple):
    """The values as texts, null where there is none; the places from 0 of those whose bytes are no UTF-8 text."""

    values: pa.Array
    undecodable: frozenset[int] = frozenset()


def texts_of(column: pa.Array) -> Texts:
    """Return the values of a column; one that is no UTF-8 text has the sign for a lost character in it."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not any(holds(column.type) for holds in _BYTES):
        return Texts(column.cast(pa.string()))
    written = column.cast(pa.binary())
    try:
        return Texts(written.cast(pa.string()))
    except pa.ArrowInvalid:
        values = [value and value.decode("utf-8", "replace") for value in written.to_pylist()]
    same = zip(values, written.to_pylist(), strict=True)
    undecodable = frozenset(n for n, (text, value) in enumerate(same) if text and text.encode() != value)
    return Texts(pa.array(values, pa.string()), undecodable)
