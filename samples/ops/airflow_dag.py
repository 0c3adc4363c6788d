"""A night for Apache Airflow 3: put this file into the folder of the DAGs, and wirecopy into the worker's environment.

A night may be given again at any time: what was committed is not done twice. So every failure that may pass is
retried; what a person has to look at (75 excepted, which is another run at work) fails at once.
"""

from __future__ import annotations

import datetime
import subprocess

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException

DUMPS, STORE, OUT = "/srv/dumps/{day}", "/var/lib/wirecopy/store", "/var/lib/wirecopy/nights"

#: Exit codes that no retry helps against: wrong call, damaged input, no input, cannot write, alarm threshold, bad
#: settings.
FINAL = {
    2: "wrong call",
    65: "the input or the store is damaged",
    66: "there is no input",
    73: "the folder cannot be written",
    76: "a threshold was passed; nothing was committed",
    78: "bad settings",
}


@dag(
    schedule="30 2 * * *",
    start_date=datetime.datetime(2025, 5, 1, tzinfo=datetime.UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 4, "retry_delay": datetime.timedelta(minutes=15)},
)
def wirecopy_nightly() -> None:
    """Tonight's dump against the nights before."""

    @task
    def night(ds: str | None = None) -> None:  # filled in by Airflow: the day of the run
        command = ["wirecopy", "nightly", DUMPS.format(day=ds), "--store", STORE, "--out", OUT, "--as-of", str(ds)]
        code = subprocess.run([*command, "--log-format", "json"], check=False).returncode
        if code in FINAL:
            raise AirflowFailException(f"wirecopy ended with {code}: {FINAL[code]}")
        if code:  # 75: another run holds the store; 70, 74, 130, 143: given again, it ends as if nothing had happened
            raise RuntimeError(f"wirecopy ended with {code}; it is tried again")

    night()


wirecopy_nightly()
