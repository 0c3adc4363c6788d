"""What ends a night before anything of it is committed: it is more likely a fault of the dump than news."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dedup.article import Rejected
from dedup.errors import AlarmError
from dedup.readers.tally import too_many


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
        overflow = counts["skipped_bucket_members"] / max(counts["bucket_members"], 1)
        messages = self._rejects(counts["read"], counts["rejected"], first)
        if counts["largest_cluster"] > self.largest:
            messages.append(f"a cluster has {counts['largest_cluster']} articles (--alarm-largest {self.largest})")
        if overflow > self.overflow:
            messages.append(
                f"{overflow:.0%} of bucket members stand in overfull ones (--alarm-overflow {self.overflow})"
            )
        _raise(messages)

    def check_rejects(self, articles: int, rejected: int, first: Rejected | None) -> None:
        """The same of bad records alone, which are known first."""
        _raise(self._rejects(articles, rejected, first))

    def _rejects(self, articles: int, rejected: int, first: Rejected | None) -> list[str]:
        if not too_many(rejected, articles, self.rejects):
            return []
        why = f", first {first.path}, {first.position}: {first.reason}" if first else ""
        return [f"{rejected} of {articles + rejected} records are bad (--max-rejects {self.rejects}){why}"]


def _raise(messages: Sequence[str]) -> None:
    if messages:
        raise AlarmError(f"nothing was committed: {'; '.join(messages)}; fix the dump, or raise the threshold")


def largest(stories: pa.Table) -> int:
    """Articles of the largest of these clusters."""
    return int(pc.max(stories["size"]).as_py() or 0)
