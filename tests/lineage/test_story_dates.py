"""A story's dates are those of its own witnesses, however many stories there are."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.lineage.conftest import Story


def test_first_and_last_are_of_the_storys_own_witnesses(story: Story) -> None:
    rng = random.Random(3)
    days = {f"c{number:04d}": sorted(rng.sample(range(1, 28), 2)) for number in range(500)}
    for name, (first, last) in days.items():
        story.witness(f"{name}-a", "One", f"2026-01-{first:02d}", cluster_id=name)
        story.witness(f"{name}-b", "Two", f"2026-01-{last:02d}", cluster_id=name)
        story.match(f"{name}-a", f"{name}-b")
    rows = story.trace().stories.to_pylist()
    assert {row["cluster_id"]: [row["first_published"].day, row["last_published"].day] for row in rows} == days
