"""Pairs that came close and were not joined."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from dedup.report import words
from dedup.report.pairs import Pair, Row, Texts, pair
from dedup.report.run_data import RunData
from dedup.report.stories import Line


@dataclasses.dataclass(frozen=True, slots=True)
class Miss:
    """A match (row of MATCHES) that was not joined, with the headlines of its articles and the stories of each.

    ``pair`` is it with its texts, None where they are not shown.
    """

    match: Row
    titles: tuple[str, str]
    homes: tuple[Sequence[Line], Sequence[Line]]
    pair: Pair | None


def near_misses(run_data: RunData) -> list[Row]:
    """The matches whose articles are in no story together, those of the highest score first."""
    apart = [match for match in run_data.matches.values() if not match["joined"]]
    return sorted(apart, key=lambda match: (-match["score"], match["a_id"], match["b_id"]))


def misses(run_data: RunData, matches: Sequence[Row], lines: Sequence[Line], texts: Texts, shown: int) -> list[Miss]:
    """Near misses as they are listed, the first ``shown`` with their texts; ``lines`` are the stories."""
    of = {line.row["cluster_id"]: line for line in lines}
    return [
        _miss(
            match, [[of[home] for home in run_data.homes.get(name, ())] for name in _ids(match)], texts, index < shown
        )
        for index, match in enumerate(matches)
    ]


def _miss(match: Row, homes: Sequence[Sequence[Line]], texts: Texts, shown: bool) -> Miss:
    a, b = _ids(match)
    titles = [words.headline(texts.articles.get(name, {"id": name})) for name in (a, b)]
    both = pair(a, b, match, texts) if shown else None
    return Miss(match, (titles[0], titles[1]), (homes[0], homes[1]), both)


def _ids(match: Row) -> tuple[str, str]:
    return match["a_id"], match["b_id"]
