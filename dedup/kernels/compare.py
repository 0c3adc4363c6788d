"""Two texts -> what they share, compiled: shingle sets, common runs, sentences said again, figures and names.

Everything is counted in both directions, so that nothing depends on which text comes first. The work is linear in the
length of the texts whatever they hold: a repeated word or shingle is followed to its first few occurrences only, and
sentences end after :data:`LONGEST_SENTENCE` tokens.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from dedup.kernels.annotate import FURNITURE, QUOTED
from dedup.kernels.folding import GAP_PARAGRAPH, GAP_SENTENCE
from dedup.kernels.tokenise import ALL_CAPITALS, CAPITAL, NUMBER

SHINGLE = 3
LONGEST_SENTENCE = 60
_SHORTEST_SENTENCE = 5  # narrative tokens
_OCCURRENCES = 8  # of a shingle or word pair that are followed
_REACH = 3  # content words behind a content word that it is paired with
_CONTENT = 50  # rarity (0-255) of a content word at least
_RARE = 120  # rarity of a word that tells a story from another
_SUBSTANCE = 200  # rarities of a common run's words in sum at least: "as well as the" is no copy
_SWAP = 4  # tokens between two common runs that count as one word put for another
_COMMON_UNKNOWN = 40  # rarity of an unknown word of three bytes or less: in most languages a function word

(
    TOKENS, NARRATIVE, WEIGHT, COPIED_3, COPIED_5, COPIED_8, CARRIED, COPIED_WEIGHT, LONGEST, PASSAGE, RUNS, QUOTES, SENTENCES, SENTENCE_TOKENS, SAME_40, SAME_60, SAME_80, SAID, RETOLD_25, RETOLD_40, RETOLD_60, RETOLD, SAME, LEAD, STEPS, ORDERED, FIGURES, FIGURES_SHARED, RARE, RARE_SHARED, REPLACED, SWAPS, FIGURE_SWAPS, NAME_SWAPS,
) = range(34)
COLUMNS = 34

_compiled = njit(nogil=True, cache=True, _nrt=False)
_inlined = njit(nogil=True, cache=True, _nrt=False, forceinline=True)


class Room(NamedTuple):
    """Working room for texts of ``most`` tokens: see :func:`make_room`."""

    table: np.ndarray
    second: np.ndarray
    marks: np.ndarray
    chain: np.ndarray
    partners: np.ndarray
    copied: np.ndarray
    content: np.ndarray
    entries: np.ndarray
    votes: np.ndarray
    touched: np.ndarray


def make_room(most: int) -> Room:
    """Working room of :func:`compare` for texts of at most ``most`` tokens."""
    slots = 1 << (2 * _REACH * most + 8).bit_length()
    return Room(
        table=np.zeros(slots, np.int32),
        second=np.zeros(slots, np.int32),
        marks=np.zeros(slots, np.uint8),
        chain=np.zeros(_REACH * most + 1, np.int32),
        partners=np.zeros(most + 1, np.int32),
        copied=np.zeros(most + 1, np.uint8),
        content=np.zeros(most + 1, np.int32),
        entries=np.zeros((_REACH * most + 1, 2), np.int64),
        votes=np.zeros(most + 1),
        touched=np.zeros(most + 1, np.int32),
    )


@_inlined
def _mix(one, two, three):
    state = np.uint32(one * np.uint32(0x9E3779B1)) ^ two
    state = np.uint32(np.uint32(state ^ (state >> np.uint32(15))) * np.uint32(0x85EBCA77)) ^ three
    state = np.uint32(np.uint32(state ^ (state >> np.uint32(13))) * np.uint32(0xC2B2AE3D))
    return np.uint32(state ^ (state >> np.uint32(16)))


@_inlined
def _room(table, count):
    """Clear the part of ``table`` that ``count`` entries need; returns the mask of its slots."""
    size = 8
    while size < 2 * count:
        size *= 2
    for k in range(size):
        table[k] = -1
    return size - 1


@_inlined
def _same(hashes, one, two):
    return hashes[one] == hashes[two] and hashes[one + 1] == hashes[two + 1] and hashes[one + 2] == hashes[two + 2]


@_inlined
def _find(hashes, table, mask, place):
    """Slot of the shingle at ``place``: the one that holds it, or the empty one where it belongs."""
    slot = np.int64(_mix(hashes[place], hashes[place + 1], hashes[place + 2])) & mask
    while table[slot] >= 0 and not _same(hashes, table[slot], place):
        slot = (slot + 1) & mask
    return slot


@_inlined
def _plain(masks, place):
    return masks[place] | masks[place + 1] | masks[place + 2] == 0


@_inlined
def _gather(tokens, masks, text, table, marks):
    """Put a text's shingles into ``table``; returns the slots' mask and how many there are, in all and in narrative."""
    begin, end = tokens.offsets[text], tokens.offsets[text + 1]
    mask = _room(table, end - begin)
    count = plain_count = 0
    for place in range(begin, end - SHINGLE + 1):
        slot = _find(tokens.hashes, table, mask, place)
        if table[slot] < 0:
            table[slot] = place
            marks[slot] = 0
            count += 1
        if not marks[slot] & 1 and _plain(masks, place):
            marks[slot] |= 1
            plain_count += 1
    return mask, count, plain_count


@_compiled
def sizes(tokens, masks, rows, table, marks, out):
    """Fill ``out`` int32[texts, 2] for the texts ``rows``: distinct shingles, in all and in the narrative."""
    for k in range(len(rows)):
        _, count, plain_count = _gather(tokens, masks, rows[k], table, marks)
        out[rows[k], 0] = count
        out[rows[k], 1] = plain_count


@_inlined
def _identical(tokens, one, other):
    begin, other_begin = tokens.offsets[one], tokens.offsets[other]
    length = tokens.offsets[one + 1] - begin
    if tokens.offsets[other + 1] - other_begin != length:
        return 0
    for k in range(length):
        if tokens.hashes[begin + k] != tokens.hashes[other_begin + k]:
            return 0
    return 1


@_compiled
def overlap(tokens, masks, left, right, table, marks, out):
    """Fill ``out`` int32[pairs, 3]: distinct shingles that two texts share, in all and narrative in both; same tokens?

    ``left``, ``right`` int32[pairs]: the texts; pairs with the same left text should follow one another. ``masks``
    uint8[tokens]: 0 is narrative. Working room: ``table`` int32, ``marks`` uint8, both of the power of two that is at
    least twice the tokens of the longest text.
    """
    before = -1
    mask = 0
    for pair in range(len(left)):
        if left[pair] != before:
            before = left[pair]
            mask, _, _ = _gather(tokens, masks, before, table, marks)
        common = plain_common = 0
        begin, end = tokens.offsets[right[pair]], tokens.offsets[right[pair] + 1]
        for place in range(begin, end - SHINGLE + 1):
            slot = _find(tokens.hashes, table, mask, place)
            if table[slot] >= 0:
                if not marks[slot] & 2:
                    marks[slot] |= 2
                    common += 1
                if marks[slot] & 5 == 1 and _plain(masks, place):
                    marks[slot] |= 4
                    plain_common += 1
        for place in range(begin, end - SHINGLE + 1):
            slot = _find(tokens.hashes, table, mask, place)
            marks[slot] &= 1
        out[pair, 0] = common
        out[pair, 1] = plain_common
        out[pair, 2] = _identical(tokens, before, right[pair])


@_compiled
def prepare(tokens, rows, rarity_keys, rarity_values, weights, sentences):
    """For the texts ``rows``, fill ``weights`` uint8[tokens] (rarity) and ``sentences`` int32[tokens] (number in the text)."""
    room = np.uint32(len(rarity_keys) - 1)
    for k in range(len(rows)):
        number = np.int32(0)
        begun = tokens.offsets[rows[k]]
        for place in range(tokens.offsets[rows[k]], tokens.offsets[rows[k] + 1]):
            if place > begun and (tokens.gaps[place] & (GAP_SENTENCE | GAP_PARAGRAPH) or place - begun >= LONGEST_SENTENCE):
                number += np.int32(1)
                begun = place
            sentences[place] = number
            word = tokens.hashes[place]
            slot = word & room
            while rarity_keys[slot] != 0 and rarity_keys[slot] != word:
                slot = (slot + np.uint32(1)) & room
            if rarity_keys[slot] == word:
                weights[place] = rarity_values[slot]
            elif tokens.ends[place] - tokens.starts[place] <= 3 and not tokens.flags[place] & (ALL_CAPITALS | NUMBER):
                weights[place] = _COMMON_UNKNOWN
            else:
                weights[place] = 255


@_inlined
def _kept(masks, place):
    return (masks[place] | masks[place + 1] | masks[place + 2]) & FURNITURE == 0


@_compiled
def _index_shingles(tokens, masks, begin, end, table, chain):
    """Shingles of one text, furniture left out: ``table`` holds the first occurrence, ``chain`` the next one."""
    mask = _room(table, end - begin)
    for place in range(end - SHINGLE, begin - 1, -1):
        if _kept(masks, place):
            slot = _find(tokens.hashes, table, mask, place)
            chain[place - begin] = table[slot]
            table[slot] = place
    return mask


@_inlined
def _run(tokens, masks, here, end, there, there_end):
    """Tokens that two texts have in common from ``here`` and ``there`` on."""
    length = SHINGLE
    while (
        here + length < end
        and there + length < there_end
        and tokens.hashes[here + length] == tokens.hashes[there + length]
        and (masks[here + length] | masks[there + length]) & FURNITURE == 0
    ):
        length += 1
    return length


@_compiled
def _align(tokens, masks, begin, end, other_begin, other_end, table, mask, chain, partners):
    """For every token of a text fill in the token of the other one that it is aligned with, or -1; the longest run.

    Greedy from the left: the longest common run that begins here, of equal ones the first behind the last run.
    """
    for k in range(end - begin):
        partners[k] = -1
    expected = other_begin
    longest = 0
    here = begin
    while here <= end - SHINGLE:
        best = 0
        chosen = -1
        if _kept(masks, here):
            there = table[_find(tokens.hashes, table, mask, here)]
            for _ in range(_OCCURRENCES):
                if there < 0:
                    break
                length = _run(tokens, masks, here, end, there, other_end)
                if length > best or (length == best and chosen < expected <= there):
                    best = length
                    chosen = there
                there = chain[there - other_begin]
        for k in range(best):
            partners[here + k - begin] = chosen + k
        if best:
            expected = chosen + best
        longest = max(longest, best)
        here += max(1, best)
    return longest


@_inlined
def _pair(one, two):
    return _mix(one, two, np.uint32(0x5BD1E995))


@_compiled
def _content(tokens, masks, weights, begin, end, content):
    """Places of a text's content words in its narrative; returns how many."""
    count = 0
    for place in range(begin, end):
        if masks[place] == 0 and weights[place] >= _CONTENT:
            content[count] = place
            count += 1
    return count


@_compiled
def _index_pairs(tokens, sentences, content, count, table, chain, entries):
    """Ordered pairs of near content words of one sentence; ``entries``: place of the first word and its partner's."""
    mask = _room(table, _REACH * count)
    stored = 0
    for k in range(count - 1, -1, -1):
        for step in range(1, _REACH + 1):
            if k + step < count and sentences[content[k]] == sentences[content[k + step]]:
                key = _pair(tokens.hashes[content[k]], tokens.hashes[content[k + step]])
                slot = np.int64(key) & mask
                while table[slot] >= 0 and entries[table[slot], 0] != np.int64(key):
                    slot = (slot + 1) & mask
                entries[stored, 0] = np.int64(key)
                entries[stored, 1] = sentences[content[k]]
                chain[stored] = table[slot]
                table[slot] = stored
                stored += 1
    return mask


@_compiled
def _retold(tokens, sentences, weights, content, first, last, table, mask, chain, entries, votes, touched):
    """Share of a sentence's content-word pairs that stand, in order, in one sentence of the other text; and which."""
    total = 0.0
    count = 0
    for k in range(first, last):
        for step in range(1, _REACH + 1):
            if k + step < last:
                weight = float(weights[content[k]]) + float(weights[content[k + step]])
                total += weight
                key = np.int64(_pair(tokens.hashes[content[k]], tokens.hashes[content[k + step]]))
                slot = key & mask
                while table[slot] >= 0 and entries[table[slot], 0] != key:
                    slot = (slot + 1) & mask
                entry = table[slot]
                for _ in range(_OCCURRENCES):
                    if entry < 0:
                        break
                    sentence = entries[entry, 1]
                    if votes[sentence] == 0.0:
                        touched[count] = sentence
                        count += 1
                    votes[sentence] += weight
                    entry = chain[entry]
    best = 0.0
    chosen = -1
    for k in range(count):
        vote = votes[touched[k]]
        if vote > best or (vote == best and touched[k] < chosen):
            best = vote
            chosen = touched[k]
    for k in range(count):
        votes[touched[k]] = 0.0
    return (min(1.0, best / total) if total > 0 else 0.0), chosen


@_inlined
def _is_fact(tokens, masks, weights, place):
    return masks[place] & FURNITURE == 0 and (weights[place] >= _RARE or tokens.flags[place] & NUMBER)


@_inlined
def _word(hashes, table, mask, word):
    slot = np.int64(word * np.uint32(0x9E3779B1) >> np.uint32(7)) & mask
    while table[slot] >= 0 and hashes[table[slot]] != word:
        slot = (slot + 1) & mask
    return slot


@_compiled
def _index_facts(tokens, masks, weights, begin, end, table):
    """Figures and rare words of one text: ``table`` holds the first place of each."""
    mask = _room(table, end - begin)
    for place in range(begin, end):
        if _is_fact(tokens, masks, weights, place):
            slot = _word(tokens.hashes, table, mask, tokens.hashes[place])
            if table[slot] < 0:
                table[slot] = place
    return mask


@_compiled
def _facts(tokens, masks, weights, begin, end, own, own_mask, other, other_mask, out):
    """Distinct figures and rare words of a text (the latter by rarity), and how many of them stand in the other one."""
    for place in range(begin, end):
        if not _is_fact(tokens, masks, weights, place):
            continue
        word = tokens.hashes[place]
        if own[_word(tokens.hashes, own, own_mask, word)] != place:
            continue
        there = other[_word(tokens.hashes, other, other_mask, word)] >= 0
        if tokens.flags[place] & NUMBER:
            out[FIGURES] += 1
            out[FIGURES_SHARED] += there
        else:
            out[RARE] += weights[place] / 255.0
            out[RARE_SHARED] += there * weights[place] / 255.0


@_compiled
def _swap(tokens, here, here_end, there, there_end, narrative, out):
    """Count a short stretch that stands where the other text has another one between the same words."""
    if not 1 <= here_end - here <= _SWAP or not 1 <= there_end - there <= _SWAP:
        return
    one = other = 0
    for k in range(here, here_end):
        one |= tokens.flags[k]
    for k in range(there, there_end):
        other |= tokens.flags[k]
    out[REPLACED] += 1
    if not narrative:
        return
    out[SWAPS] += 1
    if one & other & NUMBER:
        out[FIGURE_SWAPS] += 1
    elif one & other & CAPITAL:
        out[NAME_SWAPS] += 1


@_compiled
def _copied(tokens, masks, weights, begin, end, partners, copied, out):
    """Count the common runs in a text's narrative; ``copied`` uint8: which tokens stand in one."""
    for k in range(end - begin):
        copied[k] = 0
    place = begin
    last = -1
    while place < end:
        there = partners[place - begin]
        run = 1
        while there >= 0 and place + run < end and partners[place + run - begin] == there + run:
            run += 1
        narrative = 0
        weight = 0.0
        for k in range(run):
            if masks[place + k] == 0:
                out[NARRATIVE] += 1
                out[WEIGHT] += weights[place + k]
                if there >= 0 and masks[there + k] == 0:
                    narrative += 1
                    weight += weights[place + k]
            elif there >= 0:
                out[QUOTES] += masks[place + k] & masks[there + k] & QUOTED != 0
        if narrative >= SHINGLE and weight >= _SUBSTANCE:
            out[RUNS] += 1
            for k in range(run):
                copied[place + k - begin] = masks[place + k] | masks[there + k] == 0
            out[COPIED_WEIGHT] += weight
            out[COPIED_3] += narrative
            out[COPIED_5] += narrative if run >= 5 else 0
            out[COPIED_8] += narrative if run >= 8 else 0
            out[CARRIED] += run if narrative >= 8 else 0
            out[LONGEST] = max(out[LONGEST], narrative)
        if there >= 0:
            if last >= 0:
                _swap(tokens, last + 1, place, partners[last - begin] + 1, there, narrative > 0, out)
            last = place + run - 1
        place += run


@_compiled
def _sentences(tokens, masks, weights, sentences, begin, end, copied, content, count, pairs, work, out):
    """Count the sentences of a text's narrative that stand in the other one, word by word or retold in its order."""
    table, mask, chain, entries = pairs
    votes, touched = work
    place = begin
    word = 0
    number = 0
    before = -1
    while place < end:
        stop = place
        tokens_count = 0
        copied_count = 0
        while stop < end and sentences[stop] == sentences[place]:
            tokens_count += masks[stop] == 0
            copied_count += copied[stop - begin]
            stop += 1
        first = word
        while word < count and content[word] < stop:
            word += 1
        place = stop
        if tokens_count < _SHORTEST_SENTENCE:
            continue
        share = copied_count / tokens_count
        retold, partner = _retold(
            tokens, sentences, weights, content, first, word, table, mask, chain, entries, votes, touched
        )
        same = max(share, min(1.0, retold * 1.5))
        out[SENTENCES] += 1
        out[SENTENCE_TOKENS] += tokens_count
        out[SAME_40] += share >= 0.4
        out[SAME_60] += share >= 0.6
        out[SAME_80] += share >= 0.8
        out[SAID] += share >= 0.4 or retold >= 0.25
        out[RETOLD_25] += retold >= 0.25
        out[RETOLD_40] += retold >= 0.4
        out[RETOLD_60] += retold >= 0.6
        out[RETOLD] += retold * tokens_count
        out[SAME] += same * tokens_count
        if number < 3:
            out[LEAD] += same / 3.0
        number += 1
        if retold >= 0.25 and partner >= 0:
            if before >= 0:
                out[STEPS] += 1
                out[ORDERED] += partner >= before
            before = partner


@_compiled
def compare(tokens, masks, weights, sentences, left, right, pairs, room, out):
    """For the ``pairs`` int64 of the texts ``left`` and ``right``, fill ``out`` float32[n, 2, COLUMNS]: what each has of the other.

    ``weights`` and ``sentences`` as :func:`prepare` fills them; ``room`` is a :class:`Room` for the longest text.
    """
    for pair in pairs:
        for side in range(2):
            one = left[pair] if side == 0 else right[pair]
            other = right[pair] if side == 0 else left[pair]
            begin, end = tokens.offsets[one], tokens.offsets[one + 1]
            other_begin, other_end = tokens.offsets[other], tokens.offsets[other + 1]
            row = out[pair, side]
            for k in range(len(row)):
                row[k] = 0.0
            row[TOKENS] = end - begin
            mask = _index_shingles(tokens, masks, other_begin, other_end, room.table, room.chain)
            row[PASSAGE] = _align(
                tokens, masks, begin, end, other_begin, other_end, room.table, mask, room.chain, room.partners
            )
            _copied(tokens, masks, weights, begin, end, room.partners, room.copied, row)
            count = _content(tokens, masks, weights, other_begin, other_end, room.content)
            mask = _index_pairs(tokens, sentences, room.content, count, room.table, room.chain, room.entries)
            count = _content(tokens, masks, weights, begin, end, room.content)
            _sentences(
                tokens, masks, weights, sentences, begin, end, room.copied, room.content, count,
                (room.table, mask, room.chain, room.entries), (room.votes, room.touched), row,
            )  # fmt: skip
            mask = _index_facts(tokens, masks, weights, begin, end, room.table)
            other_mask = _index_facts(tokens, masks, weights, other_begin, other_end, room.second)
            _facts(tokens, masks, weights, begin, end, room.table, mask, room.second, other_mask, row)
