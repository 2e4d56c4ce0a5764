"""Everything that may be wrong with a feed that is nearly right: which file, what is changed, what must be said."""

RULE = '\n[[rules]]\ncode = "too_few_seats"\nwhen = "{}"\nmessage = "\'seats: \' || Seats"\n'
GAPS = {
    "a model that reads something else":
        ("model", "source('partner', 'airport_slots')", "ref('x')", "read its source"),
    "a column left out of the model":
        ("model", "        cast(seats as integer) as seats,\n", "", "seats of the register is left out"),
    "another type in the model":
        ("model", "cast(seats as integer)", "cast(seats as bigint)", "seats is integer here, bigint"),
    "a model that is no SQL": ("model", "from first_received", "from first_receive", "first_receive does not exist"),
    "a model with broken Jinja": ("model", "select * from renamed", "{% if %}", "Expected an expression"),
    "another type in the source":
        ("yml", "seats, data_type: integer", "seats, data_type: bigint", "integer by the register"),
    "a column that dbt does not know": ("yml", r"          - &seats \{.*\n", "", None),
    "a column that the model does not document":
        ("yml", "      - *seats\n", "", "seats of stg_partner__airport_slots.sql is not documented"),
    "a column without description": ("yml", "description: 'seats'", "description: ''", "describe column seats"),
    "a description without its grain": ("yml", "what this is. One row per slot.", "Slots.", "must end in its grain"),
    "a source of another feed":
        ("yml", "[catalog, partner, airport_slots]", "[catalog, partner, slots]", "no dbt source has"),
    "a source that reads another folder":
        ("yml", "/typed/partner/airport_slots/", "/typed/partner/slots/", "must say /typed/partner/airport_slots/"),
    "yml that is none": ("yml", "    tables:", "  tables: [", "_stg_partner__airport_slots.yml:"),
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
    "a feed of legs nobody reads":
        ("register", 'name = "remark"', 'name = "leg_uid"', "add a select from stg_partner__airport_slots"),
    "a test of another feed":
        ("test", "partner/airport_slots", "partner/slots", "does not mention partner/airport_slots"),
    "a test without tests": ("test", "def test_", "def check_", "there is no test in it"),
    "a test that is no Python": ("test", "FEED = ", "FEED == = ", "invalid syntax"),
}  # fmt: skip
