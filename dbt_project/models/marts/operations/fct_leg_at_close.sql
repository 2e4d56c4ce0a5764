-- fct_leg over the facts that had arrived when the operating day closed: what came later changes no row here.
-- What stops int_leg stops these rows too, which are made of the same facts.
-- depends_on: {{ ref('int_leg') }}
with facts_at_close as (

    {{ leg_facts(known_at_close()) }}

),

legs_at_close as (

    {{ merged_legs('facts_at_close') }}

),

figures as (

    {{ leg_figures('legs_at_close', at=closed_at()) }}

)

select
    *,
    {{ closed_at() }} as closed_at
from figures
