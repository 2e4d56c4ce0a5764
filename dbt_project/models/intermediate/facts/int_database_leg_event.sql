-- What a row of the database says, one event per thing: aero_ingest/database_events.py tells the stream the same,
-- and a test holds the two together. Returns are counted by events, so the row's times must be events too.
{{ database_leg_events() }}
