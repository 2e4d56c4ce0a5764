"""Conditions of the register of figures: which rows a sum counts, read once, written as SQL or held against a row.

A condition is text such as `is_operated and departure_delay_minutes < limit`. Here is what it may say and how each
engine says it. Comparisons with what is unknown do not hold, in SQL (where nothing but true counts) as in Python; that
is why only flags, which are never unknown, can be turned round with `not`.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Write = Callable[[str], str]
"""How an engine calls a column."""

_SIGNS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


class ConditionError(ValueError):
    """A condition that cannot be read; the message says which part, and what is wanted."""


@dataclass(frozen=True)
class Columns:
    """What the conditions over one kind of row may speak of."""

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

    def holds(self, row: Row) -> bool:
        """Return whether it holds for a row; a column that is not there is unknown."""
        return self._holds(self.tree, row)

    def _sql(self, node: ast.expr, write: Write, *, inside: bool = False) -> str:
        match node:
            case ast.BoolOp(op=op, values=values):
                word = " and " if isinstance(op, ast.And) else " or "
                text = word.join(self._sql(one, write, inside=True) for one in values)
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
        return write(node.id) if isinstance(node, ast.Name) and node.id != "limit" else f"{self._value(node, {})}"

    def _holds(self, node: ast.expr, row: Row) -> bool:
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return all(self._holds(one, row) for one in values)
            case ast.BoolOp(values=values):
                return any(self._holds(one, row) for one in values)
            case ast.UnaryOp(operand=operand):
                return not self._holds(operand, row)
            case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=column)]):
                return (row.get(column) is None) == (name == "unknown")
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _compare(op, self._value(left, row), self._value(right, row))
            case ast.Name(id=name):
                return bool(row.get(name))
        raise ConditionError(f"`{ast.unparse(node)}` is no condition")

    def _value(self, node: ast.expr, row: Row) -> Any:  # noqa: ANN401 - a number or nothing
        if isinstance(node, ast.Constant):
            return node.value
        name = node.id if isinstance(node, ast.Name) else ""
        return self.limit if name == "limit" else row.get(name)


def read(text: str, columns: Columns, limit: int | None) -> Condition:
    """Read a condition; raise `ConditionError` for what it may not say."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ConditionError(f"`{text}` cannot be read: {error.msg}") from None
    found = Condition(text, tree, limit)
    _check(tree, columns)
    says_limit = any(isinstance(node, ast.Name) and node.id == "limit" for node in ast.walk(tree))
    if says_limit != (limit is not None):
        raise ConditionError(f"`{text}` and `limit_minutes` belong together: one of them is missing")
    return found


def _check(node: ast.expr, columns: Columns) -> None:
    match node:
        case ast.BoolOp(values=values):
            for one in values:
                _check(one, columns)
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


def _among(name: str, known: frozenset[str], what: str) -> None:
    if name not in known:
        raise ConditionError(f"{name!r} is not {what} of these facts; there are {', '.join(sorted(known)) or 'none'}")


def _compare(op: ast.cmpop, left: Any, right: Any) -> bool:  # noqa: ANN401 - numbers or nothing
    if left is None or right is None:
        return False
    match op:
        case ast.Lt():
            return left < right
        case ast.LtE():
            return left <= right
        case ast.Gt():
            return left > right
    return left >= right
