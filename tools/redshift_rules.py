"""SQL that Redshift refuses or reads otherwise, although DuckDB and PostgreSQL accept it: rules over one statement.

    broken("select note from s.t qualify row_number() over (order by at) = 1")

The rules are known differences and cannot be a complete list. Each names its source: "guide" is the Amazon Redshift
Database Developer Guide, "engine" is general knowledge of Redshift that the guide does not state. Functions may be
called that `redshift_functions.txt` lists: somebody read their page of the guide.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.tokens import Token, TokenType

FUNCTIONS = Path(__file__).with_name("redshift_functions.txt")
#: Sentence, and the words that break it in a statement without its strings and comments.
WORDS = tuple(
    (sentence, re.compile(pattern, re.IGNORECASE))
    for sentence, pattern in (
        ("write listagg; there is no other aggregate into text or lists (guide)",
         r"\b(string_agg|array_agg|jsonb?_agg|bool_and|bool_or|every)\s*\("),
        ("generate_series runs on the leader node alone (guide)", r"\bgenerate_series\s*\("),
        ("there is no DISTINCT ON (engine)", r"\bdistinct\s+on\s*\("),
        ("there is no FILTER clause (engine)", r"\)\s*filter\s*\(\s*where\b"),
        ("there is no LATERAL (engine)", r"\blateral\b"),
        ("there is no IS DISTINCT FROM (engine)", r"\bis\s+(not\s+)?distinct\s+from\b"),
        ("write UNION; the grammar has no UNION DISTINCT (guide)", r"\bunion\s+distinct\b"),
        ("there is no EXCEPT ALL or INTERSECT ALL (guide)", r"\b(except|intersect)\s+all\b"),
        ("there is no ON CONFLICT or RETURNING (guide)", r"\bon\s+conflict\b|\breturning\b"),
        ("JSON is SUPER; there are no JSON types or operators (guide)", r"::\s*jsonb?\b|->>?|\bas\s+jsonb?\b"),
        ("there are no arrays (guide)", r"\barray\s*\[|\bunnest\s*\(|\bany\s*\(\s*array"),
        ("concat takes two arguments (guide)", r"\bconcat\s*\([^(),]*,[^(),]*,"),
        ("a frame counts ROWS, never RANGE or GROUPS (guide)", r"\b(range|groups)\s+(between|unbounded|current|\d)"),
        ("there are no named windows (engine)", r"\bwindow\s+\w+\s+as\s*\(|\bover\s+[a-z_]\w*"),
        ("VALUES is no relation (engine)", r"\b(from|join)\s*\(\s*values\b"),
        ("there is no TABLESAMPLE, FETCH or FOR UPDATE (engine)",
         r"\btablesample\b|\bfetch\s+(first|next)\b|\bfor\s+update\b"),
        ("a star cannot leave columns out or replace them (engine)", r"\*\s*(exclude|replace)\s*\("),
        ("numeric without precision is numeric(18, 0) and rounds (guide)",
         r"\bas\s+(numeric|decimal)\s*\)|::\s*(numeric|decimal)\b(?!\s*\()"),
        ("avg of whole numbers drops the fraction: cast its argument (guide)", r"\bavg\s*\((?!\s*cast\b)"),
    )
)  # fmt: skip
#: Reserved in Redshift (guide): as names of columns they need quotation marks.
RESERVED = frozenset(
    """aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
    blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross current_date
    current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k desc
    disable distinct do else emptyasnull enable encode encrypt encryption end except explicit for foreign freeze from
    full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect into is
    isnull join leading left like limit localtime localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8
    natural new not notnull nulls off offline offset oid old on only open or order outer overlaps parallel partition
    percent permissions pivot placing primary raw readratio recover references respect rejectlog resort restore right
    select session_user similar snapshot some sysdate system table tag tdes text255 text32k then to top trailing
    truncatecolumns union unique unnest unpivot user using verbose wallet when where with without""".split()  # noqa: SIM905 - a list of so many words fills a page
)
AGGREGATES = (
    exp.Sum, exp.Avg, exp.Count, exp.Min, exp.Max, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance,
    exp.VariancePop, exp.FirstValue, exp.LastValue, exp.NthValue,
)  # fmt: skip
#: Words before an opening bracket that call nothing.
NO_CALLS = frozenset(
    """in over group and or not exists as values using on when then else by with select from where any all some
    is varchar char decimal numeric character precision sortkey distkey insert into create table view union if
    partition order having case end between like join interval timestamp date integer bigint boolean cast
    varying convert""".split()  # noqa: SIM905 - as above
)
_NOT_SQL = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_ALIAS = re.compile(r"\bas\s+([a-z_]\w*)(?=\s*(?:,|\)|\n|$|\bfrom\b))", re.IGNORECASE)
_CALL = re.compile(r"\b([a-z_]\w*)\s*\(", re.IGNORECASE)
#: A common table expression, whose name looks like a call.
_NAMED = re.compile(r"\b([a-z_]\w*)\s+as\s*\(", re.IGNORECASE)


def broken(sql: str, functions: frozenset[str] | None = None) -> list[str]:
    """Return what Redshift would refuse or read otherwise in a statement, one sentence each.

    `functions` are the names that may be called; None leaves calls alone.
    """
    text = bare(sql)
    problems = [f"{sentence}: {match[0].strip()}" for sentence, pattern in WORDS if (match := pattern.search(text))]
    problems += [f"a reserved word needs quotation marks as a name (guide): as {name}" for name in _reserved(text)]
    problems += _unnamed_before_qualify(sql) if re.search(r"\bqualify\b", text, re.IGNORECASE) else []
    problems += _windows(sql) if re.search(r"\bover\b", text, re.IGNORECASE) else []
    if functions is not None:
        unknown = sorted(calls(text) - functions)
        problems += [f"the function {name} is not in {FUNCTIONS.name}" for name in unknown]
    return problems


def allowed_functions() -> frozenset[str]:
    """Read the functions that compiled SQL may call."""
    lines = FUNCTIONS.read_text(encoding="utf-8").splitlines()
    return frozenset(filter(None, (line.partition("#")[0].strip() for line in lines)))


def bare(sql: str) -> str:
    """Return a statement with blanks in place of its strings and comments; places in it stay as they are."""

    def blank(match: re.Match[str]) -> str:
        return f"'{' ' * (len(match[0]) - 2)}'" if match[0].startswith("'") else " " * len(match[0])

    return _NOT_SQL.sub(blank, sql)


def calls(text: str) -> set[str]:
    """Return the names that a bare statement calls."""
    own = {match[1].lower() for match in _NAMED.finditer(text)}
    return {match[1].lower() for match in _CALL.finditer(text)} - NO_CALLS - own


def _reserved(text: str) -> Iterator[str]:
    for match in _ALIAS.finditer(text):
        # The word behind `as` in a cast is a type.
        is_type = re.search(r"\bcast\s*\([^()]*$", text[: match.start()], re.IGNORECASE)
        if match[1].lower() in RESERVED and not is_type:
            yield match[1]


def _unnamed_before_qualify(sql: str) -> list[str]:
    """QUALIFY directly behind FROM wants the relation there to have an alias (guide)."""
    tokens, depth, depths = sqlglot.tokenize(sql, read="redshift"), 0, []
    for token in tokens:
        depth -= token.token_type == TokenType.R_PAREN
        depths.append(depth)
        depth += token.token_type == TokenType.L_PAREN
    problems = []
    for at, token in enumerate(tokens):
        if token.token_type == TokenType.QUALIFY:
            before = [n for n in range(at) if depths[n] == depths[at]]
            begin = max((n for n in before if tokens[n].token_type == TokenType.FROM), default=0)
            between = [tokens[n] for n in before if n > begin]
            if between and _is_unnamed(between):
                problems.append(f"QUALIFY directly behind FROM needs an alias (guide): from … {tokens[at - 1].text}")
    return problems


def _is_unnamed(between: list[Token]) -> bool:
    """True if nothing but a relation without an alias stands between FROM and QUALIFY."""
    clauses = (TokenType.WHERE, TokenType.GROUP_BY, TokenType.HAVING, TokenType.ON, TokenType.USING)
    if any(token.token_type in clauses for token in between):
        return False
    before_last = between[-2].token_type if len(between) > 1 else TokenType.FROM
    return between[-1].token_type == TokenType.R_PAREN or before_last in (
        TokenType.FROM, TokenType.DOT, TokenType.COMMA, TokenType.JOIN,
    )  # fmt: skip


def _windows(sql: str) -> list[str]:
    try:
        tree = sqlglot.parse_one(sql, read="redshift")
    except sqlglot.errors.SqlglotError as error:
        return [f"sqlglot cannot read it as Redshift: {str(error).splitlines()[0]}"]
    problems = []
    for window in tree.find_all(exp.Window):
        inner = window.this.this if isinstance(window.this, exp.IgnoreNulls | exp.RespectNulls) else window.this
        if isinstance(inner, AGGREGATES):
            shown = window.sql("redshift")[:90]
            if window.args.get("order") and not window.args.get("spec"):
                problems.append(f"an aggregate over an ordered window needs a frame (guide): {shown}")
            if inner.find(exp.Distinct):
                problems.append(f"there is no DISTINCT in a window (engine): {shown}")
    return problems
