"""The partitionings of the platform, all in UTC: by arrival day, by operating day, and by hour of change.

Raw and typed zone have arrival days, the marts operating days, and tables extracted from a database hours of change.
"""

from datetime import date

import dagster as dg

from aero_streaming.events import limits as event_limits

#: A year of history and more can have arrived day by day; each day costs a partition, and 24 of the extract.
FIRST_ARRIVAL_DATE = date(2025, 1, 1)
#: Moving this earlier makes older history buildable and costs one partition per day; later hides built days.
FIRST_OPERATING_DATE = event_limits.FIRST_OPERATING_DATE
#: Days after today that may already have rows (schedules are filed about a season ahead).
OPERATING_DAYS_AHEAD = event_limits.MAX_DAYS_AHEAD

arrival_days = dg.DailyPartitionsDefinition(start_date=f"{FIRST_ARRIVAL_DATE}", end_offset=1)
operating_days = dg.DailyPartitionsDefinition(start_date=f"{FIRST_OPERATING_DATE}", end_offset=OPERATING_DAYS_AHEAD)
extract_hours = dg.HourlyPartitionsDefinition(start_date=f"{FIRST_ARRIVAL_DATE}-00:00")
