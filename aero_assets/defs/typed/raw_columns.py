"""The SQL that splits records of files: from `line` to the raw columns that a feed's expressions may use.

A record of a CSV file is split here; records of other formats come with values that a reader extracted.
"""

import re

from aero_assets.feeds import Feed


def fields(feed: Feed) -> str:
    """Return the query over `line` that gives each raw column as text, null where empty."""
    return _split(feed) if feed.format == "csv" else _given(feed)


def _split(feed: Feed) -> str:
    """Split each line; values are trimmed, unquoted where quoted, and null where empty."""
    by_name = feed.layout.by_name
    at = "places[{n}]" if by_name else "{n}"
    names = ", ".join(
        f"nullif(parts[{at.format(n=n)}], '') as {_quoted(name)}" for n, name in enumerate(feed.in_records, 1)
    )
    names += "".join(f", given[{n}] as {_quoted(name)}" for n, name in enumerate(feed.captions, 1)) + _named(feed)
    # Values that a file gives once are part of every record in it.
    once = [*(["given"] if feed.captions else []), *(["named"] if feed.layout.named else [])]
    constants = "".join(f" || chr(31) || array_to_string({column}, chr(31))" for column in once)
    value = f'''"(?:[^"]|"")*"|[^"{feed.delimiter}]*'''
    return f"""
        with checked as (
            select * replace (case
                when contains(body, '"') and not regexp_full_match(body, '(?:{value})(?:{feed.delimiter}(?:{value}))*')
                then coalesce(defect, 'bad_quotes') else defect end as defect)
            from line
        ),
        split as (
            select *, case
                when defect is not null then []
                when contains(body, '"') then list_transform(
                    regexp_extract_all(body || '{feed.delimiter}', '({value}){feed.delimiter}', 1),
                    lambda part: trim(case when part like '"%"' then replace(part[2:-2], '""', '"') else part end))
                -- One look at the line spares most records a trim of every value.
                when regexp_matches(body, '[^!-~]')
                then list_transform(string_split(body, '{feed.delimiter}'), lambda part: trim(part))
                else string_split(body, '{feed.delimiter}') end as parts
            from checked
        ){_known_values(feed)}
        select body as _body, line_number as _line_number, defect as _defect, raw_key as _raw_key,
               received_at as _received_at, {_width(by_name)} as _width,{" columns as _columns," if by_name else ""}
               {"width" if by_name else len(feed.header)} as _expected, '{feed.source}' as _source,
               left(sha256('{feed.path}' || chr(31) || body{constants}), 32) as _event_id,
               raw_key || '#' || line_number as _raw_ref, {names}
        from {"known" if feed.layout.unknown else "split"}
    """


def _known_values(feed: Feed) -> str:
    """Return a CTE that empties values which are words for an unknown one; records without such words are skipped."""
    if not feed.layout.unknown:
        return ""
    words = ", ".join(f"'{word}'" for word in feed.layout.unknown)
    # All of them at once: most lines hold none, and looking costs less than a comparison of each value.
    some = "|".join(re.escape(word) for word in feed.layout.unknown).replace("'", "''")
    value = f"""(^|[{feed.delimiter}" ])({some})($|[{feed.delimiter}" ])"""
    return f""",
        known as (
            select * replace (case when regexp_matches(body, '{value}')
                then list_transform(parts, lambda part: case when part in ({words}) then '' else part end)
                else parts end as parts)
            from split
        )"""


def _width(by_name: bool) -> str:
    """Return the number of values; for columns found by name a final comma does not count."""
    if not by_name:
        return "len(parts)"
    return "case when len(parts) = width + 1 and parts[-1] = '' then width else len(parts) end"


def _given(feed: Feed) -> str:
    """Return the query for records whose values a reader extracted; trimmed, and null if empty."""
    names = ", ".join(f"nullif(trim(given[{n}]), '') as {_quoted(name)}" for n, name in enumerate(feed.header, 1))
    names += _named(feed)
    return f"""
        select body as _body, line_number as _line_number, defect as _defect, message as _message,
               raw_key as _raw_key, received_at as _received_at, '{feed.source}' as _source,
               left(sha256(concat_ws(chr(31), '{feed.path}', part, body, array_to_string(given || named, chr(31)))), 32)
                   as _event_id,
               concat(raw_key, '#', part || '!', line_number) as _raw_ref, {names}
        from line
    """


def _named(feed: Feed) -> str:
    return "".join(f", named[{n}] as {_quoted(name)}" for n, name in enumerate(feed.layout.named, 1))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
