"""What ends a night before anything of it is committed: it is more likely a fault of the dump than news."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dedup.article import Rejected
from dedup.errors import AlarmError

_FEW = 10  # so many bad records never end a night, however few there are in all


@dataclasses.dataclass(frozen=True, slots=True)
class Alarms:
    """The most that is accepted.

    ``largest``: articles of a cluster; ``rejects``: share of bad records, where there are more than ten; ``overflow``:
    share of the members of buckets that stand in buckets too full to look into.
    """

    largest: int = 2000
    rejects: float = 0.05
    overflow: float = 0.75

    def check(self, counts: Mapping[str, Any], first: Rejected | None = None) -> None:
        """Raise :class:`~dedup.errors.AlarmError` where the night passes a threshold; ``first`` reject, for it to name.

        Each is named with its value and the most that is accepted.
        """
        records = counts["read"] + counts["rejected"]
        rejects = counts["rejected"] / max(records, 1)
        overflow = counts["skipped_bucket_members"] / max(counts["bucket_members"], 1)
        said = []
        if counts["largest_cluster"] > self.largest:
            said.append(f"a cluster has {counts['largest_cluster']} articles (--alarm-largest {self.largest})")
        if rejects > self.rejects and counts["rejected"] > _FEW:
            why = f", first {first.path}, {first.position}: {first.reason}" if first else ""
            said.append(f"{counts['rejected']} of {records} records are bad (--max-rejects {self.rejects}){why}")
        if overflow > self.overflow:
            said.append(f"{overflow:.0%} of bucket members stand in overfull ones (--alarm-overflow {self.overflow})")
        if said:
            raise AlarmError(f"nothing was committed: {'; '.join(said)}; mend the dump, or raise the threshold")


def largest(stories: pa.Table) -> int:
    """Articles of the largest of these clusters."""
    return int(pc.max(stories["size"]).as_py() or 0)
