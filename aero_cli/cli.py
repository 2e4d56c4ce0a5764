"""`aero`: the command line. This module only registers the commands; their code is in `commands/`."""

from aero_cli.commands import (
    drop,
    feed,
    ingest,
    lake,
    legs,
    live,
    metrics,
    opsdb,
    parse,
    query,
    release,
    repair,
    reprocess,
    rules,
    run,
    set_aside,
    stacks,
    trace,
    warehouse,
)
from aero_cli.commands.common import App
from aero_streaming.airline import airline

app = App(
    name="aero",
    help="Run and deploy the route platform. AERO_DEBUG=1 shows tracebacks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command(epilog="Example: aero up --input flights.csv.gz --port dagster=3000 · aero up --live")(run.up)
app.command(epilog="Example: aero down")(run.down)
app.command(epilog="Example: aero status --json · aero status || aero up")(run.status)
app.command(epilog="Example: aero logs dagster-code --follow")(run.logs)
app.command(epilog='Example: eval "$(aero env)"')(run.env)
app.command(epilog="Example: aero demo --input flights.csv.gz --once")(run.demo)
app.command(epilog="Example: aero deploy --env local")(stacks.deploy)
app.command(epilog="Example: aero plan --env dev")(stacks.plan)
app.command(epilog="Example: aero destroy --env local --yes")(run.destroy)
app.command(epilog='Example: aero query "select route, count(*) from operations.fct_leg group by 1"')(query.query)
app.command(epilog="Example: aero metrics otp_a14 --by route,month --from 2026-11-01 --order -otp_a14 --limit 10")(
    metrics.metrics
)
app.command(
    epilog=f"Example: aero trace fct_route_day --route {airline().sample_route} --date 2026-11-20 --metric otp_a14 · "
    f"aero trace fct_leg --flight {airline().sample_flight} --date 2026-11-20"
)(trace.trace)
app.command(epilog="Example: aero legs --date 2026-11-20 --as-of close --carrier " + airline().mainline)(legs.legs)
app.command(epilog="Example: aero replay flights.csv.gz --speed 600")(live.replay)
app.command(epilog="Example: aero simulate --speed 60 --scenario storm --seed 7")(live.simulate)
app.command(epilog="Example: aero drop partner/costs costs.csv")(drop.drop)
app.command(epilog="Example: aero ingest messages/ --reference-time 2026-11-22T14:00Z")(ingest.ingest)
app.command(epilog="Example: aero parse message.txt --reference-time 2026-11-22T14:00Z --json")(parse.parse)
app.command(epilog="Example: aero reprocess partner/messages --from 2026-11-22 --to 2026-11-22")(reprocess.reprocess)
app.command(epilog="Example: aero verify --zone typed --feed partner/bts_ontime")(repair.verify)
app.command(epilog="Example: aero repair --zone raw --zone typed")(repair.repair)
app.command(epilog="Example: aero checks")(set_aside.checks)
app.command(epilog='Example: aero set-aside 3f0c… --why "STD of another year"')(set_aside.set_aside)
app.command(epilog="Example: aero release ops/leg_events")(release.release)
app.add_typer(live.drills, name="drill")
app.add_typer(rules.app, name="rules")
app.add_typer(lake.app, name="lake")
app.add_typer(feed.app, name="feed")
app.add_typer(opsdb.app, name="opsdb")
app.add_typer(warehouse.app, name="warehouse")

if __name__ == "__main__":
    app()
