"""Pairs that came close and were not joined."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from dedup.report import words
from dedup.report.found import Found
from dedup.report.pairs import Pair, Row, Texts, pair
from dedup.report.stories import Line


@dataclasses.dataclass(frozen=True, slots=True)
class Miss:
    """A match (row of MATCHES) that was not joined, with the headlines and the stories of its articles.

    ``pair`` is it with its texts, None where they are not shown.
    """

    match: Row
    titles: tuple[str, str]
    homes: tuple[Line | None, Line | None]
    pair: Pair | None


def near_misses(found: Found) -> list[Row]:
    """The matches that do not count and whose articles are in no story together, those of the highest score first."""
    home = _homes(found)
    apart = [
        match
        for (a, b), match in found.matches.items()
        if not match["counted"] and (a not in home or home[a] != home.get(b))
    ]
    return sorted(apart, key=lambda match: (-match["score"], match["a_id"], match["b_id"]))


def misses(found: Found, matches: Sequence[Row], lines: Sequence[Line], texts: Texts, shown: int) -> list[Miss]:
    """Near misses as they are listed, the first ``shown`` with their texts; ``lines`` are the stories."""
    home, of = _homes(found), {line.row["cluster_id"]: line for line in lines}
    return [
        _miss(match, {name: of[cluster] for name in _ids(match) if (cluster := home.get(name))}, texts, place < shown)
        for place, match in enumerate(matches)
    ]


def _miss(match: Row, homes: Mapping[str, Line], texts: Texts, shown: bool) -> Miss:
    a, b = _ids(match)
    titles = [words.headline(texts.articles.get(name, {"id": name})) for name in (a, b)]
    both = pair(a, b, match, texts) if shown else None
    return Miss(match, (titles[0], titles[1]), (homes.get(a), homes.get(b)), both)


def _ids(match: Row) -> tuple[str, str]:
    return match["a_id"], match["b_id"]


def _homes(found: Found) -> dict[str, str]:
    return {row["article_id"]: cluster for cluster, rows in found.witnesses.items() for row in rows}
