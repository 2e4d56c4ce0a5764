-- Aircraft and flight legs. Times are instants; what a made-up row is says its label.
create table opsdb.aircraft (
    tail varchar(10) primary key,
    aircraft_type varchar(4) not null,
    seats integer not null check (seats > 0),
    in_service_on date not null,
    data_label text,
    row_version integer not null default 1,
    updated_at timestamptz not null default opsdb.platform_now(),
    deleted_at timestamptz
);

create table opsdb.legs (
    leg_uid char(32) primary key,
    operating_date date not null,
    carrier varchar(3) not null,
    flight_number integer not null,
    operational_suffix varchar(1) not null default '',
    leg_sequence integer not null default 1,
    origin char(3) not null,
    destination char(3) not null,
    tail varchar(10),
    aircraft_type varchar(4),
    seats integer,
    distance_miles integer,
    std_at timestamptz not null,
    sta_at timestamptz not null,
    std_utc_offset_minutes integer not null,
    sta_utc_offset_minutes integer not null,
    -- Of the attempt that counts last: 1 + the number of returns of this leg.
    attempt integer not null default 1,
    out_at timestamptz,
    off_at timestamptz,
    on_at timestamptz,
    in_at timestamptz,
    is_cancelled boolean not null default false,
    cancellation_code varchar(1),
    is_diverted boolean not null default false,
    delay_codes text,
    passengers integer,
    data_label text,
    row_version integer not null default 1,
    updated_at timestamptz not null default opsdb.platform_now(),
    deleted_at timestamptz
);

create trigger touch before insert or update on opsdb.aircraft for each row execute function opsdb.touch();
create trigger touch before insert or update on opsdb.legs for each row execute function opsdb.touch();
-- Extracts ask for what changed in a window.
create index on opsdb.aircraft (updated_at);
create index on opsdb.legs (updated_at);
