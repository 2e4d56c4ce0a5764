{#
    Incremental by requested operating dates.

    With the variable operating_dates (a list of ISO dates) a model selects those dates only, and the
    strategy deletes exactly those dates before it inserts: a day that became empty empties.
    Without it a build means all days: the dates present in the new rows are replaced, so that an
    empty lake never shrinks a mart. A full refresh with dates would lose every other day and is refused.

    Dates may also come as a JSON list in the environment (AERO_OPERATING_DATES), as the orchestrator gives
    them: a variable makes dbt parse the whole project again. The environment is read while a model runs and
    never while it is parsed, so that no parse remembers it.

    What partners publish by month or quarter is filed under the first day of its period and asked for by it like any
    other date: such a model says in `meta.date_column` what it calls that date.

    A model whose rows depend on neighbouring days says how far in `meta.touches`: with [-1, 1] a change of a day
    replaces the day before and the day after too. Its query selects these dates with the same touches.
#}

{% macro requested_operating_dates(touches=[0, 0]) %}
    {#- The requested dates as text, or none when the build means all days; `touches` adds days before and after. -#}
    {%- set requested = var('operating_dates', none) -%}
    {%- if requested is none and execute -%}
        {%- set requested = fromjson(env_var('AERO_OPERATING_DATES', 'null')) -%}
    {%- endif -%}
    {%- if requested is none -%}{{ return(none) }}{%- endif -%}
    {%- if requested is string or requested is mapping -%}
        {%- do exceptions.raise_compiler_error(
            "operating_dates must be a list of ISO dates, not " ~ requested
            ~ "; write --vars '{operating_dates: [2015-01-01, 2015-01-02]}'") -%}
    {%- endif -%}
    {%- if execute and flags.FULL_REFRESH -%}
        {%- do exceptions.raise_compiler_error(
            "a full refresh limited to operating_dates would drop every other day; leave out one of the two") -%}
    {%- endif -%}
    {%- set dates = [] -%}
    {%- for value in requested -%}
        {%- set text = value | string -%}
        {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', text) -%}
            {%- do exceptions.raise_compiler_error(
                "operating_dates holds '" ~ text ~ "', which is not an ISO date; write it as YYYY-MM-DD") -%}
        {%- endif -%}
        {%- for days in range(touches[0], touches[1] + 1) -%}
            {%- do dates.append(text if days == 0 else days_after(text, days)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(dates if touches == [0, 0] else dates | unique | sort | list) }}
{% endmacro %}


{% macro days_after(date, days) -%}
    {%- set moved = modules.datetime.datetime.strptime(date, '%Y-%m-%d') + modules.datetime.timedelta(days=days) -%}
    {{ return(moved.strftime('%Y-%m-%d')) }}
{%- endmacro %}


{% macro where_operating_dates(column='operating_date', touches=[0, 0]) -%}
    {#- A literal list: engines prune files and blocks by literals only. -#}
    {%- set dates = requested_operating_dates(touches) -%}
    {%- if dates is none -%}
        1 = 1
    {%- elif not dates -%}
        1 = 0
    {%- else -%}
        {{ column }} in (
            {%- for date in dates %}cast('{{ date }}' as date){{ ', ' if not loop.last }}{% endfor -%}
        )
    {%- endif -%}
{%- endmacro %}


{% macro date_column_of(config) -%}
    {{ return(config.get('meta', {}).get('date_column', 'operating_date')) }}
{%- endmacro %}


{% macro touches_of(config) -%}
    {{ return(config.get('meta', {}).get('touches', [0, 0])) }}
{%- endmacro %}


{% macro get_incremental_requested_dates_sql(arg_dict) %}
    {{ return(adapter.dispatch('get_incremental_requested_dates_sql')(arg_dict)) }}
{% endmacro %}


{% macro default__get_incremental_requested_dates_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set source = arg_dict['temp_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set date_column = date_column_of(config) -%}

    delete from {{ target }}
    where
        {% if requested_operating_dates() is none -%}
            {{ date_column }} in (select {{ date_column }} from {{ source }})
        {%- else -%}
            {{ where_operating_dates(date_column, touches_of(config)) }}
        {%- endif %};

    insert into {{ target }} ({{ columns }})
    (select {{ columns }} from {{ source }})
{% endmacro %}


{#
    Tests of models built by date look at the requested dates only, so that a late correction costs
    what it changes and not a scan of the history. A build of all days tests all days. On Redshift this holds for
    tests of sources too; dbt names the node of a test of a model only, so a source is what such a test depends on.
#}
{% macro default__get_where_subquery(relation) -%}
    {%- set conditions = [] -%}
    {%- if config.get('where') -%}{%- do conditions.append('(' ~ config.get('where') ~ ')') -%}{%- endif -%}
    {%- if execute and 'operating_day' in model.config.tags and requested_operating_dates() is not none -%}
        {%- set node = model.get('attached_node') or model.depends_on.nodes[0] -%}
        {%- set tested = (graph.nodes.get(node) or graph.sources[node]).config -%}
        {%- do conditions.append(where_operating_dates(date_column_of(tested), touches_of(tested))) -%}
    {%- endif -%}
    {%- if conditions -%}
        {%- do return('(select * from ' ~ relation ~ ' where ' ~ conditions | join(' and ') ~ ') as tested') -%}
    {%- else -%}
        {%- do return(relation) -%}
    {%- endif -%}
{%- endmacro %}
