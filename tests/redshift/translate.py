"""Statements of dbt-redshift as PostgreSQL takes them; what Redshift itself would refuse is refused.

Text is changed only where it must be, so that the rest of a statement stays what dbt sent.
"""

import re

import sqlglot
from sqlglot.tokens import Token, TokenType

from tools.redshift_rules import bare, broken

#: Redshift knows these and nothing here stands for them.
UNKNOWN = re.compile(
    r"\b(pivot|unpivot|json_parse|json_serialize|ratio_to_report|fnv_hash|listagg|approximate|median|unload)\b"
    r"|\btop\s+\d+\b|\bdecode\s*\(",
    re.IGNORECASE,
)
#: Statements about the catalogue are the adapter's own.
CATALOG = re.compile(r"\b(pg_\w+|svv_\w+|sys_\w+|stl_\w+|stv_\w+|information_schema)\b", re.IGNORECASE)
QUERY_GROUP = re.compile(r"\s*(set|reset)\s+query_group\b(.*)", re.IGNORECASE | re.DOTALL)
#: The words of the adapter between the name of a relation and its query.
DISTRIBUTION = (
    re.compile(r"\bbackup\s+no\b", re.IGNORECASE),
    re.compile(r"\bdiststyle\s+(key\s+distkey\s*\([^)]*\)|all|even|auto)", re.IGNORECASE),
    re.compile(r"\b(compound|interleaved)\s+sortkey\s*\([^)]*\)", re.IGNORECASE),
)
LATE_BINDING = re.compile(
    r"\)\s*with\s+no\s+schema\s+binding\s*;?(\s*(?:/\*.*?\*/)?\s*;?\s*)$", re.IGNORECASE | re.DOTALL
)
#: Users, roles and the external schema, which only the set-up of a warehouse names.
SET_UP = (
    (re.compile(r"^\s*create external (schema if not exists \w+) from data catalog\b.*", re.IGNORECASE | re.DOTALL),
     r"create \1"),
    (re.compile(r'^\s*(create user "[^"]+") password disable\s*$', re.IGNORECASE), r"\1 password null"),
    (re.compile(r"^\s*grant role\b", re.IGNORECASE), "grant"),
    (re.compile(r"^\s*((?:grant|alter default privileges)\b.*\bto) role\b", re.IGNORECASE | re.DOTALL), r"\1"),
)  # fmt: skip
UNITS = re.compile(r"\b(dateadd|datediff)\s*\(\s*([a-z]+)\s*,", re.IGNORECASE)
NEW_TABLE = re.compile(
    r'\s*(?:/\*.*?\*/\s*)?create\s+(?:temporary\s+|temp\s+)?table\s+(?:if\s+not\s+exists\s+)?[\w".]+\s*\(',
    re.IGNORECASE | re.DOTALL,
)
TEXT_COLUMN = re.compile(r'("?\w+"?)\s+(?:varchar|character varying|text)\b(?:\s*\(\s*(\d+)\s*\))?', re.IGNORECASE)
DEFAULT_WIDTH = "256"
#: A clause that ends the condition of QUALIFY.
ENDS = (TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT, TokenType.ORDER_BY, TokenType.LIMIT)


class RefusedError(ValueError):
    """Redshift refuses the statement or reads it otherwise, or nothing here stands for a part of it."""


def translate(sql: str) -> str:
    """Return a statement for PostgreSQL; raises `RefusedError`."""
    text = bare(sql)
    if match := UNKNOWN.search(text):
        raise RefusedError(f"nothing stands for {match[0]} here")
    if match := QUERY_GROUP.match(sql):
        return f"{match[1]} redshift.query_group{match[2]}"
    if not CATALOG.search(text) and (problems := broken(sql)):
        raise RefusedError("; ".join(problems))
    for pattern in DISTRIBUTION:
        sql = pattern.sub("", sql)
    for pattern, replacement in SET_UP:
        sql = pattern.sub(replacement, sql)
    sql = _with_widths(LATE_BINDING.sub(r")\1", sql))
    sql = UNITS.sub(r"\1('\2',", sql)
    while "qualify" in bare(sql).lower():
        sql = _without_last_qualify(sql)
    return sql


def _with_widths(sql: str) -> str:
    """Give text columns of a new table Redshift's width: in bytes, and 256 where none is stated."""
    match = NEW_TABLE.match(sql)
    if not match:
        return sql
    depth, end = 1, match.end()
    while depth and end < len(sql):
        depth += {"(": 1, ")": -1}.get(sql[end], 0)
        end += 1

    def checked(column: re.Match[str]) -> str:
        width = column[2] or DEFAULT_WIDTH
        return f"{column[1]} varchar({width}) check (octet_length({column[1]}) <= {width})"

    return sql[: match.end()] + TEXT_COLUMN.sub(checked, sql[match.end() : end - 1]) + sql[end - 1 :]


def _without_last_qualify(sql: str) -> str:
    """Write `select L from R qualify C` as `select * from (select L, (C) as q from R) where q`, the last one first.

    The star then has one column more: harmless where readers name their columns, refused where it would be the result.
    """
    tokens = sqlglot.tokenize(sql, read="redshift")
    depths = _depths(tokens)
    at = max(number for number, token in enumerate(tokens) if token.token_type == TokenType.QUALIFY)
    if depths[at] == 0:
        raise RefusedError("QUALIFY in the outermost select cannot be translated")
    begin, source = (_before(tokens, depths, at, kind) for kind in (TokenType.SELECT, TokenType.FROM))
    after = range(at + 1, len(tokens))
    end = next(n for n in after if depths[n] < depths[at] or (depths[n] == depths[at] and tokens[n].token_type in ENDS))
    stop = tokens[end].start
    columns = sql[tokens[begin].end + 1 : tokens[source].start].rstrip()
    relation = sql[tokens[source].start : tokens[at].start].rstrip()
    condition = sql[tokens[at].end + 1 : stop].strip()
    inner = f"select {columns}, ({condition}) as is_kept_{at} {relation}"
    return f"{sql[: tokens[begin].start]}select * from ({inner}) as kept_{at} where is_kept_{at}\n{sql[stop:]}"


def _depths(tokens: list[Token]) -> list[int]:
    """Return how many brackets are open around each token; a bracket counts as outside itself."""
    depth, depths = 0, []
    for token in tokens:
        depth -= token.token_type == TokenType.R_PAREN
        depths.append(depth)
        depth += token.token_type == TokenType.L_PAREN
    return depths


def _before(tokens: list[Token], depths: list[int], at: int, kind: TokenType) -> int:
    return max(n for n in range(at) if tokens[n].token_type == kind and depths[n] == depths[at])
