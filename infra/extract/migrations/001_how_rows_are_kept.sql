-- What every table shares: who may read, and how a row says when it changed.
create schema opsdb;

-- The clock of the platform: a replay sets `aero.now`, everybody else has the wall's.
create function opsdb.platform_now() returns timestamptz
language sql stable as
$$ select coalesce(cast(nullif(current_setting('aero.now', true), '') as timestamptz), clock_timestamp()) $$;

-- Nobody writes these two: whatever changes a row stamps it and counts its versions.
create function opsdb.touch() returns trigger
language plpgsql as
$$
begin
    new.updated_at := opsdb.platform_now();
    new.row_version := case when tg_op = 'UPDATE' then old.row_version + 1 else 1 end;
    return new;
end
$$;

-- Reads, and nothing else; its password is set from the secret that only the job may read.
do $$
begin
    if not exists (select from pg_roles where rolname = 'aero_extract') then
        create role aero_extract login;
    end if;
end
$$;
alter role aero_extract set default_transaction_read_only = on;
grant usage on schema opsdb to aero_extract;
alter default privileges in schema opsdb grant select on tables to aero_extract;
