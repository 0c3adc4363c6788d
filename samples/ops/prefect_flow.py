"""A night for Prefect 3: ``python prefect_flow.py`` serves it at half past two.

A night may be given again at any time: what was committed is not done twice. So every failure that may pass is
retried; what a person has to look at fails at once.
"""

from __future__ import annotations

import datetime
import subprocess
from typing import Any

from prefect import flow, task

DUMPS, STORE, OUT = "/srv/dumps/{day}", "/var/lib/wirecopy/store", "/var/lib/wirecopy/nights"
FINAL = {2, 65, 66, 73, 76, 78}  # exit codes that no retry helps against; 75 is another run at work


class NightError(RuntimeError):
    """A night ended with an exit code other than 0."""

    def __init__(self, code: int) -> None:
        super().__init__(f"wirecopy ended with {code}")
        self.code = code


async def may_mend_itself(task: Any, run: Any, state: Any) -> bool:
    """Whether to retry: not where a person has to look at it."""
    error = await state.aresult(raise_on_failure=False)
    return not (isinstance(error, NightError) and error.code in FINAL)


@task(retries=4, retry_delay_seconds=15 * 60, retry_condition_fn=may_mend_itself)
def night(day: str) -> None:
    """Tonight's dump against the nights before."""
    command = ["wirecopy", "nightly", DUMPS.format(day=day), "--store", STORE, "--out", OUT, "--as-of", day]
    code = subprocess.run([*command, "--log-format", "json"], check=False).returncode
    if code:
        raise NightError(code)


@flow(name="wirecopy-nightly")
def wirecopy_nightly(day: str | None = None) -> None:
    """The night of a day, today in UTC if not given."""
    night(day or datetime.datetime.now(datetime.UTC).date().isoformat())


if __name__ == "__main__":
    wirecopy_nightly.serve(name="half-past-two", cron="30 2 * * *")
