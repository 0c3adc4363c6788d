"""The sentences of texts, by the gap flags of their tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.kernels.characters import characters
from dedup.kernels.folding import GAP_PARAGRAPH, GAP_SENTENCE
from dedup.text.tokens import Tokens, text_buffers

Ints = npt.NDArray[np.int64]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_MARK = r"<|\\#¶•*"  # what parts paragraphs in exports belongs to no sentence
_OPENS = r"(\[{«“‘„‚「『（【《〈¿¡"
# Before a space every mark closes the sentence: which quotation mark opens and which closes depends on the language.
_CLOSING = re.compile(rf"[^\s\w{_MARK}]+(?=\s)|[^\s\w{_MARK}{_OPENS}]*")
_OPENING = re.compile(rf"[^\s\w{_MARK}]*\Z")


class Sentences(NamedTuple):
    """The sentences of some texts, one text after the other.

    ``first``, ``last`` int64[s]: first token and the one after the last, counted over all texts; ``text`` int64[s]:
    row of the text; ``wording`` uint64[s]: a hash of the words, equal where these are the same.
    """

    first: Ints
    last: Ints
    text: Ints
    wording: npt.NDArray[np.uint64]

    @property
    def size(self) -> Ints:
        """Tokens of each sentence."""
        return self.last - self.first


def split(tokens: Tokens) -> Sentences:
    """The sentences of the texts that ``tokens`` were made of; a paragraph ends one as a full stop does."""
    begins = tokens.gaps & (GAP_SENTENCE | GAP_PARAGRAPH) != 0
    begins[tokens.offsets[:-1][np.diff(tokens.offsets) > 0]] = True
    first = np.flatnonzero(begins)
    last = np.r_[first[1:], len(begins)]
    text = np.searchsorted(tokens.offsets, first, "right") - 1
    if not len(first):
        return Sentences(first, first, text, np.empty(0, np.uint64))
    index = (np.arange(len(begins)) - np.repeat(first, last - first)).astype(np.uint64)
    mixed = (tokens.hashes + index * _ODD) * _MIX
    mixed = (mixed ^ mixed >> np.uint64(29)) * _ODD
    return Sentences(first, last, text, np.add.reduceat(mixed ^ mixed >> np.uint64(32), first))


def in_characters(texts: pa.Array, tokens: Tokens) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Where every token begins and ends in its text, in characters: int32[tokens] each."""
    data, offsets = text_buffers(texts)
    starts, ends = np.empty_like(tokens.starts), np.empty_like(tokens.ends)
    characters(data, offsets, tokens.offsets, tokens.starts, tokens.ends, np.arange(len(texts)), starts, ends)
    return starts, ends


def span(text: str, before: int, start: int, end: int, after: int) -> tuple[int, int]:
    """Where a sentence begins and ends with its punctuation, in characters.

    Its words are ``text[start:end]``; ``before`` is the end of the word before them (0: none), ``after`` the start of
    the word after them (the length of the text: none). Spans of neighbours do not overlap.
    """
    gap = text[before:start]
    closed = _closed(gap) if before else 0
    opened = _OPENING.search(gap, closed)
    tail = text[end:after] if after < len(text) else text[end:] + " "
    return start - (len(gap) - opened.start() if opened else 0), end + _closed(tail)


def _closed(gap: str) -> int:
    """How many characters of what stands between two sentences belong to the first."""
    result = _CLOSING.match(gap)
    return result.end() if result else 0
