"""A night for Dagster: a daily partitioned asset. ``dagster dev -f dagster_asset.py`` shows it.

A night may be given again at any time: what was committed is not done twice. So every failure that may pass is
retried; what a person has to look at fails at once.
"""

import json
import subprocess

import dagster

DUMPS, STORE, OUT = "/srv/dumps/{day}", "/var/lib/wirecopy/store", "/var/lib/wirecopy/nights"
FINAL = {2, 65, 66, 73, 76, 78}  # exit codes that no retry helps against; 75 is another run at work

nights = dagster.DailyPartitionsDefinition(start_date="2025-05-01")


@dagster.asset(
    partitions_def=nights,
    retry_policy=dagster.RetryPolicy(max_retries=4, delay=15 * 60),
    op_tags={"dagster/concurrency_key": "wirecopy"},
)
def wirecopy_night(context: dagster.AssetExecutionContext) -> dagster.MaterializeResult:
    """Tonight's dump against the nights before."""
    day = context.partition_key
    command = ["wirecopy", "nightly", DUMPS.format(day=day), "--store", STORE, "--out", OUT, "--as-of", day, "--json"]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise dagster.Failure(f"wirecopy ended with {done.returncode}", allow_retries=done.returncode not in FINAL)
    values = json.loads(done.stdout)
    counts = (values["night"] or {}).get("counts", {})
    numbers = {name: counts[name] for name in ("new", "new_matches", "stories") if name in counts}
    return dagster.MaterializeResult(metadata={"folder": values["folder"] or "", **numbers})


schedule = dagster.build_schedule_from_partitioned_job(
    dagster.define_asset_job("wirecopy_nightly", [wirecopy_night], partitions_def=nights),
    hour_of_day=2,
    minute_of_hour=30,
)
definitions = dagster.Definitions(assets=[wirecopy_night], schedules=[schedule])
