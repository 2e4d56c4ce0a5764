-- Legs as known at the variable as_of, for operating_dates: compile it and run it where the warehouse is.
with facts_then as (

    {{ leg_facts('received_at <= ' ~ as_of()) }}

),

legs_then as (

    {{ merged_legs('facts_then') }}

),

figures as (

    {{ leg_figures('legs_then') }}

)

select * from figures
