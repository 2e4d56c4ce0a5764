-- Minimal Redshift look-alikes for PostgreSQL >= 16. Loaded into pg_catalog so unqualified calls resolve.
set allow_system_table_mods = on;
create or replace function pg_catalog.pg_get_late_binding_view_cols() returns setof record language plpgsql as $$ begin return; end $$;
create or replace function pg_catalog.getdate() returns timestamp language sql stable as $$ select (clock_timestamp() at time zone 'UTC')::timestamp(0) $$;
create or replace function pg_catalog.dateadd(part text, n bigint, ts timestamp) returns timestamp language sql immutable as
$$ select ts + case lower(part) when 'quarter' then n*3 * interval '1 month' when 'week' then n*7 * interval '1 day' else n * ('1 '||part)::interval end $$;
-- a part that is not in the list must fail: a CASE without ELSE answered NULL for microsecond, silently
create or replace function pg_catalog.rs_unknown_datepart(part text) returns bigint language plpgsql immutable as $$ begin raise exception 'datediff: part % is not in compat.sql', part; end $$;
create or replace function pg_catalog.datediff(part text, a timestamp, b timestamp) returns bigint language sql immutable as $$  -- boundaries crossed, as Redshift
 select case lower(part)
  when 'year' then extract(year from b)::bigint - extract(year from a)::bigint
  when 'quarter' then (extract(year from b)*4+extract(quarter from b))::bigint - (extract(year from a)*4+extract(quarter from a))::bigint
  when 'month' then (extract(year from b)*12+extract(month from b))::bigint - (extract(year from a)*12+extract(month from a))::bigint
  when 'week' then ((date_trunc('week', b+interval '1 day')::date - date_trunc('week', a+interval '1 day')::date)/7)::bigint
  when 'day' then (b::date - a::date)::bigint
  when 'hour' then (extract(epoch from date_trunc('hour',b) - date_trunc('hour',a))/3600)::bigint
  when 'minute' then (extract(epoch from date_trunc('minute',b) - date_trunc('minute',a))/60)::bigint
  when 'second' then extract(epoch from date_trunc('second',b) - date_trunc('second',a))::bigint
  when 'millisecond' then (extract(epoch from date_trunc('milliseconds',b) - date_trunc('milliseconds',a)) * 1000)::bigint
  when 'microsecond' then (extract(epoch from b - a) * 1000000)::bigint
  else pg_catalog.rs_unknown_datepart(part) end $$;
create or replace function pg_catalog.convert_timezone(src text, dst text, ts timestamp) returns timestamp language sql stable as $$ select (ts at time zone src) at time zone dst $$;
create or replace function pg_catalog.convert_timezone(dst text, ts timestamp) returns timestamp language sql stable as $$ select (ts at time zone 'UTC') at time zone dst $$;
create or replace function pg_catalog.json_extract_path_text(j text, k text, null_if_invalid boolean) returns text language plpgsql immutable as
$$ begin return coalesce(j::jsonb #>> array[k], ''); exception when others then if null_if_invalid then return null; else raise; end if; end $$;
create or replace function pg_catalog.len(text) returns int language sql immutable as $$ select length($1) $$;
create or replace function pg_catalog.nvl(anyelement, anyelement) returns anyelement language sql immutable as $$ select coalesce($1,$2) $$;
create or replace view pg_catalog.svv_external_schemas as select oid::int as esoid, 1 as eskind, nspname as schemaname, 1 as esowner, 'dev'::text as databasename, ''::text as esoptions from pg_namespace where nspname like 'spectrum%';
create or replace view pg_catalog.svv_external_tables as select table_schema::text as schemaname, table_name::text as tablename, 's3://test'::text as location from information_schema.tables where table_schema like 'spectrum%';
create or replace view pg_catalog.svv_external_columns as select table_schema::text as schemaname, table_name::text as tablename, column_name::text as columnname, data_type::text as external_type, ordinal_position::int as columnnum, 0 as part_key from information_schema.columns where false;
create or replace view pg_catalog.svv_table_info as select n.nspname::text as "schema", c.relname::text as "table", 'N'::text as encoded, 'EVEN'::text as diststyle, null::text as sortkey1, 256 as max_varchar, null::text as sortkey1_enc, 0 as sortkey_num, (pg_relation_size(c.oid)/1000000)::bigint as size, 0::numeric as pct_used, null::numeric as unsorted, 0::numeric as stats_off, c.reltuples::numeric as tbl_rows, null::numeric as skew_sortkey1, null::numeric as skew_rows from pg_class c join pg_namespace n on n.oid=c.relnamespace where c.relkind='r' and n.nspname not like 'pg\_%';
create or replace view pg_catalog.sys_query_detail as select null::oid as table_id, null::timestamp as start_time, 'insert'::text as step_name where false;
grant select on pg_catalog.svv_table_info, pg_catalog.svv_external_columns, pg_catalog.svv_external_tables, pg_catalog.svv_external_schemas, pg_catalog.sys_query_detail to public;
create or replace function pg_catalog.date_trunc(part text, d date) returns timestamp language sql immutable as $$ select pg_catalog.date_trunc(part, d::timestamp) $$;
-- Redshift cannot cast a boolean to text; PostgreSQL can. The casts stay in the catalogue and fail when they are used.
create or replace function pg_catalog.rs_no_bool_text(boolean) returns text language plpgsql immutable as $$ begin raise exception 'cannot cast type boolean to character varying'; end $$;
update pg_catalog.pg_cast set castfunc = 'pg_catalog.rs_no_bool_text(boolean)'::regprocedure, castmethod = 'f'
 where castsource = 'bool'::regtype and casttarget in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype);
create or replace function pg_catalog.strtol(t text, base integer) returns bigint language plpgsql immutable as $$ begin
 if base = 16 then return ('x' || lpad(t, 16, '0'))::bit(64)::bigint; elsif base = 10 then return t::bigint; else raise exception 'strtol: base % is not in compat.sql', base; end if; end $$;
create or replace function pg_catalog.sha2(t text, bits integer) returns text language plpgsql immutable as $$ begin
 if bits <> 256 then raise exception 'sha2: % bits are not in compat.sql', bits; end if; return encode(pg_catalog.sha256(convert_to(t, 'UTF8')), 'hex'); end $$;
create or replace view pg_catalog.svv_roles as select oid::int as role_id, rolname::text as role_name, null::text as role_owner from pg_roles where not rolcanlogin and rolname not like 'pg\_%';
create or replace view pg_catalog.svv_user_grants as select u.rolname::text as user_name, r.rolname::text as role_name, m.admin_option from pg_auth_members m join pg_roles u on u.oid = m.member join pg_roles r on r.oid = m.roleid where u.rolcanlogin;
