"""Common runs of two texts: passages, and what is counted of them."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.annotate import BOILERPLATE, QUOTED, STOCK_PHRASE
from dedup.kernels.columns import COPY, COUNT, MARKED, QUOTE, SET, SHINGLE, SHORTEST, SPAN
from dedup.kernels.comparison_loading import QUARTERS, quarters_of
from dedup.kernels.comparison_workspace import BYTE, RUN, SENTENCE, TEXT, TOKEN
from dedup.kernels.compiling import inlined
from dedup.kernels.tokenise import CAPITAL, NUMBER

_TRIES = 16  # places in the other text at which a passage is looked for
OCCURRENCES = 8  # of a shingle or word pair that are followed
_SUBSTANCE = 200  # rarity of a common run in sum at least: "as well as the" is no copy
_LONG = 8  # words of a run that hardly comes about twice
_UNQUOTED = 30  # words of a run outside quotation, whoever speaks there, that are hardly a remark heard by two
_SWAP = 4  # words between two common runs that count as one word put for another


@inlined
def count_shingles(left, right, workspace, out):
    """Count the distinct shingles that two texts share."""
    one, other, held, plain = (
        workspace.texts[left],
        workspace.texts[right],
        workspace.tokens,
        workspace.bytes[BYTE.plain],
    )
    begin, base = np.int64(one[TEXT.base]), np.int64(other[TEXT.base])
    end = begin + one[TEXT.size]
    heads = workspace.shingles.where[0]
    common = narrative = 0
    for k in range(base, base + other[TEXT.distinct]):
        here = held[TOKEN.first, k]
        there = heads[held[TOKEN.number, here]]
        if begin <= there < end:
            common += 1
            narrative += plain[here] & plain[there]
    out[SET.a_all], out[SET.a_plain] = one[TEXT.distinct], one[TEXT.distinct_plain]
    out[SET.b_all], out[SET.b_plain] = other[TEXT.distinct], other[TEXT.distinct_plain]
    out[SET.common_all], out[SET.common_plain] = common, narrative
    same = one[TEXT.size] == other[TEXT.size]
    k = 0
    while same and k < one[TEXT.size]:
        same = held[TOKEN.hash, begin + k] == held[TOKEN.hash, base + k]
        k += 1
    out[SET.identical] = same


@inlined
def _kind(mask):
    if mask & BOILERPLATE:
        return MARKED
    return QUOTE if mask & QUOTED else COPY


@inlined
def list_passages(pair, left, right, workspace, count, spans):
    """List what the left text shares with the right one, boilerplate included; returns how many are listed now."""
    held, mask = workspace.tokens, workspace.bytes[BYTE.mask]
    begin, base = np.int64(workspace.texts[left, TEXT.base]), np.int64(workspace.texts[right, TEXT.base])
    end, other_end = begin + workspace.texts[left, TEXT.size], base + workspace.texts[right, TEXT.size]
    heads = workspace.shingles.where[1]
    here = begin
    while here + SHORTEST <= end:
        there = np.int64(heads[held[TOKEN.number, here]])
        longest = 0
        at = base
        if base <= there < other_end:
            for _ in range(_TRIES):
                length = 0
                while (
                    here + length < end
                    and there + length < other_end
                    and held[TOKEN.hash, here + length] == held[TOKEN.hash, there + length]
                ):
                    length += 1
                if length > longest:
                    longest = length
                    at = there
                there = np.int64(held[TOKEN.next, there])
                if there < 0:
                    break
        if longest < SHORTEST:
            here += 1
            continue
        first = 0
        while first < longest:
            kind = _kind(mask[here + first])
            last = first + 1
            while last < longest and _kind(mask[here + last]) == kind:
                last += 1
            span = spans[count]
            span[SPAN.pair], span[SPAN.kind] = pair, kind
            span[SPAN.a_first], span[SPAN.a_last] = here - begin + first, here - begin + last
            span[SPAN.b_first], span[SPAN.b_last] = at - base + first, at - base + last
            count += 1
            first = last
        here += longest
    return count


@inlined
def align(begin, end, other_begin, other_end, heads, workspace):
    """List the runs of a text that stand in the other one; returns how many there are.

    Greedy from the left: the longest common run that begins here, of equal ones the first after the last run; without
    boilerplate.
    """
    held, mask, runs = workspace.tokens, workspace.bytes[BYTE.mask], workspace.runs
    expected = other_begin
    count = 0
    here = begin
    while here <= end - SHINGLE:
        there = np.int64(heads[held[TOKEN.number, here]])
        if not other_begin <= there < other_end:
            here += 1
            continue
        best = 0
        chosen = other_begin
        for _ in range(OCCURRENCES):
            length = 0
            while (
                here + length < end
                and there + length < other_end
                and held[TOKEN.hash, here + length] == held[TOKEN.hash, there + length]
                and (mask[here + length] | mask[there + length]) & BOILERPLATE == 0
            ):
                length += 1
            if length > best or (length == best and chosen < expected <= there):
                best = length
                chosen = there
            there = np.int64(held[TOKEN.next, there])
            if there < 0:
                break
        if best < SHINGLE:
            here += 1
            continue
        runs[RUN.here, count], runs[RUN.there, count], runs[RUN.length, count] = here, chosen, best
        count += 1
        expected = chosen + best
        here += best
    return count


@inlined
def _swap(here, here_end, there, there_end, narrative, flags, out):
    """Count a short stretch that stands where the other text has another one between the same words."""
    if 1 <= here_end - here <= _SWAP * QUARTERS and 1 <= there_end - there <= _SWAP * QUARTERS:
        one = other = size = other_size = 0
        for k in range(here, here_end):
            one |= flags[k]
            size += quarters_of(flags[k])
        for k in range(there, there_end):
            other |= flags[k]
            other_size += quarters_of(flags[k])
        if max(size, other_size) > _SWAP * QUARTERS:
            return
        out[COUNT.replaced] += 1
        if narrative:
            out[COUNT.swaps] += 1
            out[COUNT.figure_swaps] += one & other & NUMBER != 0
            out[COUNT.name_swaps] += one & other & (NUMBER | CAPITAL) == CAPITAL


@inlined
def _copied(here, there, run, base, other_base, workspace):
    """Tell the sentences of a text how much of them is in a run, and in which sentence it lies."""
    sentence, mask, sentences = workspace.tokens[TOKEN.sentence], workspace.bytes[BYTE.mask], workspace.sentences
    flags = workspace.bytes[BYTE.flags]
    for k in range(run):
        if mask[here + k] | mask[there + k] == 0:
            own = base + sentence[here + k]
            sentences[SENTENCE.copied, own] += quarters_of(flags[here + k])
            sentences[SENTENCE.partner, own] = other_base + sentence[there + k]


@inlined
def count_runs(runs, base, other_base, workspace, out):
    """Count the common runs of a text."""
    mask, rarity, flags = workspace.bytes[BYTE.mask], workspace.bytes[BYTE.rarity], workspace.bytes[BYTE.flags]
    last = last_there = np.int64(-1)
    for number in range(runs):
        here, there = np.int64(workspace.runs[RUN.here, number]), np.int64(workspace.runs[RUN.there, number])
        run = np.int64(workspace.runs[RUN.length, number])
        narrative = weight = quotes = once = unquoted = size = 0
        for k in range(run):
            one, other, quarters = mask[here + k], mask[there + k], quarters_of(flags[here + k])
            size += quarters
            unquoted += quarters * ((one | other) & (QUOTED | STOCK_PHRASE) == 0)
            if one & (QUOTED | BOILERPLATE) == 0:
                out[COUNT.alike] += 1
                out[COUNT.formulaic] += one & STOCK_PHRASE != 0
            if one | other == 0:
                narrative += quarters
                weight += rarity[here + k]
            elif one & other & QUOTED != 0:
                quotes += 1
            elif (one == 0 or other == 0) and (one | other) & QUOTED != 0:
                once += quarters
        out[COUNT.quotes] += quotes
        out[COUNT.quoted_once] += once / QUARTERS
        out[COUNT.passage] = max(out[COUNT.passage], run)
        words, own = size / QUARTERS, narrative / QUARTERS
        if own >= _LONG or unquoted >= _UNQUOTED * QUARTERS:
            out[COUNT.carried] += words
            out[COUNT.unbroken] = max(out[COUNT.unbroken], words)
        if own >= SHINGLE and weight >= _SUBSTANCE:
            _copied(here, there, run, base, other_base, workspace)
            out[COUNT.runs] += 1
            out[COUNT.common] += own
            out[COUNT.common_weight] += weight
            out[COUNT.long] += own if words >= _LONG else 0.0
            out[COUNT.longest] = max(out[COUNT.longest], own)
        if last >= 0:
            _swap(last, here, last_there, there, narrative > 0, flags, out)
        last, last_there = here + run, there + run
