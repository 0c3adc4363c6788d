"""Sentences of a text that stand in the other one, word for word or retold."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.columns import COUNT
from dedup.kernels.comparison_loading import QUARTERS, quarters_of
from dedup.kernels.comparison_runs import OCCURRENCES
from dedup.kernels.comparison_workspace import BYTE, ENTRY, SENTENCE, TOKEN
from dedup.kernels.compiling import inlined

_SHORTEST_SENTENCE = 5  # words of the narrative
_SAME, _VERBATIM, _RETOLD = 0.4, 0.8, 0.25  # shares of a sentence that make it the same, beyond doubt, repeated
_HINTED = 0.1  # share of a sentence's word pairs from which it is looked at word for word
_LEAD = 3  # sentences at the beginning


@inlined
def _retold(sentence, heads, first, last, workspace):
    """Share of a sentence's word pairs that stand, in order, in one sentence of the other text; and which."""
    entries, sentences = workspace.entries, workspace.sentences
    count = 0
    for k in range(sentences[SENTENCE.begin, sentence], sentences[SENTENCE.end, sentence]):
        entry = np.int64(heads[entries[ENTRY.key, k]])
        if not first <= entry < last:
            continue
        weight = entries[ENTRY.sum, k]
        for _ in range(OCCURRENCES):
            there = entries[ENTRY.where, entry]
            if sentences[SENTENCE.votes, there] == 0:
                sentences[SENTENCE.candidates, count] = there
                sentences[SENTENCE.shift, there] = entries[ENTRY.at, entry] - entries[ENTRY.at, k]
                count += 1
            sentences[SENTENCE.votes, there] += weight
            entry = np.int64(entries[ENTRY.following, entry])
            if entry < 0:
                break
    best = 0
    chosen = -1
    for k in range(count):
        there = sentences[SENTENCE.candidates, k]
        votes = sentences[SENTENCE.votes, there]
        if votes > best or (votes == best and there < chosen):
            best = votes
            chosen = there
        sentences[SENTENCE.votes, there] = 0
    total = sentences[SENTENCE.total, sentence]
    return (min(1.0, best / total) if total > 0 else 0.0), chosen


@inlined
def _parallel(sentence, shift, other_begin, other_end, workspace):
    """Quarters of narrative words of a sentence that stand in the other text so many places further on."""
    held, mask, flags = workspace.tokens, workspace.bytes[BYTE.mask], workspace.bytes[BYTE.flags]
    same = 0
    first = max(np.int64(workspace.sentences[SENTENCE.start, sentence]), other_begin - shift)
    for here in range(first, min(np.int64(workspace.sentences[SENTENCE.start, sentence + 1]), other_end - shift)):
        if mask[here] == 0 and held[TOKEN.hash, here] == held[TOKEN.hash, here + shift]:
            same += quarters_of(flags[here])
    return same


@inlined
def needs_pairs(base, says, workspace):
    """Is there a sentence that does not stand in the other text word for word?"""
    for sentence in range(base, base + says):
        length = workspace.sentences[SENTENCE.length, sentence]
        if (
            length >= QUARTERS * _SHORTEST_SENTENCE
            and workspace.sentences[SENTENCE.copied, sentence] / length < _VERBATIM
        ):
            return True
    return False


@inlined
def count_sentences(base, says, heads, first, last, other_begin, other_end, workspace, out):
    """Count the sentences of a text's narrative that stand in the other one, word for word or retold in its order."""
    sentences = workspace.sentences
    number = 0
    before = -1
    for sentence in range(base, base + says):
        length, copied = sentences[SENTENCE.length, sentence], sentences[SENTENCE.copied, sentence]
        partner = sentences[SENTENCE.partner, sentence] if copied else -1
        if length < QUARTERS * _SHORTEST_SENTENCE:
            continue
        share = copied / length
        retold = share
        if share < _VERBATIM:
            retold, partner = _retold(sentence, heads, first, last, workspace)
            if retold >= _HINTED:
                same = _parallel(
                    sentence, np.int64(sentences[SENTENCE.shift, partner]), other_begin, other_end, workspace
                )
                copied = max(copied, same)
        if copied >= _SAME * length:
            out[COUNT.parallel] += copied / QUARTERS
        out[COUNT.sentences] += 1
        out[COUNT.sentence_tokens] += length / QUARTERS
        out[COUNT.same] += share >= _SAME
        out[COUNT.repeated] += share >= _SAME or retold >= _RETOLD
        out[COUNT.retold] += retold * length / QUARTERS
        if number < _LEAD:
            out[COUNT.lead] += max(share, min(1.0, 1.5 * retold)) / _LEAD
        number += 1
        if retold >= _RETOLD and partner >= 0:
            if before >= 0:
                out[COUNT.steps] += 1
                out[COUNT.ordered] += partner >= before
            before = partner
