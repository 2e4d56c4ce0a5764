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
        cast(mod(cast(extract(dow from date_day) as integer) + 6, 7) as integer) as days_since_monday,
        cast(extract(year from date_day) as integer) as year_number,
        cast(extract(month from date_day) as integer) as month_number,
        cast(extract(day from date_day) as integer) as day_of_month
    from calendar
    where date_day <= cast('2035-12-31' as date)

),

-- Easter by the rule of Meeus, Jones and Butcher; floor() of whole numbers, as engines divide them differently.
centuries as (

    select
        year_number,
        mod(year_number, 19) as golden,
        cast(floor(year_number / 100.0) as integer) as century,
        mod(year_number, 100) as year_of_century
    from dated
    group by year_number

),

epacts as (

    select
        year_number,
        golden,
        mod(
            19 * golden + century - cast(floor(century / 4.0) as integer)
            - cast(floor((century - cast(floor((century + 8) / 25.0) as integer) + 1) / 3.0) as integer) + 15, 30
        ) as epact,
        32 + 2 * mod(century, 4) + 2 * cast(floor(year_of_century / 4.0) as integer)
        - mod(year_of_century, 4) as weekday_part
    from centuries

),

moons as (

    select
        year_number,
        epact,
        mod(weekday_part - epact, 7) as days_on,
        cast(floor((golden + 11 * epact + 22 * mod(weekday_part - epact, 7)) / 451.0) as integer) as late
    from epacts

),

easters as (

    select
        year_number,
        epact + days_on - 7 * late + 114 as easter_number
    from moons

),

-- A holiday has a fixed day, or is the nth weekday of its month; the last one is -1.
holidays as (

    select
        dated.date_day,
        rules.country,
        min(rules.name_es) as name_es,
        min(rules.name_en) as name_en
    from dated
    inner join {{ ref('holiday_rules') }} as rules
        on
            dated.month_number = rules.month
            and (rules.first_year is null or dated.year_number >= rules.first_year)
            and (rules.last_year is null or dated.year_number <= rules.last_year)
            and (rules.every_years is null or mod(dated.year_number - rules.first_year, rules.every_years) = 0)
    where
        dated.day_of_month = rules.day
        or (
            dated.days_since_monday + 1 = rules.weekday
            and (
                dated.day_of_month between 7 * rules.nth - 6 and 7 * rules.nth
                or (rules.nth = -1 and cast(extract(month from dated.date_day + 7) as integer) <> rules.month)
            )
        )
    group by dated.date_day, rules.country

),

-- A puente: a holiday of Mexico, the weekend beside it, and the one working day between the two.
-- Days from the holiday by its weekday: Monday, Tuesday, Thursday, Friday.
steps as (
    {%- for weekday, days in [(0, [-2, -1, 0]), (1, [-3, -2, -1, 0]), (3, [0, 1, 2, 3]), (4, [0, 1, 2])] %}
    {%- set last = loop.last %}
    {%- for step in days %}
    select
        {{ weekday }} as days_since_monday,
        {{ step }} as days_on
    {{ 'union all' if not (last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
),

puentes as (

    select distinct holidays.date_day + steps.days_on as date_day
    from holidays
    inner join dated on holidays.date_day = dated.date_day
    inner join steps on dated.days_since_monday = steps.days_since_monday
    where holidays.country = 'MX'

),

exceptional as (

    select distinct dated.date_day
    from dated
    inner join {{ ref('exceptional_days') }} as events
        on dated.date_day between events.first_on and events.last_on
    where events.scope = 'network' and events.leave_out

)

select
    dated.date_day,
    dated.year_number,
    cast(extract(quarter from dated.date_day) as integer) as quarter_number,
    dated.month_number,
    dated.day_of_month,
    dated.days_since_monday + 1 as iso_day_of_week,
    dated.days_since_monday >= 5 as is_weekend,
    dated.date_day - dated.days_since_monday as week_start_on,
    cast(date_trunc('month', dated.date_day) as date) as month_start_on,

    -- holidays and peaks of travel
    cast(mexican.name_es as varchar) as holiday_mx_es,
    cast(mexican.name_en as varchar) as holiday_mx_en,
    cast(american.name_es as varchar) as holiday_us_es,
    cast(american.name_en as varchar) as holiday_us_en,
    puentes.date_day is not null as is_puente_mx,
    -- Easter is on day mod(easter_number, 31) + 1 of March or April: counted in days from 1 March
    dated.date_day - cast(cast(dated.year_number as varchar) || '-03-01' as date)
    - (31 * (cast(floor(easters.easter_number / 31.0) as integer) - 3) + mod(easters.easter_number, 31))
    between -7 and 0 as is_semana_santa,
    exceptional.date_day is not null as is_exceptional
from dated
inner join easters on dated.year_number = easters.year_number
left join holidays as mexican on dated.date_day = mexican.date_day and mexican.country = 'MX'
left join holidays as american on dated.date_day = american.date_day and american.country = 'US'
left join puentes on dated.date_day = puentes.date_day
left join exceptional on dated.date_day = exceptional.date_day
