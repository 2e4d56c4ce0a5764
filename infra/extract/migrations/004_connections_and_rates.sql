-- Passengers who change flights, and rates of exchange.
create table opsdb.connections (
    in_leg_uid char(32) not null,
    out_leg_uid char(32) not null,
    operating_date date not null,
    airport char(3) not null,
    passengers integer not null check (passengers > 0),
    minimum_connect_minutes integer not null,
    result varchar(8) not null check (result in ('planned', 'made', 'missed')),
    data_label text,
    row_version integer not null default 1,
    updated_at timestamptz not null default opsdb.platform_now(),
    deleted_at timestamptz,
    primary key (in_leg_uid, out_leg_uid)
);

create trigger touch before insert or update on opsdb.connections for each row execute function opsdb.touch();
create index on opsdb.connections (updated_at);

-- Treasury loads this table by a program that overwrites and deletes and stamps nothing: what changed is found by
-- comparing all of it.
create table opsdb.fx_rates (
    rate_date date not null,
    currency char(3) not null,
    usd_per_unit numeric(16, 8) not null check (usd_per_unit > 0),
    published_by varchar(24) not null,
    data_label text,
    primary key (rate_date, currency)
);
