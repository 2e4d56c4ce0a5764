-- What legs cost and what was sold. TUA and IVA are collected for others and never revenue. No person is named: a
-- booking is a salted hash.
create table opsdb.leg_costs (
    leg_uid char(32) not null,
    cost_line varchar(24) not null,
    operating_date date not null,
    driver varchar(24) not null,
    quantity numeric(16, 3) not null,
    usd_per_unit numeric(16, 8) not null,
    amount_usd numeric(14, 2) not null,
    -- standard: by the rates of the plan; actual: by the invoice, weeks later.
    basis varchar(8) not null check (basis in ('standard', 'actual')),
    data_label text,
    row_version integer not null default 1,
    updated_at timestamptz not null default opsdb.platform_now(),
    deleted_at timestamptz,
    primary key (leg_uid, cost_line)
);

create table opsdb.tickets (
    coupon_id char(32) primary key,
    booking_hash char(32) not null,
    leg_uid char(32) not null,
    operating_date date not null,
    cabin varchar(8) not null,
    issued_at timestamptz not null,
    status varchar(9) not null check (status in ('open', 'flown', 'refunded', 'exchanged')),
    fare_usd numeric(12, 2) not null,
    ancillary_usd numeric(12, 2) not null,
    tua_usd numeric(12, 2) not null,
    iva_usd numeric(12, 2) not null,
    -- What the passenger paid in; its amount follows from the rate of the day of issue.
    currency char(3) not null,
    data_label text,
    row_version integer not null default 1,
    updated_at timestamptz not null default opsdb.platform_now(),
    deleted_at timestamptz
);

create trigger touch before insert or update on opsdb.leg_costs for each row execute function opsdb.touch();
create trigger touch before insert or update on opsdb.tickets for each row execute function opsdb.touch();
create index on opsdb.leg_costs (updated_at);
create index on opsdb.tickets (updated_at);
