"""Which credits and citations name a source that two articles may have in common."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.credits.citations import quotes_a_remark
from dedup.credits.names import is_agency

_LATE = 1500  # characters into the text up to which a citation can tell the news (measured in docs/lab/grading.md)
MIN_STRENGTH = 0.3  # strength of a citation that counts


def telling(attributions: pa.Table | pa.RecordBatch) -> npt.NDArray[np.bool_]:
    """Which rows of ATTRIBUTIONS are citations of a report that the article may retell.

    They stand near the beginning and are strong enough; of an agency, what somebody told it is but a detail.
    """
    early = pc.and_(
        pc.and_(pc.equal(attributions["kind"], "citation"), pc.greater_equal(attributions["strength"], MIN_STRENGTH)),
        pc.less(pc.fill_null(attributions["start"], _LATE), _LATE),
    )
    result = np.array(early.to_numpy(zero_copy_only=False), np.bool_)
    rows = np.flatnonzero(result)
    chosen = attributions.take(pa.array(rows))
    pairs = zip(chosen["name"].to_pylist(), chosen["evidence"].to_pylist(), strict=True)
    result[rows] = [not (is_agency(name) and quotes_a_remark(evidence)) for name, evidence in pairs]
    return result


def naming(attributions: pa.Table | pa.RecordBatch) -> npt.NDArray[np.bool_]:
    """Which rows of ATTRIBUTIONS name a source that two articles can have in common: credits, and what is telling."""
    return telling(attributions) | np.asarray(pc.equal(attributions["kind"], "credit"), np.bool_)
