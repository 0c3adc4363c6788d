"""Long runs of words that several texts share, and how much the rest of these texts has in common, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.bloom import holds
from dedup.kernels.compiling import entry, helper, inlined
from dedup.kernels.phrases import leaving, next_run

SAMPLED = np.uint32(3)  # runs whose hash has one of these bits are left out: one in four is looked at
COUNT, LIST = 0, 1  # what recurring_runs does
SHARED, IN_LEFT, IN_RIGHT = 1, 2, 4  # where a word stands
NONE, UNRELATED, PROVEN = 0, 1, 2  # what two texts tell

_RARE = 100  # words of this weight and more tell what a text is about (255: none of a thousand articles has it)
_REST = 20 * 255  # weight of a rest that says enough, in whole rare words
_ALIKE = 0.25  # of the smaller rest: in common with the other rest at most, where the two are unrelated
_UNLIKE = 0.1  # the same where they may be versions of one story: nearly of one day, or with the same opening
_NEAR = 2  # days
_OPENING = 30  # tokens
_SHARED_TOKENS = 20  # tokens in shared runs, at least
_FAR, _LONG = 14, 300  # days, or tokens in shared runs, from which two texts are enough


@inlined
def _slot(hash, wrap):
    return np.int64(np.uint32(hash * np.uint32(0x9E3779B1)) >> np.uint32(3)) & wrap


@entry
def sampled(hashes, begins, ends, size, runs, offsets):
    """The hashes of the sampled runs of ``size`` tokens of every text, as they stand in it; returns their number.

    Text ``i`` is ``hashes[begins[i]:ends[i]]`` (uint32). Filled: ``runs`` uint32, with room for all tokens, and
    ``offsets`` int64[texts + 1]: those of text ``i`` are ``runs[offsets[i]:offsets[i + 1]]``.
    """
    gone = leaving(size)
    count = 0
    offsets[0] = 0
    for text in range(len(begins)):
        state, first = np.uint32(0), begins[text]
        for position in range(first, ends[text]):
            state = next_run(state, hashes, position, first, size, gone)
            if position >= first + size - 1 and not state & SAMPLED:
                runs[count] = state
                count += 1
        offsets[text + 1] = count
    return count


@entry
def recurring_runs(runs, begins, ends, first, part, parts, cells, task, listed, out, texts):
    """Sampled runs that probably stand in several texts; returns how many of their places there are.

    Those of text ``first + i`` are ``runs[begins[i]:ends[i]]`` (uint32); of all those are looked at whose hash falls
    into ``part`` of ``parts`` (a power of two). ``cells`` uint8, a power of two, zeros: first called with ``task``
    COUNT for all texts, which fills them and returns how many places are to be listed more than before; then with LIST,
    which fills ``out`` uint32 and ``texts`` int32, long enough for these, from ``listed`` on, with every place of a run
    whose cell was met twice.
    """
    slot_mask, mask = np.uint32(len(cells) - 1), np.uint32(parts - 1)
    count = 0
    for text in range(len(begins)):
        for position in range(begins[text], ends[text]):
            run = runs[position]
            if (run >> np.uint32(2)) & mask != part:
                continue
            cell = (np.uint32(run * np.uint32(0x9E3779B1)) >> np.uint32(4)) & slot_mask
            met = cells[cell]
            if task == COUNT:
                cells[cell] += met < 2
                count += 2 if met == 1 else met > 1  # the first place too, once there is a second one
            elif met >= 2:
                out[listed + count], texts[listed + count] = run, first + text
                count += 1
    return count


@inlined
def _find(keys, stamps, stamp, wanted):
    """Where ``wanted`` stands in an open-addressing table, or the slot that it would take (of another stamp)."""
    wrap = len(keys) - 1
    slot = _slot(wanted, wrap)
    while stamps[slot] == stamp and keys[slot] != wanted:
        slot = (slot + 1) & wrap
    return slot


@helper
def _shared(hashes, left, right, size, keys, stamps, flags, stamp, masks):
    """Set ``masks`` uint8[2, tokens]: which tokens of two texts (begin, end) stand in runs of ``size`` of both."""
    gone = leaving(size)
    for step in range(3):  # list the runs of the left text; mark the right text's; mark the left text's
        begin, end = left if step != 1 else right
        mask = masks[1 if step == 1 else 0]
        mask[: end - begin] = 0
        state, covered = np.uint32(0), begin
        for position in range(begin, end):
            state = next_run(state, hashes, position, begin, size, gone)
            if position < begin + size - 1:
                continue
            slot = _find(keys, stamps, stamp, state)
            if step == 0:
                if stamps[slot] != stamp:
                    keys[slot], stamps[slot], flags[slot] = state, stamp, 0
            elif stamps[slot] == stamp and (step == 1 or flags[slot]):
                flags[slot] = 1
                for token in range(max(covered, position - size + 1), position + 1):
                    mask[token - begin] = 1
                covered = position + 1


@inlined
def _weight(words, weights, word):
    """How rare a word is, 0-255; ``words`` and ``weights`` as in :class:`dedup.text.rarity.Rarity`."""
    slot = np.int64(word) & (len(words) - 1)
    while words[slot] != 0 and words[slot] != word:
        slot = (slot + 1) & (len(words) - 1)
    return weights[slot] if words[slot] == word else 255


@helper
def _rest(hashes, spans, masks, words, weights, keys, stamps, flags, stamp, out):
    """Fill ``out`` int64[3]: weights of the rarer words outside the shared runs: left, right and in both."""
    out[:] = 0
    for side in range(2):
        begin, end = spans[side]
        for position in range(begin, end):
            if masks[side, position - begin]:
                slot = _find(keys, stamps, stamp, hashes[position])
                keys[slot], stamps[slot], flags[slot] = hashes[position], stamp, SHARED
    for side in range(2):
        begin, end = spans[side]
        here = IN_LEFT if side == 0 else IN_RIGHT
        for position in range(begin, end):
            if masks[side, position - begin]:
                continue
            weight = np.int64(_weight(words, weights, hashes[position]))
            if weight < _RARE:
                continue
            slot = _find(keys, stamps, stamp, hashes[position])
            if stamps[slot] != stamp:
                keys[slot], stamps[slot], flags[slot] = hashes[position], stamp, 0
            if flags[slot] & (SHARED | here):
                continue
            out[side] += weight
            if flags[slot]:
                out[2] += weight
            flags[slot] |= here


@helper
def _rests(hashes, spans, size, words, weights, keys, stamps, flags, stamp, masks, out):
    """Fill ``out`` int64[7] for two texts (begin, end): the weights of :func:`_rest`, then tokens in runs of both.

    These of the left and the right text, and how many of them are among the first :data:`_OPENING` of each. A rest is
    what stands in no run of ``size`` tokens of both.
    """
    _shared(hashes, spans[0], spans[1], size, keys, stamps, flags, stamp, masks)
    _rest(hashes, spans, masks, words, weights, keys, stamps, flags, stamp + 1, out)
    for side in range(2):
        tokens = spans[side][1] - spans[side][0]
        out[3 + side] = masks[side, :tokens].sum()
        out[5 + side] = masks[side, : min(tokens, _OPENING)].sum()


@inlined
def _evidence(rests, tokens, apart):
    """What two texts that share runs tell: NONE, UNRELATED, or PROVEN where the two are enough.

    ``rests`` as :func:`_rests` fills it; ``tokens`` of the shorter text; ``apart``: days between the two, 0 where one
    is unknown.
    """
    shorter_rest, common, shared = min(rests[0], rests[1]), rests[2], min(rests[3], rests[4])
    opened = max(rests[5], rests[6]) > _OPENING // 2
    if shared < _SHARED_TOKENS or shorter_rest < _REST or (opened and 2 * shared > tokens):
        return NONE
    free = not opened and apart >= _NEAR
    if common > (_ALIKE if free else _UNLIKE) * shorter_rest:
        return NONE
    far = apart >= _FAR and common <= _UNLIKE * shorter_rest
    return PROVEN if far or (free and shared >= _LONG) else UNRELATED


@entry
def are_blocks(
    hashes, begins, ends, days, sets, size, needed, words, weights, keys, stamps, flags, masks, rests, chosen, out
):
    """Fill ``out`` bool[sets]: do so many texts of a set that share runs have nothing else in common?

    ``sets`` int32[sets, most]: texts, the unused places -1; ``needed``: how many of them must be unrelated, each with
    all the others; ``days`` int32[texts], the smallest number where one is unknown; ``words`` uint32 and ``weights``
    uint8 tell how rare a word is (:class:`dedup.text.rarity.Rarity`). Working space, for the longest text: ``keys``
    uint32, ``stamps`` int64 (zeros) and ``flags`` uint8, a power of two of at least four times its tokens; ``masks``
    uint8[2, tokens]; ``rests`` int64[7]; ``chosen`` int64[most].
    """
    unknown, stamp = np.iinfo(np.int32).min, np.int64(1)
    for number in range(len(sets)):
        count, proven = 0, False
        for text in sets[number]:
            unrelated = text >= 0 and not proven
            for k in range(count):
                if not unrelated or proven:
                    break
                other = chosen[k]
                spans = ((begins[other], ends[other]), (begins[text], ends[text]))
                _rests(hashes, spans, size, words, weights, keys, stamps, flags, stamp, masks, rests)
                stamp += 2
                dated = days[other] != unknown and days[text] != unknown
                shorter = min(spans[0][1] - spans[0][0], spans[1][1] - spans[1][0])
                is_block = _evidence(rests, shorter, abs(np.int64(days[other]) - days[text]) if dated else 0)
                unrelated, proven = is_block != NONE, is_block == PROVEN
                if not unrelated and count == 1 and rests[0] < _REST:
                    chosen[0] = text  # the first is little but what is shared, and cannot be told from any other
            if unrelated and not proven:
                chosen[count] = text
                count += 1
                proven = count >= needed
        out[number] = proven


@entry
def mark_blocks(hashes, offsets, size, publishers, learned_offsets, learned, bits, bit, masks):
    """Set ``bit`` in ``masks`` uint8[tokens] on the tokens of runs that are blocks of their article's publisher.

    ``hashes`` uint32, ``offsets`` int64[texts + 1]; ``publishers`` int32[texts], -1: unknown; ``learned`` uint32,
    ascending for every publisher at ``learned_offsets[code]:learned_offsets[code + 1]``, and ``bits`` their sieve.
    """
    gone = leaving(size)
    for text in range(len(offsets) - 1):
        publisher = publishers[text]
        if publisher < 0 or learned_offsets[publisher] == learned_offsets[publisher + 1]:
            continue
        state = np.uint32(0)
        first = covered = offsets[text]
        for position in range(first, offsets[text + 1]):
            state = next_run(state, hashes, position, first, size, gone)
            if position < first + size - 1 or state & SAMPLED:
                continue
            if holds(bits, learned, learned_offsets[publisher], learned_offsets[publisher + 1], state):
                for token in range(max(covered, position - size + 1), position + 1):
                    masks[token] |= bit
                covered = position + 1


@entry
def own_tokens(hashes, begins, ends, size, publishers, learned_offsets, learned, bits, own):
    """How many tokens of each text stand outside the blocks of its publisher, in stretches of ``size`` or more.

    Text ``i`` is ``hashes[begins[i]:ends[i]]`` (uint32); the rest is as :func:`mark_blocks` takes it. Filled: ``own``
    int32[texts], -1 for a text without a block.
    """
    gone = leaving(size)
    for text in range(len(begins)):
        own[text] = -1
        publisher = publishers[text]
        if publisher < 0 or learned_offsets[publisher] == learned_offsets[publisher + 1]:
            continue
        state, total = np.uint32(0), 0
        first = covered = begins[text]
        for position in range(first, ends[text]):
            state = next_run(state, hashes, position, first, size, gone)
            if position < first + size - 1 or state & SAMPLED:
                continue
            if holds(bits, learned, learned_offsets[publisher], learned_offsets[publisher + 1], state):
                before = position - size + 1 - covered
                total += before * (before >= size)
                covered = position + 1
        if covered > first:
            after = ends[text] - covered
            own[text] = total + after * (after >= size)
