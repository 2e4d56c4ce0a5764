"""Conditions of the register of figures: which rows a sum counts, read once, written as SQL or held against a row.

A condition is text such as `is_operated and departure_delay_minutes < limit`. Here is what it may say and how each
engine says it. Comparisons with what is unknown do not hold, in SQL (where nothing but true counts) as in Python; that
is why only flags, which are never unknown, can be turned round with `not`.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Row = Mapping[str, Any]
Write = Callable[[str], str]
"""How an engine calls a column."""

_SIGNS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


class ConditionError(ValueError):
    """A condition that cannot be read; the message says which part, and what is wanted."""


@dataclass(frozen=True)
class Columns:
    """Columns that the conditions over one kind of row may name."""

    flags: frozenset[str]
    numbers: frozenset[str]
    texts: frozenset[str]


@dataclass(frozen=True)
class Condition:
    """A condition that has been read; `limit` is what it calls so."""

    text: str
    tree: ast.expr
    limit: int | None = None

    @property
    def names(self) -> frozenset[str]:
        """The columns that it speaks of."""
        inside = {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name)}
        return frozenset(inside - {"limit", "known", "unknown"})

    def sql(self, write: Write = str) -> str:
        """Return it as SQL that DuckDB, Redshift and Flink read alike."""
        return self._sql(self.tree, write)

    @cached_property
    def holds(self) -> Callable[[Row], bool]:
        """The test of a row; a column that is not there is unknown. Made once: backtests ask it very often."""
        return self._test(self.tree)

    def _sql(self, node: ast.expr, write: Write, *, inside: bool = False) -> str:
        match node:
            case ast.BoolOp(op=op, values=values):
                word = " and " if isinstance(op, ast.And) else " or "
                text = word.join(self._sql(value, write, inside=True) for value in values)
                return f"({text})" if inside else text
            case ast.UnaryOp(operand=operand):
                return f"not {self._sql(operand, write, inside=True)}"
            case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=column)]):
                return f"{write(column)} is {'not ' if name == 'known' else ''}null"
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return f"{self._side(left, write)} {_SIGNS[type(op)]} {self._side(right, write)}"
            case ast.Name(id=name):
                return write(name)
        raise ConditionError(f"`{ast.unparse(node)}` is no condition")

    def _side(self, node: ast.expr, write: Write) -> str:
        return write(node.id) if isinstance(node, ast.Name) and node.id != "limit" else f"{self._value(node)({})}"

    def _test(self, node: ast.expr) -> Callable[[Row], bool]:
        match node:
            case ast.BoolOp(op=op, values=values):
                tests = tuple(self._test(value) for value in values)
                if isinstance(op, ast.And):
                    return lambda row: all(test(row) for test in tests)
                return lambda row: any(test(row) for test in tests)
            case ast.UnaryOp(operand=operand):
                test = self._test(operand)
                return lambda row: not test(row)
            case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=column)]):
                is_unknown = name == "unknown"
                return lambda row: (row.get(column) is None) == is_unknown
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                first, other, compare = self._value(left), self._value(right), _COMPARE[type(op)]
                return lambda row: _compare(compare, first(row), other(row))
            case ast.Name(id=name):
                return lambda row: bool(row.get(name))
        raise ConditionError(f"`{ast.unparse(node)}` is no condition")

    def _value(self, node: ast.expr) -> Callable[[Row], Any]:
        if isinstance(node, ast.Name) and node.id != "limit":
            return lambda row: row.get(node.id)
        value = node.value if isinstance(node, ast.Constant) else self.limit
        return lambda _: value


def read(text: str, columns: Columns, limit: int | None) -> Condition:
    """Read a condition; raise `ConditionError` for what it may not say."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ConditionError(f"`{text}` cannot be read: {error.msg}") from None
    condition = Condition(text, tree, limit)
    _check(tree, columns)
    says_limit = any(isinstance(node, ast.Name) and node.id == "limit" for node in ast.walk(tree))
    if says_limit != (limit is not None):
        raise ConditionError(f"`{text}` and `limit_minutes` belong together: one of them is missing")
    return condition


def _check(node: ast.expr, columns: Columns) -> None:
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                _check(value, columns)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)) | ast.Name(id=name):
            _among(name, columns.flags, "a flag")
        case ast.Call(func=ast.Name(id="known" | "unknown"), args=[ast.Name(id=name)], keywords=[]):
            _among(name, columns.numbers | columns.texts, "a column that may be unknown")
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[right]) if type(op) in _SIGNS:
            _among(name, columns.numbers, "a number")
            _check_right(right, columns)
        case _:
            raise ConditionError(
                f"`{ast.unparse(node)}` cannot be said here; there are flags, `not` flag, known(), unknown(), "
                "comparisons with <, <=, >, >=, `and`, `or`"
            )


def _check_right(node: ast.expr, columns: Columns) -> None:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return
    if isinstance(node, ast.Name):
        _among(node.id, columns.numbers | {"limit"}, "a number")
        return
    raise ConditionError(f"`{ast.unparse(node)}` is no whole number, no column and not `limit`")


def _among(name: str, known: frozenset[str], kind: str) -> None:
    if name not in known:
        raise ConditionError(f"{name!r} is not {kind} of these facts; there are {', '.join(sorted(known)) or 'none'}")


def _compare(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:  # noqa: ANN401 - numbers or nothing
    return left is not None and right is not None and compare(left, right)
