-- A leg has a line on one basis: the invoice takes the place of the plan. On one basis the database wins over a
-- table of finance; what does not count is here too, and says so.
with {{ of_tables(ref('stg_partner__costs'), [
    'operating_date', 'carrier', 'flight_number', 'operational_suffix', 'origin', 'destination', 'cost_line', 'basis',
    'reference'
]) }},

{{ usd_of_tables() }},

together as (

    select
        operating_date,
        leg_uid,
        cost_line,
        basis,
        'database' as told_by,
        driver,
        -- as exact as the database has it: a sum of decimals is the same in any order
        cast(quantity as decimal(18, 3)) as quantity,
        'USD' as currency,
        amount_usd as amount,
        cast(null as date) as rate_date,
        amount_usd,
        data_label,
        case when basis = 'actual' then 3 else 1 end as place,
        leg_uid as same_leg
    from {{ ref('stg_opsdb__leg_costs') }}
    where deleted_at is null and {{ where_operating_dates() }}

    union all

    select
        operating_date,
        leg_uid,
        cost_line,
        basis,
        'table' as told_by,
        'not_stated' as driver,
        cast(null as decimal(18, 3)) as quantity,
        currency,
        cast(amount as decimal(18, 2)) as amount,
        rate_date,
        cast(amount * usd_per_unit as decimal(18, 2)) as amount_usd,
        data_label,
        case when basis = 'actual' then 2 else 0 end as place,
        coalesce(leg_uid, event_id) as same_leg
    from in_usd

),

placed as (

    select
        *,
        max(place) over (partition by operating_date, same_leg, cost_line) as best_place
    from together

)

select
    operating_date,
    leg_uid,
    cost_line,
    basis,
    told_by,
    driver,
    quantity,
    currency,
    amount,
    rate_date,
    amount_usd,
    data_label,
    {{ fate('place < best_place', 'amount_usd is null') }}
from placed
