-- A row is the seats of one booking on one leg: a row per seat is more than a laptop needs to carry.
alter table opsdb.tickets add column seats integer not null default 1 check (seats > 0);
