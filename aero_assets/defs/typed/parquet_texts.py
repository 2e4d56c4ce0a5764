"""Values of a Parquet column as texts in the form of a CSV file. A text that is not UTF-8 costs its row alone."""

from typing import NamedTuple

import pyarrow as pa

_BYTES = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)


class Texts(NamedTuple):
    """The values as texts, null if missing; and the places, from 0, of those that are not UTF-8 text."""

    values: pa.Array
    undecodable: frozenset[int] = frozenset()


def texts_of(column: pa.Array) -> Texts:
    """Return the values of a column; in one that is not UTF-8 text, lost characters are replaced by the usual sign."""
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
