-- From the first operating date that events and partitions know (aero_streaming/events/limits.py).
-- Built from digits, not from a generating function: the engines have no common one.
with digits as (
    {% for digit in range(10) %}
    select {{ digit }} as digit{{ ' union all' if not loop.last }}
    {%- endfor %}
),

numbers as (

    select
        ones.digit
        + 10 * tens.digit
        + 100 * hundreds.digit
        + 1000 * thousands.digit
        + 10000 * ten_thousands.digit as days
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
    cross join digits as ten_thousands
    where ten_thousands.digit < 2

),

calendar as (

    select cast('1987-10-01' as date) + days as date_day
    from numbers

),

dated as (

    select
        date_day,
        cast(mod(cast(extract(dow from date_day) as integer) + 6, 7) as integer) as days_since_monday
    from calendar
    where date_day <= cast('2035-12-31' as date)

)

select
    date_day,
    cast(extract(year from date_day) as integer) as year_number,
    cast(extract(quarter from date_day) as integer) as quarter_number,
    cast(extract(month from date_day) as integer) as month_number,
    cast(extract(day from date_day) as integer) as day_of_month,
    days_since_monday + 1 as iso_day_of_week,
    days_since_monday >= 5 as is_weekend,
    date_day - days_since_monday as week_start_on,
    cast(date_trunc('month', date_day) as date) as month_start_on
from dated
