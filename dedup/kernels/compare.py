"""Two texts -> what they share, compiled: shingle sets, common runs, sentences said again, figures and names.

Everything is counted from both sides, so that nothing depends on which text comes first. The work is linear in the
length of the texts whatever they hold: a repeated word or shingle is followed to its first few occurrences only, and
sentences end after :data:`LONGEST_SENTENCE` tokens.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
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
_SUBSTANCE = 200.0  # rarity of a common run in sum at least: "as well as the" is no copy
_LONG = 8  # tokens of a run that hardly comes about twice
_SWAP = 4  # tokens between two common runs that count as one word put for another
_UNKNOWN = 40  # rarity of an unknown word of three bytes or less: in most languages a function word
_SAME, _VERBATIM, _RETOLD = 0.4, 0.8, 0.25  # shares of a sentence that make it the same, beyond doubt, said again
_LEAD = 3  # sentences at the beginning

#: What is counted of each text: TOKENS and NARRATIVE, WEIGHT (rarity of the narrative, 0-255 a word); of the narrative,
#: tokens in COMMON runs and in LONG ones, COMMON_WEIGHT, the LONGEST run's and the number of RUNS; CARRIED, all tokens
#: of runs with much narrative, UNBROKEN, the longest of these; PASSAGE, the longest run of all; QUOTES, quoted tokens
#: that are quoted in the other text too. SENTENCES of the narrative and their tokens; those the SAME, those SAID again,
#: tokens RETOLD, LEAD (0-1), and STEPS from one such sentence to the next, of which so many ORDERED. Distinct FIGURES
#: and RARE words (by rarity, 0-1 a word), and those SHARED. Words REPLACED between two runs, of these in the narrative
#: SWAPS, FIGURE_SWAPS, NAME_SWAPS.
(
    TOKENS, NARRATIVE, WEIGHT, COMMON, LONG, COMMON_WEIGHT, LONGEST, RUNS, CARRIED, UNBROKEN, PASSAGE, QUOTES,
    SENTENCES, SENTENCE_TOKENS, SAME, SAID, RETOLD, LEAD, STEPS, ORDERED,
    FIGURES, FIGURES_SHARED, RARE, RARE_SHARED, REPLACED, SWAPS, FIGURE_SWAPS, NAME_SWAPS, COLUMNS,
) = range(29)  # fmt: skip

#: What is counted of the pair: distinct shingles of the first text, all and narrative, of the second, in both; are the
#: tokens the same.
A_ALL, A_PLAIN, B_ALL, B_PLAIN, COMMON_ALL, COMMON_PLAIN, IDENTICAL, SETS = range(8)

_PLAIN, _SEEN, _SEEN_PLAIN = 1, 2, 4  # marks of a shingle: in the narrative; met in the other text, in its narrative
_SLOTS, _ALL, _ALL_PLAIN, _WORDS, _PAIR_SLOTS, _FACT_SLOTS, _FACTS, _STATE = range(8)  # places in an index's state
_compiled = njit(nogil=True, cache=True, _nrt=False)
_inlined = njit(nogil=True, cache=True, _nrt=False, forceinline=True)


class Index(NamedTuple):
    """One text made searchable: open-addressing tables of the first place (or entry) of a key, chains to the next."""

    shingles: npt.NDArray[np.int32]
    marks: npt.NDArray[np.uint8]
    chain: npt.NDArray[np.int32]
    content: npt.NDArray[np.int32]
    pairs: npt.NDArray[np.int32]
    pair_keys: npt.NDArray[np.uint32]
    pair_sentences: npt.NDArray[np.int32]
    pair_chain: npt.NDArray[np.int32]
    facts: npt.NDArray[np.int32]
    different: npt.NDArray[np.int32]
    state: npt.NDArray[np.int64]


class Work(NamedTuple):
    """What is noted while two texts are compared: partner of a token, is it copied, votes for a sentence."""

    partners: npt.NDArray[np.int32]
    copied: npt.NDArray[np.uint8]
    votes: npt.NDArray[np.float64]
    touched: npt.NDArray[np.int32]


def make_index(most: int) -> Index:
    """Room for an index of a text of at most ``most`` tokens."""
    slots, pairs = 8 << most.bit_length(), _REACH * most + 1
    return Index(
        np.empty(slots, np.int32), np.empty(slots, np.uint8), np.empty(most + 1, np.int32),
        np.empty(most + 1, np.int32), np.empty(4 << pairs.bit_length(), np.int32), np.empty(pairs, np.uint32),
        np.empty(pairs, np.int32), np.empty(pairs, np.int32), np.empty(slots, np.int32),
        np.empty(most + 1, np.int32), np.zeros(_STATE, np.int64),
    )  # fmt: skip


def make_work(most: int) -> Work:
    """Room for the comparison of texts of at most ``most`` tokens."""
    partners, touched = np.empty(most + 1, np.int32), np.empty(most + 1, np.int32)
    return Work(partners, np.empty(most + 1, np.uint8), np.zeros(most + 1), touched)


@_inlined
def _mix(one, two, three):
    state = np.uint32(one * np.uint32(0x9E3779B1)) ^ two
    state = np.uint32(np.uint32(state ^ (state >> np.uint32(15))) * np.uint32(0x85EBCA77)) ^ three
    state = np.uint32(np.uint32(state ^ (state >> np.uint32(13))) * np.uint32(0xC2B2AE3D))
    return np.uint32(state ^ (state >> np.uint32(16)))


@_compiled
def prepare(tokens, rows, words, rarities, weights, sentences, keys):
    """Fill in for the texts ``rows`` what :func:`compare` wants to know of every token.

    ``weights`` uint8[tokens]: its rarity; ``sentences`` int32: the number of its sentence in the text; ``keys``
    uint32: the shingle that begins here (nothing at a text's last two tokens). ``words`` and ``rarities`` are those of
    :class:`~dedup.matches.rarity.Rarity`.
    """
    room = np.uint32(len(words) - 1)
    for row in rows:
        number = np.int32(0)
        begun = tokens.offsets[row]
        last = tokens.offsets[row + 1] - SHINGLE
        for place in range(tokens.offsets[row], last + 1):
            keys[place] = _mix(tokens.hashes[place], tokens.hashes[place + 1], tokens.hashes[place + 2])
        for place in range(tokens.offsets[row], tokens.offsets[row + 1]):
            ends = tokens.gaps[place] & (GAP_SENTENCE | GAP_PARAGRAPH) != 0 or place - begun >= LONGEST_SENTENCE
            if ends and place > begun:
                number += np.int32(1)
                begun = place
            sentences[place] = number
            word = tokens.hashes[place]
            slot = word & room
            while words[slot] != 0 and words[slot] != word:
                slot = (slot + np.uint32(1)) & room
            if words[slot] == word:
                weights[place] = rarities[slot]
            elif tokens.ends[place] - tokens.starts[place] <= 3 and not tokens.flags[place] & (ALL_CAPITALS | NUMBER):
                weights[place] = _UNKNOWN
            else:
                weights[place] = 255


@_inlined
def _cleared(table, count):
    """Clear the part of ``table`` that ``count`` entries need; returns the mask of its slots."""
    size = 8
    while size < 2 * count:
        size *= 2
    for k in range(size):
        table[k] = -1
    return size - 1


@_inlined
def _shingle_slot(keys, table, slots, key):
    """Slot of a shingle: the one that holds it, or the empty one where it belongs."""
    slot = np.int64(key) & slots
    while table[slot] >= 0 and keys[table[slot]] != key:
        slot = (slot + 1) & slots
    return slot


@_inlined
def _word_slot(hashes, table, slots, word):
    slot = np.int64(np.uint32(word * np.uint32(0x9E3779B1)) >> np.uint32(7)) & slots
    while table[slot] >= 0 and hashes[table[slot]] != word:
        slot = (slot + 1) & slots
    return slot


@_inlined
def _marked(masks, place):
    return masks[place] | masks[place + 1] | masks[place + 2]


@_inlined
def _is_fact(tokens, masks, weights, place):
    return masks[place] & FURNITURE == 0 and (weights[place] >= _RARE or tokens.flags[place] & NUMBER != 0)


@_compiled
def _index(tokens, masks, weights, keys, begin, end, index):
    """Index the shingles, content words, figures and rare words of one text."""
    state = index.state
    slots = _cleared(index.shingles, end - begin)
    fact_slots = _cleared(index.facts, end - begin)
    total = plain = words = facts = 0
    for place in range(end - SHINGLE, begin - 1, -1):
        slot = _shingle_slot(keys, index.shingles, slots, keys[place])
        if index.shingles[slot] < 0:
            index.marks[slot] = 0
            total += 1
        if not index.marks[slot] & _PLAIN and _marked(masks, place) == 0:
            index.marks[slot] |= _PLAIN
            plain += 1
        index.chain[place - begin] = index.shingles[slot]
        index.shingles[slot] = place
    for place in range(begin, end):
        if masks[place] == 0 and weights[place] >= _CONTENT:
            index.content[words] = place
            words += 1
        if _is_fact(tokens, masks, weights, place):
            slot = _word_slot(tokens.hashes, index.facts, fact_slots, tokens.hashes[place])
            if index.facts[slot] < 0:
                index.facts[slot] = place
                index.different[facts] = place
                facts += 1
    state[_SLOTS], state[_ALL], state[_ALL_PLAIN] = slots, total, plain
    state[_WORDS], state[_PAIR_SLOTS], state[_FACT_SLOTS], state[_FACTS] = words, 0, fact_slots, facts


@_inlined
def _pair(hashes, one, two):
    return _mix(hashes[one], hashes[two], np.uint32(0x5BD1E995))


@_compiled
def _index_pairs(tokens, sentences, index):
    """Index the ordered pairs of near content words of one sentence: what is left of a sentence in other words."""
    content, count = index.content, index.state[_WORDS]
    slots = _cleared(index.pairs, _REACH * count)
    stored = 0
    for k in range(count - 1, -1, -1):
        for step in range(1, _REACH + 1):
            if k + step >= count or sentences[content[k]] != sentences[content[k + step]]:
                break
            key = _pair(tokens.hashes, content[k], content[k + step])
            slot = np.int64(key) & slots
            while index.pairs[slot] >= 0 and index.pair_keys[index.pairs[slot]] != key:
                slot = (slot + 1) & slots
            index.pair_keys[stored] = key
            index.pair_sentences[stored] = sentences[content[k]]
            index.pair_chain[stored] = index.pairs[slot]
            index.pairs[slot] = stored
            stored += 1
    index.state[_PAIR_SLOTS] = slots


@_compiled
def _sets(masks, keys, begin, end, index, out):
    """Count the distinct shingles that a text shares with an indexed one; the index remembers which it has seen."""
    slots = index.state[_SLOTS]
    for place in range(begin, end - SHINGLE + 1):
        slot = _shingle_slot(keys, index.shingles, slots, keys[place])
        if index.shingles[slot] >= 0:
            marks = index.marks[slot]
            if not marks & _SEEN:
                index.marks[slot] |= _SEEN
                out[COMMON_ALL] += 1
            if marks & (_PLAIN | _SEEN_PLAIN) == _PLAIN and _marked(masks, place) == 0:
                index.marks[slot] |= _SEEN_PLAIN
                out[COMMON_PLAIN] += 1


@_inlined
def _run(tokens, masks, here, end, there, there_end):
    """Tokens that two texts have in common from ``here`` and ``there`` on, furniture left out."""
    length = 0
    while (
        here + length < end
        and there + length < there_end
        and tokens.hashes[here + length] == tokens.hashes[there + length]
        and (masks[here + length] | masks[there + length]) & FURNITURE == 0
    ):
        length += 1
    return length


@_compiled
def _align(tokens, masks, keys, begin, end, other_begin, other_end, index, partners):
    """For every token of a text fill in the token of the other one that it is aligned with, or -1; the longest run.

    Greedy from the left: the longest common run that begins here, of equal ones the first behind the last run.
    """
    slots = index.state[_SLOTS]
    expected = other_begin
    longest = 0
    here = begin
    while here < end:
        best = 0
        chosen = -1
        if here <= end - SHINGLE:
            there = index.shingles[_shingle_slot(keys, index.shingles, slots, keys[here])]
            for _ in range(_OCCURRENCES):
                if there < 0:
                    break
                length = _run(tokens, masks, here, end, there, other_end)
                if length > best or (length == best and chosen < expected <= there):
                    best = length
                    chosen = there
                there = index.chain[there - other_begin]
        if best < SHINGLE:
            partners[here - begin] = -1
            here += 1
            continue
        for k in range(best):
            partners[here + k - begin] = chosen + k
        expected = chosen + best
        longest = max(longest, best)
        here += best
    return longest


@_inlined
def _swap(tokens, here, here_end, there, there_end, narrative, out):
    """Count a short stretch that stands where the other text has another one between the same words."""
    if 1 <= here_end - here <= _SWAP and 1 <= there_end - there <= _SWAP:
        one = other = 0
        for k in range(here, here_end):
            one |= tokens.flags[k]
        for k in range(there, there_end):
            other |= tokens.flags[k]
        out[REPLACED] += 1
        if narrative:
            out[SWAPS] += 1
            out[FIGURE_SWAPS] += one & other & NUMBER != 0
            out[NAME_SWAPS] += one & other & (NUMBER | CAPITAL) == CAPITAL


@_compiled
def _common(tokens, masks, weights, begin, end, partners, copied, out):
    """Count the common runs of a text; fill ``copied`` uint8: which tokens of its narrative stand in one."""
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
            copied[place + k - begin] = 0
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
            out[COMMON] += narrative
            out[COMMON_WEIGHT] += weight
            out[LONG] += narrative if run >= _LONG else 0
            if narrative >= _LONG:
                out[CARRIED] += run
                out[UNBROKEN] = max(out[UNBROKEN], run)
            out[LONGEST] = max(out[LONGEST], narrative)
        if there >= 0:
            if last >= 0:
                _swap(tokens, last + 1, place, partners[last - begin] + 1, there, narrative > 0, out)
            last = place + run - 1
        place += run


@_compiled
def _retold(tokens, weights, content, first, last, other, work):
    """Share of a sentence's content-word pairs that stand, in order, in one sentence of the other text; and which."""
    slots = other.state[_PAIR_SLOTS]
    total = 0.0
    count = 0
    for k in range(first, last):
        for step in range(1, min(_REACH, last - k - 1) + 1):
            weight = float(weights[content[k]]) + float(weights[content[k + step]])
            total += weight
            key = _pair(tokens.hashes, content[k], content[k + step])
            slot = np.int64(key) & slots
            while other.pairs[slot] >= 0 and other.pair_keys[other.pairs[slot]] != key:
                slot = (slot + 1) & slots
            entry = other.pairs[slot]
            for _ in range(_OCCURRENCES):
                if entry < 0:
                    break
                sentence = other.pair_sentences[entry]
                if work.votes[sentence] == 0.0:
                    work.touched[count] = sentence
                    count += 1
                work.votes[sentence] += weight
                entry = other.pair_chain[entry]
    best = 0.0
    chosen = -1
    for k in range(count):
        sentence = work.touched[k]
        if work.votes[sentence] > best or (work.votes[sentence] == best and sentence < chosen):
            best = work.votes[sentence]
            chosen = sentence
        work.votes[sentence] = 0.0
    return (min(1.0, best / total) if total > 0.0 else 0.0), chosen


@_compiled
def _sentences(tokens, masks, weights, sentences, begin, end, own, other, work, out):
    """Count the sentences of a text's narrative that stand in the other one, word for word or retold in its order."""
    place = begin
    word = 0
    number = 0
    before = -1
    while place < end:
        length = copied = 0
        partner = -1
        stop = place
        while stop < end and sentences[stop] == sentences[place]:
            length += masks[stop] == 0
            if work.copied[stop - begin]:
                copied += 1
                partner = sentences[work.partners[stop - begin]]
            stop += 1
        first = word
        while word < own.state[_WORDS] and own.content[word] < stop:
            word += 1
        place = stop
        if length < _SHORTEST_SENTENCE:
            continue
        share = copied / length
        retold = share
        if share < _VERBATIM:
            if other.state[_PAIR_SLOTS] == 0:
                _index_pairs(tokens, sentences, other)
            retold, partner = _retold(tokens, weights, own.content, first, word, other, work)
        out[SENTENCES] += 1
        out[SENTENCE_TOKENS] += length
        out[SAME] += share >= _SAME
        out[SAID] += share >= _SAME or retold >= _RETOLD
        out[RETOLD] += retold * length
        if number < _LEAD:
            out[LEAD] += max(share, min(1.0, 1.5 * retold)) / _LEAD
        number += 1
        if retold >= _RETOLD and partner >= 0:
            if before >= 0:
                out[STEPS] += 1
                out[ORDERED] += partner >= before
            before = partner


@_compiled
def _facts(tokens, weights, own, other, out):
    """Count distinct figures and rare words of a text, and how many of them stand in the other one."""
    for k in range(own.state[_FACTS]):
        place = own.different[k]
        slot = _word_slot(tokens.hashes, other.facts, other.state[_FACT_SLOTS], tokens.hashes[place])
        there = other.facts[slot] >= 0
        if tokens.flags[place] & NUMBER:
            out[FIGURES] += 1
            out[FIGURES_SHARED] += there
        else:
            out[RARE] += weights[place] / 255.0
            out[RARE_SHARED] += there * weights[place] / 255.0


@_compiled
def _identical(hashes, begin, end, other_begin, other_end):
    if end - begin != other_end - other_begin:
        return 0
    for k in range(end - begin):
        if hashes[begin + k] != hashes[other_begin + k]:
            return 0
    return 1


@_compiled
def compare(tokens, masks, weights, sentences, keys, left, right, one, other, work, sets, counts):
    """Compare the texts ``left`` and ``right`` int32[n].

    Filled, from zeros: ``sets`` int32[n, SETS] and ``counts`` float32[n, 2, COLUMNS]. ``masks`` uint8[tokens]: 0 is
    narrative; ``weights``, ``sentences`` and ``keys`` as :func:`prepare` fills them; ``one`` and ``other`` are two
    :class:`Index`, ``work`` a :class:`Work` for the longest text.
    """
    before = -1
    for k in range(len(left)):
        begin, end = tokens.offsets[left[k]], tokens.offsets[left[k] + 1]
        other_begin, other_end = tokens.offsets[right[k]], tokens.offsets[right[k] + 1]
        if left[k] != before:
            before = left[k]
            _index(tokens, masks, weights, keys, begin, end, one)
        _index(tokens, masks, weights, keys, other_begin, other_end, other)
        found = sets[k]
        found[A_ALL], found[A_PLAIN] = one.state[_ALL], one.state[_ALL_PLAIN]
        found[B_ALL], found[B_PLAIN] = other.state[_ALL], other.state[_ALL_PLAIN]
        found[IDENTICAL] = _identical(tokens.hashes, begin, end, other_begin, other_end)
        _sets(masks, keys, begin, end, other, found)
        row = counts[k, 0]
        row[TOKENS] = end - begin
        row[PASSAGE] = _align(tokens, masks, keys, begin, end, other_begin, other_end, other, work.partners)
        _common(tokens, masks, weights, begin, end, work.partners, work.copied, row)
        _sentences(tokens, masks, weights, sentences, begin, end, one, other, work, row)
        _facts(tokens, weights, one, other, row)
        row = counts[k, 1]
        row[TOKENS] = other_end - other_begin
        row[PASSAGE] = _align(tokens, masks, keys, other_begin, other_end, begin, end, one, work.partners)
        _common(tokens, masks, weights, other_begin, other_end, work.partners, work.copied, row)
        _sentences(tokens, masks, weights, sentences, other_begin, other_end, other, one, work, row)
        _facts(tokens, weights, other, one, row)
