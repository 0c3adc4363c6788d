"""What tonight's matches touch: every article that hangs together with them, and all matches among these."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.arrays import pair_keys
from dedup.components import components
from dedup.corpus import Rows
from dedup.store import Catalogue
from dedup.store.files import NightFiles
from dedup.stories.clusters import Clusters, clusters, edges
from dedup.tables import MATCHES

_EARLIER = "of an earlier version of one of the two"
_ORIGIN = pa.schema([pa.field("number", pa.int64()), pa.field("row", pa.int64())])  # where a match is stored


class Affected(NamedTuple):
    """``ids``: Arrow strings[n], ascending; ``matches``: MATCHES among them, and ``left``, ``right`` int32: their rows.

    ``night`` int64: the night of each match, and ``row`` int64: its place there (-1: tonight's, or carried over to it).
    ``number`` int64[n]: the night of each article; ``before``: the clusters it was in; ``fully_compared`` bool[n].
    """

    ids: pa.Array
    matches: pa.Table
    left: Rows
    right: Rows
    night: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]
    before: list[tuple[str, ...]]
    fully_compared: npt.NDArray[np.bool_]

    def clusters(self, min_score: float) -> Clusters:
        """The clusters of the articles, as one run over all nights would have them."""
        return clusters(len(self.ids), edges(self.left, self.right, self.matches), self.fully_compared, min_score)

    def components(self) -> Rows:
        """What hangs together by matches and near misses."""
        return components(len(self.ids), self.left, self.right)


def affected(
    catalogue: Catalogue,
    night_files: NightFiles,
    number: int,
    matches: pa.Table,
    origin: Mapping[str, tuple[int, bool]],
    versions: Collection[str],
) -> Affected:
    """What the night's ``matches`` (columns of MATCHES, sorted) touch.

    ``origin``: as :class:`jobs.nightly.comparing.NightComparison` has it; ``versions``: those of tonight's articles
    that have a new text: what was known of the old one holds until it is known better.
    """
    named = set(pc.unique(matches["a_id"]).to_pylist()) | set(pc.unique(matches["b_id"]).to_pylist())
    known = {member.article_id: member for member in catalogue.connected(named | set(versions))}
    ids = pa.array(sorted(known.keys() | named), pa.string())
    numbers = {member.number for member in known.values()}
    nights = [night for night in catalogue.nights() if night.number in numbers]
    stored = night_files.among(nights, "matches", ["a_id", "b_id"], [ids] * len(nights))
    own = matches.select(MATCHES.schema.names)
    parts = [_numbered(own, np.full(len(own), -1), number)]
    for night, (rows, found) in reversed(list(zip(nights, stored, strict=True))):
        parts.append(_numbered(found, rows, night.number))
    all_matches = pa.concat_tables([part.cast(_schema()) for part in parts])
    left, right = (pc.index_in(all_matches[side], ids).to_numpy().astype(np.int32) for side in ("a_id", "b_id"))
    _, first = np.unique(pair_keys(left, right), return_index=True)  # the latest night comes first
    matches_kept = all_matches.take(pa.array(first))
    stale = _stale(matches_kept, number, versions)
    names = ids.to_pylist()
    members = [known.get(name) for name in names]
    origins = [origin[name] if name in origin else (known[name].number, known[name].fully_compared) for name in names]
    return Affected(
        ids,
        _carried(matches_kept.select(MATCHES.schema.names), stale),
        left[first],
        right[first],
        np.where(stale, number, matches_kept["number"].to_numpy()),
        np.where(stale, -1, matches_kept["row"].to_numpy()),
        np.array([night or number for night, _ in origins], np.int64),
        [member.clusters if member else () for member in members],
        np.array([fully_compared for _, fully_compared in origins], bool),
    )


def _schema() -> pa.Schema:
    return pa.schema([*MATCHES.schema, *_ORIGIN])


def _numbered(matches: pa.Table, rows: npt.NDArray[np.int64], number: int) -> pa.Table:
    """The matches with the night and the ``rows`` that they have there (-1: none)."""
    return matches.append_column(_ORIGIN.field(0), pa.array(np.full(len(matches), number))).append_column(
        _ORIGIN.field(1), pa.array(rows)
    )


def _stale(matches: pa.Table, number: int, versions: Collection[str]) -> npt.NDArray[np.bool_]:
    """Matches of earlier nights of which one article has a new text now."""
    again = pa.array(sorted(versions), pa.string())
    either = pc.or_(pc.is_in(matches["a_id"], again), pc.is_in(matches["b_id"], again))
    stale: npt.NDArray[np.bool_] = np.asarray(either, bool) & (matches["number"].to_numpy() != number)
    return stale


def _carried(matches: pa.Table, stale: npt.NDArray[np.bool_]) -> pa.Table:
    """The matches, those that are ``stale`` saying so; their passages do not fit any more."""
    if not stale.any():
        return matches
    reasons = matches["reasons"].to_pylist()
    for row in np.flatnonzero(stale).tolist():
        reasons[row] = [*reasons[row], _EARLIER] if _EARLIER not in reasons[row] else reasons[row]
    columns = {
        "reasons": pa.array(reasons, MATCHES.schema.field("reasons").type),
        "passages": pa.array(np.where(stale, 0, matches["passages"].to_numpy()), pa.int32()),
    }
    for name, column in columns.items():
        matches = matches.set_column(matches.schema.get_field_index(name), MATCHES.schema.field(name), column)
    return matches
