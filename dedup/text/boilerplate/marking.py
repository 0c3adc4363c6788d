"""Mark in texts what is boilerplate and what is a stock phrase."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup import tomlfile
from dedup.arrays import distinct
from dedup.kernels.annotate import BOILERPLATE, STOCK_PHRASE
from dedup.kernels.blocks import mark_blocks
from dedup.kernels.bloom import bloom_filter
from dedup.kernels.boilerplate import mark_learned, mark_phrases
from dedup.kernels.phrases import mark_runs
from dedup.text.boilerplate.runs import WORDS as BLOCK_WORDS
from dedup.text.boilerplate.shingling import shingled
from dedup.text.boilerplate.stock_phrases import WORDS
from dedup.text.boilerplate.table import LearnedBoilerplate
from dedup.text.tokens import Tokens, tokenise


def mark(
    masks: npt.NDArray[np.uint8],
    tokens: Tokens,
    publishers: npt.NDArray[np.int32],
    boilerplate: LearnedBoilerplate,
    size: int,
) -> None:
    """Set the bits FURNITURE and SET_PHRASE (:mod:`dedup.kernels.annotate`) in ``masks`` uint8[tokens].

    ``publishers`` int32[texts] as ``boilerplate.codes`` gives them; shingles are of ``size`` tokens.
    """
    shingles, shingle_offsets = shingled(tokens.hashes, tokens.offsets, size)
    mark_learned(
        shingles,
        shingle_offsets,
        tokens.offsets,
        size,
        publishers,
        boilerplate.offsets,
        boilerplate.shingles,
        bloom_filter(boilerplate.shingles),
        BOILERPLATE,
        masks,
    )
    blocks = boilerplate.blocks
    if len(blocks.hashes):
        mark_blocks(
            tokens.hashes,
            tokens.offsets,
            BLOCK_WORDS,
            publishers,
            blocks.offsets,
            blocks.hashes,
            bloom_filter(blocks.hashes),
            BOILERPLATE,
            masks,
        )
    if len(boilerplate.stock_phrases):
        phrases = boilerplate.stock_phrases
        mark_runs(tokens.hashes, tokens.offsets, WORDS, phrases, bloom_filter(phrases), STOCK_PHRASE, masks)
    mark_phrases(tokens.hashes, tokens.gaps, tokens.offsets, *_shipped(), BOILERPLATE, masks)


@functools.cache
def _shipped() -> tuple[npt.NDArray[np.uint32 | np.int64 | np.uint8], ...]:
    """First tokens of all shipped phrases (ascending) and their sieve, then tokens and offsets of the two kinds."""
    phrases = tomlfile.shipped("dedup.text.boilerplate", "shipped.toml")
    rest, line = (tokenise(pa.array(phrases[kind], pa.large_string())) for kind in ("rest", "line"))
    firsts = distinct(np.concatenate([rest.hashes[rest.offsets[:-1]], line.hashes[line.offsets[:-1]]]))
    return firsts, bloom_filter(firsts), rest.hashes, rest.offsets, line.hashes, line.offsets
