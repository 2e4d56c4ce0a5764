{#
    Figures of tables that people keep: a row names a flight and its date, the leg is looked for by both, and by the
    airports that it says. A flight of several legs without airports is no leg: nobody can tell which is meant.
    What was said last of a row counts; `columns` tell rows apart, date first.
#}
{% macro of_tables(relation, columns) -%}
    last_word as (

        {{ last_word(relation, columns) }}

    ),

    legs_of_tables as (

        select
            last_word.event_id,
            min(int_leg.leg_uid) as leg_uid
        from last_word
        inner join {{ ref('int_leg') }} as int_leg
            on
                last_word.operating_date = int_leg.operating_date
                and last_word.carrier = int_leg.carrier
                and last_word.flight_number = int_leg.flight_number
                and last_word.operational_suffix = int_leg.operational_suffix
                and coalesce(last_word.origin, int_leg.origin) = int_leg.origin
                and coalesce(last_word.destination, int_leg.destination) = int_leg.destination
                and {{ where_operating_dates('int_leg.operating_date') }}
        group by last_word.event_id
        having count(distinct int_leg.leg_uid) = 1

    ),

    from_tables as (

        select
            last_word.*,
            legs_of_tables.leg_uid
        from last_word
        left join legs_of_tables on last_word.event_id = legs_of_tables.event_id

    )
{%- endmacro %}


{#
    US dollars for one unit of the currency of each row of `from_tables`: the rate of its date, or the last one before
    it within a week, as no rate is published on days off. Without one the amount is unknown.
#}
{% macro usd_of_tables() -%}
    rates as (

        select
            currency,
            rate_date,
            usd_per_unit
        from {{ ref('stg_opsdb__fx_rates') }}
        where deleted_at is null

    ),

    rates_of_tables as (

        select
            from_tables.event_id,
            rates.usd_per_unit,
            rates.rate_date,
            row_number() over (partition by from_tables.event_id order by rates.rate_date desc) as age
        from from_tables
        inner join rates
            on
                from_tables.currency = rates.currency
                and rates.rate_date between from_tables.operating_date - 7 and from_tables.operating_date

    ),

    in_usd as (

        select
            from_tables.*,
            case when from_tables.currency = 'USD' then 1.0 else rates_of_tables.usd_per_unit end as usd_per_unit,
            case when from_tables.currency <> 'USD' then rates_of_tables.rate_date end as rate_date
        from from_tables
        left join rates_of_tables on from_tables.event_id = rates_of_tables.event_id and rates_of_tables.age = 1

    )
{%- endmacro %}


{# The fate of a row: counted, superseded by another source of the same fact, or without a rate for its currency. #}
{% macro fate(superseded, unknown) -%}
    case
        when {{ superseded }} then 'superseded'
        when {{ unknown }} then 'without_rate'
        else 'counted'
    end as fate
{%- endmacro %}
