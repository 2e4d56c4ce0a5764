{{ config(meta={'dagster': {'ref': {'name': 'int_cost'}}}) }}
-- The rate of each amount is looked for once more: the last one of the week that ends on the operating date.
with amounts as (

    select
        operating_date,
        currency,
        rate_date,
        amount,
        amount_usd
    from {{ ref('int_cost') }}
    where currency <> 'USD' and {{ where_operating_dates() }}

    union all

    select
        operating_date,
        currency,
        rate_date,
        amount,
        cargo_revenue_usd as amount_usd
    from {{ ref('int_cargo') }}
    where currency <> 'USD' and {{ where_operating_dates() }}

    union all

    select
        operating_date,
        currency,
        rate_date,
        null as amount,
        null as amount_usd
    from {{ ref('int_coupon') }}
    where currency <> 'USD' and revenue_usd is not null and {{ where_operating_dates() }}

),

dates as (

    select distinct
        operating_date,
        currency
    from amounts

),

latest as (

    select
        dates.operating_date,
        dates.currency,
        max(rates.rate_date) as rate_date
    from dates
    inner join {{ ref('stg_opsdb__fx_rates') }} as rates
        on
            dates.currency = rates.currency
            and rates.deleted_at is null
            and rates.rate_date between dates.operating_date - 7 and dates.operating_date
    group by dates.operating_date, dates.currency

)

select
    amounts.operating_date,
    amounts.currency,
    amounts.rate_date,
    latest.rate_date as latest_rate_date,
    amounts.amount,
    amounts.amount_usd,
    rates.usd_per_unit
from amounts
left join latest
    on amounts.operating_date = latest.operating_date and amounts.currency = latest.currency
left join {{ ref('stg_opsdb__fx_rates') }} as rates
    on
        latest.rate_date = rates.rate_date
        and latest.currency = rates.currency
        and rates.deleted_at is null
where
    coalesce(amounts.rate_date <> latest.rate_date, amounts.rate_date is not null or latest.rate_date is not null)
    or abs(amounts.amount_usd - amounts.amount * rates.usd_per_unit) > 0.01
