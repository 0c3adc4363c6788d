"""Count the frozen table of word rarity again from the development data: ``python benchmarks/rarity.py``."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.kernels.tokenise import NUMBER
from dedup.text.tokens import tokenise

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("WIRECOPY_DATA") or ROOT.parent / "shared" / "data")
_LANGUAGES = (
    ("allsides_us_politics", "pakistan_2025_jan_apr", "event_news", "yahoo_finance", "reuters_1987"),
    ("saudi_arabic_week",),
    ("counter_urdu_dev",),
)
_MAX = 12_000  # articles of a file
_COMMON = 1000  # words in fewer than one of so many articles are left out: they count as fully rare
_MIN = 3  # articles


def count(names: tuple[str, ...]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float64]]:
    """The common words of one language and the share of its articles that each stands in."""
    seen, articles = [], 0
    for name in names:
        texts = pq.read_table(DATA / f"{name}.parquet", columns=["text"])["text"].combine_chunks()
        texts = texts.take(pa.array(np.arange(0, len(texts), -(-len(texts) // _MAX))))
        tokens = tokenise(texts)
        owners = np.repeat(np.arange(len(texts), dtype=np.uint64), np.diff(tokens.offsets))
        words = tokens.flags & NUMBER == 0
        seen.append(np.unique(owners[words] << np.uint64(32) | tokens.hashes[words]).astype(np.uint32))
        articles += len(texts)
    words, counts = np.unique(np.concatenate(seen), return_counts=True)
    common = (counts >= articles / _COMMON) & (counts >= _MIN)
    return words[common], counts[common] / articles


def main() -> None:
    """Write ``dedup/text/rarity.npz``."""
    words, shares = (np.concatenate(part) for part in zip(*map(count, _LANGUAGES), strict=True))
    weights = np.round(255 * np.log(1 / shares) / np.log(_COMMON)).astype(np.uint8)
    order = np.lexsort((weights, words))
    words, weights = words[order], weights[order]
    first = np.r_[True, words[1:] != words[:-1]]
    np.savez_compressed(ROOT / "dedup" / "matches" / "rarity.npz", hashes=words[first], weights=weights[first])


if __name__ == "__main__":
    main()
