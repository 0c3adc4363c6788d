"""The points that a night passes. The tests kill it at each of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping

Failpoint = Callable[[str], None]

#: In the order in which an undisturbed night that has something to do passes them.
FAILPOINTS = (
    "locked",
    "cleaned",
    "inputs known",
    "read",
    "arrivals known",
    "window loaded",
    "furniture learned",
    "searched",
    "stored articles fetched",
    "verified",
    "clusters named",
    "traced",
    "alarms passed",
    "articles written",
    "signatures written",
    "ids written",
    "origins written",
    "runs written",
    "matches written",
    "passages written",
    "attributions written",
    "tables written",
    "written",
    "announced",
    "moved",
    "night added",
    "inputs added",
    "members added",
    "ledger added",
    "committed",
    "staging",
    "staged",
    "published",
    "linked",
    "noted",
)


def nothing(point: str) -> None:
    """Do nothing."""


def killing(environment: Mapping[str, str]) -> Failpoint:
    """Kills this very process at the point that the variable WIRECOPY_KILL_AT names."""
    fatal = environment.get("WIRECOPY_KILL_AT")

    def failpoint(point: str) -> None:
        if point == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    return failpoint if fatal else nothing
