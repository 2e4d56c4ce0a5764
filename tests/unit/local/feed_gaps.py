"""Everything that may be wrong with a feed that is nearly right: which file, what is changed, what must be said."""

RULE = '\n[[rules]]\ncode = "too_few_seats"\nwhen = "{}"\nmessage = "\'seats: \' || Seats"\n'
GAPS = {
    "a model that was edited":
        ("model", "cast(seats as integer)", "cast(seats as bigint)", "`aero feed sync` writes it"),
    "a column that dbt does not know": ("yml", "      - *seats\n", "", "`aero feed sync` writes it"),
    "a column that dbt has not heard of yet":
        ("register", 'name = "seats"', 'name = "chairs"', "`aero feed sync` writes it"),
    "a rule without a test":
        ("register", r"\Z", RULE.format("whole(Seats) < 9"), "no test shows a row refused as too_few_seats"),
    "a rule over no column": ("register", r"\Z", RULE.format("whole(Seat) < 9"), '"Seat" not found'),
    "a rule that fails on text": ("register", r"\Z", RULE.format("cast(Seats as int) < 9"), "use whole()"),
    "an expression that fails": ("register", "sql = \"Seats\"", "sql = \"cast(Seats as int)\"", "use whole()"),
    "a type there is none": ("register", '"BOOLEAN"', '"BOOL"', "type 'BOOL': use one of"),
    "a column that is not described":
        ("register", '"what Seats means, in which unit"', '""', "seats has no description"),
    "a misspelt key": ("register", "max_days_ahead", "max_day_ahead", "`max_day_ahead` means nothing here"),
    "days ahead without end": ("register", "max_days_ahead = 370", "max_days_ahead = 9999", "later operating dates"),
    "a grain that ends no sentence": ("register", '"one row per slot"', '"slots."', "starts with «one row per »"),
    "a sentence that goes on": ("register", 'about = "what this is', 'about = "Slots.', "no full stop"),
    "a feed of legs nobody reads":
        ("register", 'name = "remark"', 'name = "leg_uid"', "tells of legs: add columns flight_number"),
    "a test of another feed":
        ("test", "partner/airport_slots", "partner/slots", "does not mention partner/airport_slots"),
    "a test without tests": ("test", "def test_", "def check_", "there is no test in it"),
    "a test that is no Python": ("test", "FEED = ", "FEED == = ", "invalid syntax"),
}  # fmt: skip
