"""Scheduled backfills, each with a name, and the environments in which they are switched on."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from aero_assets.automation import schedule
from aero_assets.defs.streaming.jobs import extract, plans
from aero_assets.defs.warehouse.assets import warehouse
from aero_assets.environment import Environment
from aero_assets.run_dates import range_tags

#: A schedule missing here runs nowhere by itself; it can still be switched on by hand in the UI.
RUNS_IN: dict[str, frozenset[str]] = {
    "nightly_last_three_days": frozenset({"dev", "prod"}),
    "monthly_close": frozenset({"prod"}),
    "hourly_extract": frozenset({"dev", "prod"}),
    "daily_plans": frozenset({"dev", "prod"}),
}
#: After the hour, so that what was committed late in it is seen at once; the overlap catches the rest.
EXTRACT_MINUTE = 20


def status(name: str) -> dg.DefaultScheduleStatus:
    """Return the default status: running in the environments of RUNS_IN, stopped elsewhere."""
    runs = Environment.current().name in RUNS_IN[name]
    return dg.DefaultScheduleStatus.RUNNING if runs else dg.DefaultScheduleStatus.STOPPED


def days(first: datetime, last: datetime, name: str) -> dg.RunRequest:
    """Return a request for a range of operating days, both ends included."""
    tags = {**range_tags(f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"), "aero/backfill": name}
    return dg.RunRequest(run_key=f"{name}:{last:%Y-%m-%d}", tags=tags)


def due(context: dg.ScheduleEvaluationContext) -> datetime:
    """Return the planned time of this tick, in UTC."""
    return context.scheduled_execution_time.astimezone(UTC)


@schedule(
    job=warehouse,
    cron_schedule="30 12 * * *",
    execution_timezone="UTC",
    default_status=status("nightly_last_three_days"),
)
def nightly_last_three_days(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """After the operating day closes (12:00 UTC on the day after), rebuild the last three operating days."""
    yesterday = due(context) - timedelta(days=1)
    return days(yesterday - timedelta(days=2), yesterday, "nightly_last_three_days")


@schedule(job=warehouse, cron_schedule="0 14 4 * *", execution_timezone="UTC", default_status=status("monthly_close"))
def monthly_close(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """On the fourth, rebuild the whole month before, with the delay codes and revenue corrected since."""
    last = due(context).replace(day=1) - timedelta(days=1)
    return days(last.replace(day=1), last, "monthly_close")


@schedule(
    job=extract,
    cron_schedule=f"{EXTRACT_MINUTE} * * * *",
    execution_timezone="UTC",
    default_status=status("hourly_extract"),
)
def hourly_extract(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Extract the previous hour of every table of the operational database."""
    hour = f"{due(context) - timedelta(hours=1):%Y-%m-%d-%H:00}"
    return dg.RunRequest(run_key=f"hourly_extract:{hour}", partition_key=hour)


@schedule(job=plans, cron_schedule="0 6 * * *", execution_timezone="UTC", default_status=status("daily_plans"))
def daily_plans(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Send the SSIM schedules in force to the gateway for the next three days; the next run replaces a missed one."""
    return dg.RunRequest(run_key=f"daily_plans:{due(context):%Y-%m-%d}")
