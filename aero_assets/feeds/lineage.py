"""Columns of typed rows beside those of their feed: the origin of a fact, by the feed's kind of arrival."""

from aero_assets.feeds.model import Column

#: Bytes of a place in the raw zone: a key of S3 has up to 1,024, an event may state 512 characters of up to four.
RAW_REF = 2048
#: Columns of every typed row beside its own: name -> (type, description, expression).
LINEAGE = (
    Column("source", "VARCHAR", "Source of the fact, as named in the merge table.", "_source", True),
    Column("attempt", "INTEGER", "Number of the departure attempt that the fact is about.", "1", True),
    Column("is_actual", "BOOLEAN", "True for what happened, false for an estimate.", "true", True),
    Column("version", "INTEGER", "Version of the fact as its sender counts it.", "1", True),
    Column("received_at", "TIMESTAMP", "Time of the first receipt of the fact (UTC).", "_received_at", True),
    Column("event_id", "VARCHAR", "Identity of the fact: a hash of the record's content.", "_event_id", True),
    Column("raw_ref", "VARCHAR", "Raw object and line the row was read from.", "_raw_ref", True, RAW_REF),
)
#: Columns of every typed event: lineage is the sender's to say, set once and never stamped again. The attempt that an
#: event speaks of follows from all returns of its leg, whenever they arrived: `int_leg_fact` counts it.
EVENT_LINEAGE = (
    Column("event_type", "VARCHAR", "Kind of event; it decides which other columns have a value.", "event_type", True),
    Column("event_time", "TIMESTAMP", "Time at which the event happened or was decided (UTC).", "event_time", True),
    Column("is_correction", "BOOLEAN", "True if the event replaces an earlier one.", "is_correction", True),
    Column("source", "VARCHAR", "Source of the event, as named in the merge table.", "source", True),
    Column("is_actual", "BOOLEAN", "True for what happened, false for an estimate.", "event_type <> 'estimate'", True),
    Column("version", "INTEGER", "Version of the fact as its sender counts it.", "version", True),
    Column("received_at", "TIMESTAMP", "Time of the first receipt of the fact (UTC).", "received_at", True),
    Column("event_id", "VARCHAR", "Identity of the fact: a hash of the content of the event.", "event_id", True),
    Column("raw_ref", "VARCHAR", "Place in the raw zone: as its event states it, else the raw object and its line.",
           "coalesce(raw_ref, _raw_ref)", True, RAW_REF),
)  # fmt: skip
#: Columns of every typed line of a log: it names itself, and says when it was written.
LOG_ID, LOG_TIME = "log_id", "arrived_at"
LOG_LINEAGE = (
    Column("source", "VARCHAR", "Name of the log.", "_source", True),
    Column("received_at", "TIMESTAMP", "Time at which the line was written (UTC).", LOG_TIME, True),
    Column("event_id", "VARCHAR", "Identity of the line, as the log states it.", LOG_ID, True),
    Column("raw_ref", "VARCHAR", "Raw object and line the row was read from.", "_raw_ref", True, RAW_REF),
)
#: Columns of every typed row of an extracted table: the database counts its versions, the extract names it.
ROW_ID, ROW_VERSION, EXTRACTED = "row_id", "row_version", "extracted_at"
TABLE_LINEAGE = (
    Column("source", "VARCHAR", "Source of the fact, as named in the merge table.", "_source", True),
    Column("is_actual", "BOOLEAN", "True for what happened, false for an estimate.", "true", True),
    Column("version", "INTEGER", "Version of the row as its database, or the extract, counts it.", ROW_VERSION, True),
    Column("received_at", "TIMESTAMP", "End of the window that the row was extracted in (UTC).", EXTRACTED, True),
    Column("event_id", "VARCHAR", "Identity of the version of the row: a hash of its content.", ROW_ID, True),
    Column("raw_ref", "VARCHAR", "Raw object and line the row was read from.", "_raw_ref", True, RAW_REF),
)
#: Lineage by the way a feed arrives, and what such a feed is called; a file has the plain one.
JSON_LINEAGE = {
    "event": (EVENT_LINEAGE, "feed of events"),
    "log": (LOG_LINEAGE, "log"),
    "table": (TABLE_LINEAGE, "table"),
}
#: Lineage that the sender may know better; the rest is ours to say: where a fact came from, when, and which it is.
SENDERS_OWN = {"attempt", "is_actual", "version"}
