"""Why a pair has its grade, in words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.kernels.columns import COUNT

_AGREE, _DIFFER = 0.75, 0.25  # shares of the figures
_LONG = 12  # words of a common passage worth naming
_SENTENCES_SHARED = " sentences outside quotation stand in the other text"

_Floats = npt.NDArray[np.float64]


def reasons(
    counts: npt.NDArray[np.float32], days: _Floats, identical: npt.NDArray[np.bool_], origins: list[str | None]
) -> pa.ListArray:
    """A list of reasons for every pair; ``counts`` float32[n, 2, columns] as the kernel ``compare`` fills them."""
    shared_sentences, sentences = _larger(counts[:, :, COUNT.repeated], counts[:, :, COUNT.sentences])
    figures, all_figures = _larger(counts[:, :, COUNT.figures_shared], counts[:, :, COUNT.figures])
    rare, all_rare = _larger(counts[:, :, COUNT.rare_shared], counts[:, :, COUNT.rare])
    steps, ordered = counts[:, :, COUNT.steps].sum(1), counts[:, :, COUNT.ordered].sum(1)
    swaps = counts[:, :, COUNT.figure_swaps].sum(1) + counts[:, :, COUNT.name_swaps].sum(1)
    runs = counts[:, :, COUNT.runs].sum(1)
    quotes, copied = counts[:, :, COUNT.quotes].min(1), counts[:, :, COUNT.common].min(1)
    passage = counts[:, :, COUNT.passage].max(1)
    other = ~identical
    return _lists(
        [
            _where(identical, "the same words from beginning to end"),
            _where(other & (sentences > 0), shared_sentences, " of ", sentences, _SENTENCES_SHARED),
            _where(other & (steps >= 2) & (ordered >= 0.8 * steps), "same order"),
            _where(other & (all_figures >= 2) & (figures >= _AGREE * all_figures), "figures agree"),
            _where(other & (all_figures >= 2) & (figures <= _DIFFER * all_figures), "figures differ"),
            _where(other & (swaps >= 3) & (swaps >= 0.15 * runs), "other figures or names between the same words"),
            _where(other & (all_rare > 0), _percent(rare, all_rare), " % of the rarer words in common"),
            _where(other & (passage >= _LONG), "longest common passage ", passage, " words"),
            _where(other & (quotes > copied) & (quotes >= _LONG), "mostly quoted speech in common"),
            _where(other & (days >= 1), "published ", np.nan_to_num(days), " days apart"),
            _origin(origins, other),
        ]
    )


def _larger(parts: npt.NDArray[np.float32], wholes: npt.NDArray[np.float32]) -> tuple[_Floats, _Floats]:
    """Part and whole of the side on which the share is larger (the same whichever text comes first)."""
    part, total = parts.astype(np.float64), wholes.astype(np.float64)
    shares = part / np.maximum(total, 1e-9)
    second = (shares[:, 1] > shares[:, 0]) | ((shares[:, 1] == shares[:, 0]) & (total[:, 1] > total[:, 0]))
    side = second.astype(np.int64)[:, None]
    return np.take_along_axis(part, side, 1)[:, 0], np.take_along_axis(total, side, 1)[:, 0]


def _percent(part: _Floats, total: _Floats) -> _Floats:
    return np.asarray(np.round(100 * part / np.maximum(total, 1e-9)))


def _where(holds: npt.NDArray[np.bool_], *words: str | npt.NDArray[np.floating]) -> pa.Array:
    """The words, joined, where something holds; null elsewhere."""
    parts = [word if isinstance(word, str) else pa.array(word.astype(np.int64)).cast(pa.string()) for word in words]
    if len(parts) == 1:
        parts.append("")
    joined = pc.binary_join_element_wise(*parts, "")
    text = joined if isinstance(joined, pa.Array) else pa.repeat(joined, len(holds))
    return pc.if_else(pa.array(holds), text, pa.scalar(None, pa.string()))


def _origin(origins: list[str | None], holds: npt.NDArray[np.bool_]) -> pa.Array:
    names = pc.if_else(pa.array(holds), pa.array(origins, pa.string()), pa.scalar(None, pa.string()))
    return pc.binary_join_element_wise("both go back to ", names, "")


def _lists(columns: list[pa.Array]) -> pa.ListArray:
    """One list a row of what the columns hold there, nulls left out."""
    rows = len(columns[0])
    stacked = pa.concat_arrays(columns)
    by_row = np.arange(len(stacked)).reshape(len(columns), rows).T.ravel()
    ordered = stacked.take(pa.array(by_row))
    valid = ordered.is_valid().to_numpy(zero_copy_only=False).reshape(rows, len(columns))
    offsets = np.r_[0, np.cumsum(valid.sum(1))].astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), ordered.drop_null())
