"""Which tokens are a publisher's boilerplate, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

from dedup.kernels.bloom import holds
from dedup.kernels.compiling import entry, helper
from dedup.kernels.folding import GAP_LINE, GAP_PARAGRAPH, GAP_SENTENCE

_ENOUGH = 60  # tokens of an article proper, after which a "rest" phrase counts
_LONG_LINE = 100  # a line of more tokens is a text without line breaks: only its first sentence is boilerplate


@entry
def mark_learned(shingles, shingle_offsets, offsets, size, publishers, learned_offsets, learned, bits, bit, masks):
    """Set ``bit`` in ``masks`` uint8[tokens] where a token is in a shingle that its article's publisher repeats.

    ``shingles`` uint32 and ``shingle_offsets`` int64[texts + 1] are the texts' shingles of ``size`` tokens, ``offsets``
    int64[texts + 1] the places of their tokens; ``publishers`` int32[texts], -1: unknown; ``learned`` uint32, ascending
    for every publisher at ``learned_offsets[code]:learned_offsets[code + 1]``, and ``bits`` their sieve.
    """
    for text in range(len(offsets) - 1):
        publisher = publishers[text]
        if publisher < 0 or learned_offsets[publisher] == learned_offsets[publisher + 1]:
            continue
        covered = offsets[text]
        for k in range(shingle_offsets[text], shingle_offsets[text + 1]):
            if holds(bits, learned, learned_offsets[publisher], learned_offsets[publisher + 1], shingles[k]):
                begin = offsets[text] + k - shingle_offsets[text]
                end = min(begin + size, offsets[text + 1])
                for token in range(max(begin, covered), end):
                    masks[token] |= bit
                covered = end


@helper
def _phrase_at(hashes, position, end, phrases, phrase_offsets, exact):
    """Does one of the phrases stand at ``position``, filling the line up to ``end`` where ``exact``?"""
    for phrase in range(len(phrase_offsets) - 1):
        first, last = phrase_offsets[phrase], phrase_offsets[phrase + 1]
        if (
            phrases[first] != hashes[position]
            or position + last - first > end
            or (exact and position + last - first != end)
        ):
            continue
        same = True
        for k in range(first, last):
            same = same and hashes[position + k - first] == phrases[k]
        if same:
            return True
    return False


@helper
def _line_proper(gaps, position, line_end):
    """The end of the line at ``position``, or of its first sentence where it is too long for a line."""
    if line_end - position <= _LONG_LINE:
        return line_end
    end = position + 1
    while end < line_end and not gaps[end] & GAP_SENTENCE:
        end += 1
    return end


@entry
def mark_phrases(hashes, gaps, offsets, firsts, bits, rest, rest_offsets, line, line_offsets, bit, masks):
    """Set ``bit`` in ``masks`` uint8[tokens] on lines that shipped phrases name.

    ``firsts`` uint32, ascending: first tokens of all phrases, ``bits`` their sieve; ``rest`` and ``line`` uint32 with
    int64 offsets: the phrases' tokens (shipped.toml of dedup.text.boilerplate tells what the two kinds do).
    """
    for text in range(len(offsets) - 1):
        begin, end = offsets[text], offsets[text + 1]
        position = begin
        while position < end:
            line_end = position + 1
            while line_end < end and not gaps[line_end] & (GAP_LINE | GAP_PARAGRAPH):
                line_end += 1
            if holds(bits, firsts, 0, len(firsts), hashes[position]):
                late = position - begin >= _ENOUGH or 2 * (position - begin) >= end - begin
                if late and _phrase_at(hashes, position, line_end, rest, rest_offsets, True):
                    line_end = end
                elif _phrase_at(hashes, position, line_end, line, line_offsets, False):
                    line_end = _line_proper(gaps, position, line_end)
                else:
                    position = line_end
                    continue
                for token in range(position, line_end):
                    masks[token] |= bit
            position = line_end
