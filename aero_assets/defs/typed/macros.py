"""The functions that expressions of the register may call, as DuckDB macros: readings of texts, and facts about places.

A reading accepts a whole text in the form that it names, or gives null: it never cuts, pads, rounds or guesses. So a
feed can distinguish an empty value from one that was not understood (`unread`), and refuses the latter.
`tests/unit/feeds/test_readings.py` checks every expression of the register for these functions.
"""

from aero_assets.zones import DOT_NUMBERS_ABOVE, EARTH_RADIUS_MILES, placed_from
from aero_ingest.tables import CURRENCIES
from aero_streaming.events.limits import EARLIEST, LATEST, LONGEST_BLOCK
from aero_streaming.events.registrations import PLACEHOLDER
from aero_streaming.events.types import (
    DELAY_CODES,
    EASTMOST,
    MOST_ATTEMPTS,
    MOST_SEQUENCE,
    MOST_VERSIONS,
    OFFSET_STEP,
    WESTMOST,
)

_NUMBER, _DAY, _TIME = "[0-9]+", "[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}", "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
#: Forms of a text that becomes a value of a type. A cast alone takes more: it rounds 1.5 to a whole number, knows
#: infinity, 1_000, 0x1F and `y`, and drops the offset of a time that is not UTC. A whole number with three zeros behind
#: its point is as well a thousand with a separator.
_WHOLE = f"[+-]?{_NUMBER}([.](0{{1,2}}|0{{4,}}))?"
FORMS = {
    "INTEGER": _WHOLE,
    "BIGINT": _WHOLE,
    "DOUBLE": f"[+-]?({_NUMBER}[.]?[0-9]*|[.]{_NUMBER})([eE][+-]?{_NUMBER})?",
    "BOOLEAN": "true|false",
    "DATE": f"{_DAY}([ T]00:00(:00([.]0+)?)?Z?)?",
    "TIMESTAMP": f"{_DAY}[ T]{_TIME}( ?(Z|UTC|[+-]00(:?00)?))?",
}
#: Words for a measure that nobody took, and for a trace, which is too little to measure.
UNMEASURED = "NA|N/A|NAN|M|MM|NULL|NONE|MISSING|T|TRACE|[-/]+"
#: A local time to the minute with its offset, as airlines write it: 2026-11-09T23:45-08:00.
_OFFSET_TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9][+-](0[0-9]|1[0-4]):[0-5][0-9]"
#: A delay of more minutes has a reason in every source, or a time with the wrong day. The longest one in the public
#: data is 1,190 minutes, with its causes.
_UNEXPLAINED = 18 * 60
_KM_PER_MILE, _MILES_PER_NAUTICAL = 1.609344, 1.150779

#: `whole` first asks what is true of nearly every number, that it is written as we would write it: a cast and back
#: costs a third of a regular expression with its casts. It reads what a column of type INTEGER takes, no less, so that
#: no value gets past a rule; as BIGINT, in which no product of two such numbers overflows and stops the file.
READINGS = f"""
create or replace temp macro whole(text) as case
    when cast(try_cast(text as integer) as varchar) = text or regexp_full_match(text, '{FORMS["INTEGER"]}')
    then cast(try_cast(text as integer) as bigint) end;
create or replace temp macro number(text) as
    case when regexp_full_match(text, '{FORMS["DOUBLE"]}') and isfinite(try_cast(text as double))
         then try_cast(text as double) end;
create or replace temp macro rounded(text, digits) as
    coalesce(cast(round(number(text), digits) as varchar), text);
create or replace temp macro unless_zero(text) as case when number(text) = 0 then null else text end;
create or replace temp macro measured(text) as
    case when not regexp_full_match(upper(text), '{UNMEASURED}') then text end;
create or replace temp macro iso_date(text) as
    case when regexp_full_match(text, '{FORMS["DATE"]}') then try_cast(text as date) end;
create or replace temp macro iso_time(text) as
    case when regexp_full_match(text, '{FORMS["TIMESTAMP"]}') then try_cast(text as timestamp) end;
create or replace temp macro day_of(year, month, day) as
    case when regexp_full_match(year || '-' || month || '-' || day, '{_DAY}')
         then try_cast(year || '-' || month || '-' || day as date) end;
create or replace temp macro us_date(text) as
    case when regexp_full_match(text, '[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}')
         then cast(try_strptime(text, '%m/%d/%Y') as date) end;
create or replace temp macro flight_day(text) as coalesce(
    iso_date(text), us_date(regexp_replace(text, ' (12:00(:00)? AM|0?0:00(:00)?)$', '')),
    case when regexp_full_match(text, '(19|20)[0-9]{{6}}') then cast(try_strptime(text, '%Y%m%d') as date) end);
create or replace temp macro flag(text) as
    case when whole(text) in (0, 1) then whole(text) = 1
         when lower(text) in ('true', 'false') then lower(text) = 'true' end;
create or replace temp macro carrier_code(text) as
    case when length(text) > 2 and regexp_full_match(text, '[A-Z0-9]{{2}} [(][0-9][)]') then text[1:2] else text end;
create or replace temp macro quarter_start(text) as
    case when regexp_full_match(text, '[0-9]{{4}}q[1-4]')
         then make_date(cast(text[1:4] as bigint), 3 * cast(text[6:6] as bigint) - 2, 1) end;
create or replace temp macro part(text, separator, place, parts) as
    case when len(string_split(text, separator)) = parts then split_part(text, separator, place) end;
create or replace temp macro clock_minutes(text) as
    case when regexp_full_match(text, '[0-9]{{1,4}}([.]0+)?') and whole(text) % 100 < 60 and whole(text) <= 2400
         then whole(text) // 100 * 60 + whole(text) % 100
         when regexp_full_match(text, '([01]?[0-9]|2[0-3]):[0-5][0-9](:00)?|24:00(:00)?')
         then cast(split_part(text, ':', 1) as integer) * 60 + cast(split_part(text, ':', 2) as integer) end;
create or replace temp macro instant(text) as
    case when regexp_full_match(text, '{_OFFSET_TIME}') then epoch_us(try_cast(text as timestamptz)) // 60000000 end;
create or replace temp macro written_minute(text) as
    case when regexp_full_match(text, '{_OFFSET_TIME}')
         then cast(text[12:13] as integer) * 60 + cast(text[15:16] as integer) end;
create or replace temp macro written_date(text) as
    case when regexp_full_match(text, '{_OFFSET_TIME}') then try_cast(text[1:10] as date) end;
create or replace temp macro registration(text) as
    case when not regexp_full_match(upper(trim(text)), '{PLACEHOLDER}') then text end;
create or replace temp macro is_delay_codes(text) as regexp_full_match(text, '{DELAY_CODES}');
create or replace temp macro coded_minutes(text) as
    case when is_delay_codes(text)
         then list_sum(list_transform(string_split(text, ';'), lambda pair: cast(pair[4:] as integer))) end;
create or replace temp macro date_text(text, format) as case
    when year(try_strptime(text, format)) between 1000 and 9999
    then strftime(try_strptime(text, format), '%Y-%m-%d') else text end;
create or replace temp macro utc_text(text) as
    case when regexp_full_match(text, '.*:[0-9]{{2}}([.][0-9]+)? ?[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?')
         then coalesce(cast(make_timestamp(epoch_us(try_cast(text as timestamptz))) as varchar), text) else text end;
create or replace temp macro unread(text, value) as text is not null and value is null;
create or replace temp macro not_whole(text) as unread(text, whole(text));
create or replace temp macro bad_clock(text) as unread(text, clock_minutes(text));
"""
_ISO_4217 = ", ".join(f"'{code}'" for code in sorted(CURRENCIES))
_PLACED = " ".join(f"when '{code}' then day >= date '{first}'" for code, first in placed_from().items())
#: Calculations with values that were read.
RECKONINGS = f"""
create or replace temp macro is_too_early(delay_minutes) as delay_minutes < {EARLIEST};
create or replace temp macro is_too_late(delay_minutes) as delay_minutes > {LATEST};
create or replace temp macro unfiled_delay() as {EARLIEST + 720};
create or replace temp macro longest_block() as {LONGEST_BLOCK};
create or replace temp macro needs_reason(delay_minutes) as delay_minutes > {_UNEXPLAINED};
create or replace temp macro long(value) as value + cast(0 as bigint);
create or replace temp macro given(value) as case when value is null then 0 else 1 end;
create or replace temp macro date_of(moment) as cast(moment as date);
create or replace temp macro minute_of(moment) as epoch_us(moment) // 60000000;
create or replace temp macro at_minute(minute) as make_timestamp(cast(minute as bigint) * 60000000);
create or replace temp macro leg_uid(carrier, number, suffix, origin, operating_date, leg_sequence) as
    left(sha256(concat_ws('|', carrier, number, suffix, origin, operating_date, leg_sequence)), 32);
create or replace temp macro is_sequence(number) as number between 1 and {MOST_SEQUENCE};
create or replace temp macro is_attempt(number) as number between 1 and {MOST_ATTEMPTS};
create or replace temp macro is_version(number) as number between 1 and {MOST_VERSIONS};
create or replace temp macro is_offset(minutes) as
    minutes between {WESTMOST} and {EASTMOST} and minutes % {OFFSET_STEP} = 0;
create or replace temp macro is_currency(code) as code in ({_ISO_4217});
create or replace temp macro known_airport(code, day) as
    exists (select 1 from airport where airport.iata = code and day between airport.valid_from and airport.valid_to);
create or replace temp macro dot_airport(number) as
    cast(getvariable('dot_airports') as struct(iata varchar, first date, last date)[])[number - {DOT_NUMBERS_ABOVE}];
create or replace temp macro airport_code(text, day) as
    case when length(text) = 3 or not regexp_full_match(text, '[0-9]{{5}}([.]0+)?') then text
         else coalesce(list_transform([dot_airport(whole(text))],
             lambda place: case when day between place.first and place.last then place.iata end)[1], text) end;
create or replace temp macro stood_there(code, day) as
    day >= date '{max(placed_from().values())}' or case code {_PLACED} else true end;
create or replace temp macro usual_minutes(miles) as cast(40 + miles / 7.5 as integer);
create or replace temp macro country_of(code) as (select country from airport where iata = code);
create or replace temp macro point_of(code) as (select point from airport where iata = code);
create or replace temp macro miles_apart(one, other) as
    {2 * EARTH_RADIUS_MILES} * asin(round(list_distance(point_of(one), point_of(other)) / 2, 12));
create or replace temp macro is_far_from(miles, apart) as abs(miles - apart) > 5 + 0.01 * apart;
create or replace temp macro is_near(figure, other) as abs(figure - other) <= 5 + 0.01 * other;
create or replace temp macro is_other_unit(miles, apart) as
    apart > 50 and (is_near(miles, {_KM_PER_MILE} * apart) or is_near(miles, apart / {_MILES_PER_NAUTICAL}));
create or replace temp macro vapour_pressure(fahrenheit) as
    exp(17.625 * (fahrenheit - 32) / (1.8 * 243.04 + fahrenheit - 32));
create or replace temp macro humidity_of(temperature_f, dew_point_f) as
    100 * vapour_pressure(dew_point_f) / vapour_pressure(temperature_f);
create or replace temp macro weekday(day) as isodow(day);
create or replace temp macro month_of(day) as month(day);
create or replace temp macro day_in(day) as dayofmonth(day);
create or replace temp macro unknown_airport(code, day) as
    code is not null and day is not null and not known_airport(code, day);
"""
MACROS = READINGS + RECKONINGS
