"""Two texts -> what they share, compiled: passages, shingle sets, common runs, sentences said again, figures, names.

Everything is counted from both sides, so that nothing depends on which text comes first. The work is linear in the
length of the texts whatever they hold: a repeated shingle or word pair is followed to its first few occurrences only,
and sentences end after :data:`LONGEST_SENTENCE` tokens.

Pairs of one story follow each other, so the texts of a stretch of pairs are made searchable once: shingles, facts and
word pairs get numbers, and where a text has them is looked up by number.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from dedup.kernels.annotate import BOILERPLATE, QUOTED, STOCK_PHRASE
from dedup.kernels.folding import GAP_PARAGRAPH, GAP_SENTENCE
from dedup.kernels.tokenise import ALL_CAPITALS, CAPITAL, NUMBER
from dedup.kernels.unspaced import BIGRAM, FOURGRAM, TELLING

SHINGLE = 3
LONGEST_SENTENCE = 60  # words
_SHORTEST_SENTENCE = 5  # words of the narrative
_TRIES = 16  # places in the other text at which a passage is looked for
_OCCURRENCES = 8  # of a shingle or word pair that are followed
_REACH = 3  # content words behind a content word that it is paired with
_CONTENT = 50  # rarity (0-255) of a content word at least
_RARE = 120  # rarity of a word that tells a story from another
_SUBSTANCE = 200  # rarity of a common run in sum at least: "as well as the" is no copy
_LONG = 8  # words of a run that hardly comes about twice
_UNQUOTED = 30  # words of a run outside quotation, whoever speaks there, that are hardly a remark heard by two
_SWAP = 4  # words between two common runs that count as one word put for another
_UNKNOWN = 40  # rarity of an unknown word of three bytes or less: in most languages a function word
_SAME, _VERBATIM, _RETOLD = 0.4, 0.8, 0.25  # shares of a sentence that make it the same, beyond doubt, said again
_HINTED = 0.1  # share of a sentence's word pairs from which it is looked at word for word
_LEAD = 3  # sentences at the beginning
_QUARTERS = 4  # of a word: so many tokens make one where a script has no spaces, at most
_BATCH = 1 << 15  # tokens of the texts that are held at a time, so that they stay in the processor's cache

#: What is counted of each text, in words (a character of a script without spaces is half a word, or a quarter of one:
#: :mod:`dedup.kernels.unspaced`): TOKENS and NARRATIVE, WEIGHT (rarity of the narrative, 0-255 a token); of the
#: narrative, words in COMMON runs and in LONG ones, COMMON_WEIGHT, the LONGEST run's and the number of RUNS; CARRIED,
#: all words of runs with much narrative or much outside quotation, UNBROKEN, the longest of these; PASSAGE, the longest
#: run of all, in tokens; QUOTES, quoted tokens that are quoted in the other text too. SENTENCES of the narrative and
#: their words, SENTENCE_TOKENS; those the SAME, those REPEATED, words RETOLD, LEAD (0-1), and STEPS from one such
#: sentence to the next, of which so many ORDERED. Distinct FIGURES and RARE words (by rarity, 0-1 a token), and those
#: SHARED. Words REPLACED between two runs, of these in the narrative SWAPS, FIGURE_SWAPS, NAME_SWAPS. Words in
#: PARALLEL: of sentences that are the same word for word but for words put for others; QUOTED_ONCE: of common runs,
#: quoted in one text and narrative in the other. Distinct rare WORDS and figures of the narrative (by rarity, 0-255 a
#: token), and WORDS_SHARED with the other one. Unquoted tokens in any common run, ALIKE, and those of them in set
#: phrases, FORMULAIC. Rare words and figures of the HEADLINE (by rarity, 0-255 a token), and HEADLINE_SHARED, those in
#: the other one's text or headline.
(
    TOKENS,
    NARRATIVE,
    WEIGHT,
    COMMON,
    LONG,
    COMMON_WEIGHT,
    LONGEST,
    RUNS,
    CARRIED,
    UNBROKEN,
    PASSAGE,
    QUOTES,
    SENTENCES,
    SENTENCE_TOKENS,
    SAME,
    REPEATED,
    RETOLD,
    LEAD,
    STEPS,
    ORDERED,
    FIGURES,
    FIGURES_SHARED,
    RARE,
    RARE_SHARED,
    REPLACED,
    SWAPS,
    FIGURE_SWAPS,
    NAME_SWAPS,
    PARALLEL,
    QUOTED_ONCE,
    WORDS,
    WORDS_SHARED,
    ALIKE,
    FORMULAIC,
    HEADLINE,
    HEADLINE_SHARED,
    COLUMNS,
) = range(37)

#: What is counted of the pair: distinct shingles of the first text, all and narrative, of the second, in both; are the
#: tokens the same.
A_ALL, A_PLAIN, B_ALL, B_PLAIN, COMMON_ALL, COMMON_PLAIN, IDENTICAL, SETS = range(8)

#: Kinds of a passage, and the columns of one: pair, first token and token behind the last in the left text, the same in
#: the right one (counted from the texts' beginnings), kind.
COPY, QUOTE, _MARKED = range(3)
PAIR, A_FIRST, A_LAST, B_FIRST, B_LAST, KIND, SPAN = range(7)
SHORTEST = 6  # tokens of a passage

# Rows of Workspace.tokens, .bytes, .sentences and .entries; columns of Workspace.texts; indices of Workspace.state.
(
    _HASH,
    _NUMBER,
    _NEXT,
    _FIRST,
    _SENTENCE,
    _WORD,
    _TERM,
    _TERM_RARITY,
    _FACT,
    _FACT_POSITION,
    _TOKEN_ROWS,
) = range(11)
_MASK, _RARITY, _FLAGS, _PLAIN, _BYTE_ROWS = range(5)
_LENGTH, _BEGIN, _END, _TOTAL, _COPIED, _PARTNER, _VOTES, _CANDIDATES, _SHIFT, _START, _SENTENCE_ROWS = range(11)
_KEY, _SUM, _WHERE, _FOLLOWING, _AT, _ENTRY_ROWS = range(6)
(
    _CHOSEN,
    _HELD,
    _BASE,
    _SIZE,
    _DISTINCT,
    _DISTINCT_PLAIN,
    _NARRATIVE,
    _WEIGHED,
    _SAYS,
    _WORDS,
    _TERMS,
    _TERMS_WEIGHED,
    _FACTS,
    _FIGURES,
    _PAIRED,
    _ENTRIES,
    _TOTAL_QUARTERS,
    _TEXT_COLUMNS,
) = range(18)
_SHINGLES, _KNOWN, _PAIRS, _SLOTS, _STATE = range(5)
_HERE, _THERE, _RUN, _RUN_ROWS = range(4)

_compiled = njit(nogil=True, cache=True, _nrt=False)
_inlined = njit(nogil=True, cache=True, _nrt=False, forceinline=True)


class Workspace(NamedTuple):
    """Where the texts of a stretch of pairs are held; a text has a range of its own in the rows that go by token.

    ``tokens``: hash; number of the shingle that begins here and the next place of the same in the text; then lists:
    first places of different shingles, sentence of a token, places of content words, numbers of facts (figures and rare
    words) and their first places, numbers and rarity of terms (the facts of the narrative). ``bytes``: mask, rarity,
    flags, is the shingle that first stands here narrative somewhere. ``sentences``: quarters of narrative words, first
    entry and the one behind the last, weight of the entries; of the pair in hand the copied ones, partner, votes,
    sentences voted for. ``entries``, pairs of near content words: number, weight, sentence, next of the same number.
    ``heads``, ``terms``, ``facts`` and ``pairs``: by number, the first place in the left and in the right text, or
    (terms and facts) the text. ``*_keys`` and ``*_slots``: tables from a key to its number.
    """

    tokens: npt.NDArray[np.int32]
    bytes: npt.NDArray[np.uint8]
    sentences: npt.NDArray[np.int32]
    entries: npt.NDArray[np.int32]
    heads: npt.NDArray[np.int32]
    terms: npt.NDArray[np.int32]
    facts: npt.NDArray[np.int32]
    pairs: npt.NDArray[np.int32]
    shingle_keys: npt.NDArray[np.uint32]
    fact_keys: npt.NDArray[np.uint32]
    pair_keys: npt.NDArray[np.uint32]
    shingle_slots: npt.NDArray[np.int32]
    fact_slots: npt.NDArray[np.int32]
    pair_slots: npt.NDArray[np.int32]
    runs: npt.NDArray[np.int32]
    texts: npt.NDArray[np.int32]
    rare: npt.NDArray[np.float32]
    state: npt.NDArray[np.int64]


def make_workspace(max_tokens: int, texts: int) -> Workspace:
    """Make a workspace to compare texts of at most ``max_tokens`` tokens, ``texts`` in all."""
    size = _BATCH + 2 * max_tokens
    slots = 2 << size.bit_length()
    return Workspace(
        tokens=np.empty((_TOKEN_ROWS, size), np.int32),
        bytes=np.empty((_BYTE_ROWS, size), np.uint8),
        sentences=np.zeros((_SENTENCE_ROWS, size), np.int32),
        entries=np.empty((_ENTRY_ROWS, _REACH * size), np.int32),
        heads=np.full((2, size), -1, np.int32),
        terms=np.full((2, size), -1, np.int32),
        facts=np.full((2, size), -1, np.int32),
        pairs=np.full((2, _REACH * size), -1, np.int32),
        shingle_keys=np.empty(size, np.uint32),
        fact_keys=np.empty(size, np.uint32),
        pair_keys=np.empty(_REACH * size, np.uint32),
        shingle_slots=np.empty(slots, np.int32),
        fact_slots=np.empty(slots, np.int32),
        pair_slots=np.empty(4 * slots, np.int32),
        runs=np.empty((_RUN_ROWS, size), np.int32),
        texts=np.zeros((texts, _TEXT_COLUMNS), np.int32),
        rare=np.zeros(texts, np.float32),
        state=np.zeros(_STATE, np.int64),
    )


@_inlined
def _mix(one, two, three):
    state = np.uint32(one * np.uint32(0x9E3779B1)) ^ two
    state = np.uint32(np.uint32(state ^ (state >> np.uint32(15))) * np.uint32(0x85EBCA77)) ^ three
    state = np.uint32(np.uint32(state ^ (state >> np.uint32(13))) * np.uint32(0xC2B2AE3D))
    return np.uint32(state ^ (state >> np.uint32(16)))


@_inlined
def _rarity(tokens, position, words, rarities):
    """Rarity (0-255) of a token's word, by the table :class:`~dedup.text.rarity.Rarity`."""
    mask = np.uint32(len(words) - 1)
    word = tokens.hashes[position]
    slot = word & mask
    while words[slot] != 0 and words[slot] != word:
        slot = (slot + np.uint32(1)) & mask
    if words[slot] == word:
        return np.int64(rarities[slot])
    short = tokens.ends[position] - tokens.starts[position] <= 3
    telling = tokens.flags[position] & (ALL_CAPITALS | NUMBER | TELLING) != 0
    return np.int64(255) if telling or not short else np.int64(_UNKNOWN)


@_inlined
def _quarters(flags):
    """What a token counts, in quarters of a word: a word, or a character of a script without spaces."""
    if flags & FOURGRAM:
        return 1
    return 2 if flags & BIGRAM else _QUARTERS


@_inlined
def _numbered(key, slot, slots, table, keys, workspace, position):
    """The number of ``key``; a new one is ``room.state[position]``, which grows."""
    while table[slot] >= 0 and keys[table[slot]] != key:
        slot = (slot + 1) & slots
    if table[slot] < 0:
        number = workspace.state[position]
        workspace.state[position] = number + 1
        table[slot] = number
        keys[number] = key
    return np.int64(table[slot])


@_inlined
def _fact_slot(word, slots):
    return np.int64(np.uint32(word * np.uint32(0x9E3779B1)) >> np.uint32(7)) & slots


@_compiled
def _hold(tokens, masks, words, rarities, row, workspace):
    """Copy a text's tokens and list its sentences, content words and facts."""
    text, held, of = workspace.texts[row], workspace.tokens, workspace.bytes
    base, begin = np.int64(text[_BASE]), tokens.offsets[row]
    size = tokens.offsets[row + 1] - begin
    slots = workspace.state[_SLOTS]
    sentence = begun = narrative = weight = count = terms = weighed = facts = figures = total = length = 0
    rare = np.float32(0.0)
    workspace.sentences[_LENGTH, base], workspace.sentences[_START, base] = 0, base
    for k in range(size):
        here, position = base + k, begin + k
        ends = tokens.gaps[position] & (GAP_SENTENCE | GAP_PARAGRAPH) != 0 or length >= _QUARTERS * LONGEST_SENTENCE
        if k > begun and ends:
            sentence += 1
            begun, length = k, 0
            workspace.sentences[_LENGTH, base + sentence], workspace.sentences[_START, base + sentence] = 0, here
        word, mask, flags = tokens.hashes[position], masks[position], tokens.flags[position]
        rarity, quarters = _rarity(tokens, position, words, rarities), _quarters(flags)
        length += quarters
        total += quarters
        held[_HASH, here] = np.int32(word)
        held[_SENTENCE, here] = sentence
        of[_MASK, here], of[_RARITY, here], of[_FLAGS, here] = mask, rarity, flags
        if mask == 0:
            workspace.sentences[_LENGTH, base + sentence] += quarters
            narrative += quarters
            weight += rarity
            if rarity >= _CONTENT:
                held[_WORD, base + count] = here
                count += 1
        if mask & BOILERPLATE == 0 and (rarity >= _RARE or flags & NUMBER != 0):
            slot = _fact_slot(word, slots)
            number = _numbered(word, slot, slots, workspace.fact_slots, workspace.fact_keys, workspace, _KNOWN)
            if workspace.facts[1, number] != row:
                workspace.facts[1, number] = row
                held[_FACT, base + facts], held[_FACT_POSITION, base + facts] = number, here
                facts += 1
                if flags & NUMBER:
                    figures += 1
                else:
                    rare = np.float32(rare + rarity / 255.0)
            if mask == 0 and workspace.terms[1, number] != row:
                workspace.terms[1, number] = row
                held[_TERM, base + terms], held[_TERM_RARITY, base + terms] = number, rarity
                terms += 1
                weighed += rarity
    workspace.sentences[_START, base + sentence + (size > 0)] = base + size
    text[_SIZE], text[_NARRATIVE], text[_WEIGHED], text[_SAYS] = size, narrative, weight, sentence + (size > 0)
    text[_WORDS], text[_TERMS], text[_TERMS_WEIGHED] = count, terms, weighed
    text[_FACTS], text[_FIGURES], text[_TOTAL_QUARTERS] = facts, figures, total
    workspace.rare[row] = rare


@_compiled
def _hold_shingles(row, workspace):
    """Number the shingles of a text, and chain and list them."""
    text, held, mask, plain = workspace.texts[row], workspace.tokens, workspace.bytes[_MASK], workspace.bytes[_PLAIN]
    base, size, slots = np.int64(text[_BASE]), np.int64(text[_SIZE]), workspace.state[_SLOTS]
    heads = workspace.heads[1]
    for here in range(base + size - SHINGLE, base - 1, -1):
        key = _mix(np.uint32(held[_HASH, here]), np.uint32(held[_HASH, here + 1]), np.uint32(held[_HASH, here + 2]))
        number = _numbered(
            key, np.int64(key) & slots, slots, workspace.shingle_slots, workspace.shingle_keys, workspace, _SHINGLES
        )
        again = base <= heads[number] < base + size
        held[_NUMBER, here] = number
        held[_NEXT, here] = heads[number] if again else -1
        plain[here] = mask[here] | mask[here + 1] | mask[here + 2] == 0 or (again and plain[heads[number]])
        heads[number] = here
    distinct = narrative = 0
    for here in range(base, base + size - SHINGLE + 1):
        if heads[held[_NUMBER, here]] == here:
            held[_FIRST, base + distinct] = here
            distinct += 1
            narrative += plain[here]
    text[_DISTINCT], text[_DISTINCT_PLAIN] = distinct, narrative


@_compiled
def _hold_pairs(row, workspace):
    """List the ordered pairs of near content words of one sentence: what is left of a sentence in other words."""
    text, held, entries, sentences = workspace.texts[row], workspace.tokens, workspace.entries, workspace.sentences
    base, count, slots = np.int64(text[_BASE]), np.int64(text[_WORDS]), 4 * (workspace.state[_SLOTS] + 1) - 1
    heads = workspace.pairs[1]
    first = entry = _REACH * base
    for sentence in range(base, base + text[_SAYS]):
        sentences[_BEGIN, sentence], sentences[_END, sentence], sentences[_TOTAL, sentence] = 0, 0, 0
    for k in range(base, base + count):
        one = held[_WORD, k]
        sentence = base + held[_SENTENCE, one]
        if sentences[_TOTAL, sentence] == 0:
            sentences[_BEGIN, sentence] = entry
        for step in range(1, _REACH + 1):
            if k + step >= base + count or held[_SENTENCE, held[_WORD, k + step]] != held[_SENTENCE, one]:
                break
            other = held[_WORD, k + step]
            key = _mix(np.uint32(held[_HASH, one]), np.uint32(held[_HASH, other]), np.uint32(0x5BD1E995))
            number = _numbered(
                key, np.int64(key) & slots, slots, workspace.pair_slots, workspace.pair_keys, workspace, _PAIRS
            )
            weight = np.int32(workspace.bytes[_RARITY, one]) + np.int32(workspace.bytes[_RARITY, other])
            entries[_KEY, entry], entries[_SUM, entry], entries[_WHERE, entry] = number, weight, sentence
            entries[_AT, entry] = one
            sentences[_TOTAL, sentence] += weight
            entry += 1
        sentences[_END, sentence] = entry
    for k in range(entry - 1, first - 1, -1):
        number = entries[_KEY, k]
        entries[_FOLLOWING, k] = heads[number] if first <= heads[number] < entry else -1
        heads[number] = k
    text[_ENTRIES] = entry - first


@_inlined
def _open(row, side, workspace):
    """Make it known where a text has its shingles and that it has its terms and facts."""
    text, held = workspace.texts[row], workspace.tokens
    base = np.int64(text[_BASE])
    heads, terms, facts = workspace.heads[side], workspace.terms[side], workspace.facts[side]
    for k in range(base, base + text[_DISTINCT]):
        here = held[_FIRST, k]
        heads[held[_NUMBER, here]] = here
    for k in range(base, base + text[_TERMS]):
        terms[held[_TERM, k]] = row
    for k in range(base, base + text[_FACTS]):
        facts[held[_FACT, k]] = row


@_compiled
def _open_pairs(row, side, workspace):
    """Make it known where a text has its pairs of content words."""
    first = _REACH * np.int64(workspace.texts[row, _BASE])
    heads = workspace.pairs[side]
    for k in range(first + workspace.texts[row, _ENTRIES] - 1, first - 1, -1):
        heads[workspace.entries[_KEY, k]] = k


@_inlined
def _sets(left, right, workspace, out):
    """Count the distinct shingles that two texts share."""
    one, other, held, plain = workspace.texts[left], workspace.texts[right], workspace.tokens, workspace.bytes[_PLAIN]
    begin, base = np.int64(one[_BASE]), np.int64(other[_BASE])
    end = begin + one[_SIZE]
    heads = workspace.heads[0]
    common = narrative = 0
    for k in range(base, base + other[_DISTINCT]):
        here = held[_FIRST, k]
        there = heads[held[_NUMBER, here]]
        if begin <= there < end:
            common += 1
            narrative += plain[here] & plain[there]
    out[A_ALL], out[A_PLAIN] = one[_DISTINCT], one[_DISTINCT_PLAIN]
    out[B_ALL], out[B_PLAIN] = other[_DISTINCT], other[_DISTINCT_PLAIN]
    out[COMMON_ALL], out[COMMON_PLAIN] = common, narrative
    same = one[_SIZE] == other[_SIZE]
    k = 0
    while same and k < one[_SIZE]:
        same = held[_HASH, begin + k] == held[_HASH, base + k]
        k += 1
    out[IDENTICAL] = same


@_inlined
def _kind(mask):
    if mask & BOILERPLATE:
        return _MARKED
    return QUOTE if mask & QUOTED else COPY


@_inlined
def _passages(pair, left, right, workspace, count, spans):
    """List what the left text has in common with the right one, furniture and all; returns how many are listed now."""
    held, mask = workspace.tokens, workspace.bytes[_MASK]
    begin, base = np.int64(workspace.texts[left, _BASE]), np.int64(workspace.texts[right, _BASE])
    end, other_end = begin + workspace.texts[left, _SIZE], base + workspace.texts[right, _SIZE]
    heads = workspace.heads[1]
    here = begin
    while here + SHORTEST <= end:
        there = np.int64(heads[held[_NUMBER, here]])
        longest = 0
        at = base
        if base <= there < other_end:
            for _ in range(_TRIES):
                length = 0
                while (
                    here + length < end
                    and there + length < other_end
                    and held[_HASH, here + length] == held[_HASH, there + length]
                ):
                    length += 1
                if length > longest:
                    longest = length
                    at = there
                there = np.int64(held[_NEXT, there])
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
            span[PAIR], span[KIND] = pair, kind
            span[A_FIRST], span[A_LAST] = here - begin + first, here - begin + last
            span[B_FIRST], span[B_LAST] = at - base + first, at - base + last
            count += 1
            first = last
        here += longest
    return count


@_inlined
def _align(begin, end, other_begin, other_end, heads, workspace):
    """List the runs of a text that stand in the other one; returns how many there are.

    Greedy from the left: the longest common run that begins here, of equal ones the first behind the last run; without
    furniture.
    """
    held, mask, runs = workspace.tokens, workspace.bytes[_MASK], workspace.runs
    expected = other_begin
    count = 0
    here = begin
    while here <= end - SHINGLE:
        there = np.int64(heads[held[_NUMBER, here]])
        if not other_begin <= there < other_end:
            here += 1
            continue
        best = 0
        chosen = other_begin
        for _ in range(_OCCURRENCES):
            length = 0
            while (
                here + length < end
                and there + length < other_end
                and held[_HASH, here + length] == held[_HASH, there + length]
                and (mask[here + length] | mask[there + length]) & BOILERPLATE == 0
            ):
                length += 1
            if length > best or (length == best and chosen < expected <= there):
                best = length
                chosen = there
            there = np.int64(held[_NEXT, there])
            if there < 0:
                break
        if best < SHINGLE:
            here += 1
            continue
        runs[_HERE, count], runs[_THERE, count], runs[_RUN, count] = here, chosen, best
        count += 1
        expected = chosen + best
        here += best
    return count


@_inlined
def _swap(here, here_end, there, there_end, narrative, flags, out):
    """Count a short stretch that stands where the other text has another one between the same words."""
    if 1 <= here_end - here <= _SWAP * _QUARTERS and 1 <= there_end - there <= _SWAP * _QUARTERS:
        one = other = size = other_size = 0
        for k in range(here, here_end):
            one |= flags[k]
            size += _quarters(flags[k])
        for k in range(there, there_end):
            other |= flags[k]
            other_size += _quarters(flags[k])
        if max(size, other_size) > _SWAP * _QUARTERS:
            return
        out[REPLACED] += 1
        if narrative:
            out[SWAPS] += 1
            out[FIGURE_SWAPS] += one & other & NUMBER != 0
            out[NAME_SWAPS] += one & other & (NUMBER | CAPITAL) == CAPITAL


@_inlined
def _copied(here, there, run, base, other_base, workspace):
    """Tell the sentences of a text how much of them is in a run, and in which sentence it lies."""
    sentence, mask, sentences = workspace.tokens[_SENTENCE], workspace.bytes[_MASK], workspace.sentences
    flags = workspace.bytes[_FLAGS]
    for k in range(run):
        if mask[here + k] | mask[there + k] == 0:
            own = base + sentence[here + k]
            sentences[_COPIED, own] += _quarters(flags[here + k])
            sentences[_PARTNER, own] = other_base + sentence[there + k]


@_inlined
def _common(runs, base, other_base, workspace, out):
    """Count the common runs of a text."""
    mask, rarity, flags = workspace.bytes[_MASK], workspace.bytes[_RARITY], workspace.bytes[_FLAGS]
    last = last_there = np.int64(-1)
    for number in range(runs):
        here, there = np.int64(workspace.runs[_HERE, number]), np.int64(workspace.runs[_THERE, number])
        run = np.int64(workspace.runs[_RUN, number])
        narrative = weight = quotes = once = unquoted = size = 0
        for k in range(run):
            one, other, quarters = mask[here + k], mask[there + k], _quarters(flags[here + k])
            size += quarters
            unquoted += quarters * ((one | other) & (QUOTED | STOCK_PHRASE) == 0)
            if one & (QUOTED | BOILERPLATE) == 0:
                out[ALIKE] += 1
                out[FORMULAIC] += one & STOCK_PHRASE != 0
            if one | other == 0:
                narrative += quarters
                weight += rarity[here + k]
            elif one & other & QUOTED != 0:
                quotes += 1
            elif (one == 0 or other == 0) and (one | other) & QUOTED != 0:
                once += quarters
        out[QUOTES] += quotes
        out[QUOTED_ONCE] += once / _QUARTERS
        out[PASSAGE] = max(out[PASSAGE], run)
        words, own = size / _QUARTERS, narrative / _QUARTERS
        if own >= _LONG or unquoted >= _UNQUOTED * _QUARTERS:
            out[CARRIED] += words
            out[UNBROKEN] = max(out[UNBROKEN], words)
        if own >= SHINGLE and weight >= _SUBSTANCE:
            _copied(here, there, run, base, other_base, workspace)
            out[RUNS] += 1
            out[COMMON] += own
            out[COMMON_WEIGHT] += weight
            out[LONG] += own if words >= _LONG else 0.0
            out[LONGEST] = max(out[LONGEST], own)
        if last >= 0:
            _swap(last, here, last_there, there, narrative > 0, flags, out)
        last, last_there = here + run, there + run


@_inlined
def _retold(sentence, heads, first, last, workspace):
    """Share of a sentence's word pairs that stand, in order, in one sentence of the other text; and which."""
    entries, sentences = workspace.entries, workspace.sentences
    count = 0
    for k in range(sentences[_BEGIN, sentence], sentences[_END, sentence]):
        entry = np.int64(heads[entries[_KEY, k]])
        if not first <= entry < last:
            continue
        weight = entries[_SUM, k]
        for _ in range(_OCCURRENCES):
            there = entries[_WHERE, entry]
            if sentences[_VOTES, there] == 0:
                sentences[_CANDIDATES, count] = there
                sentences[_SHIFT, there] = entries[_AT, entry] - entries[_AT, k]
                count += 1
            sentences[_VOTES, there] += weight
            entry = np.int64(entries[_FOLLOWING, entry])
            if entry < 0:
                break
    best = 0
    chosen = -1
    for k in range(count):
        there = sentences[_CANDIDATES, k]
        votes = sentences[_VOTES, there]
        if votes > best or (votes == best and there < chosen):
            best = votes
            chosen = there
        sentences[_VOTES, there] = 0
    total = sentences[_TOTAL, sentence]
    return (min(1.0, best / total) if total > 0 else 0.0), chosen


@_inlined
def _parallel(sentence, shift, other_begin, other_end, workspace):
    """Quarters of narrative words of a sentence that stand in the other text so many places further on."""
    held, mask, flags = workspace.tokens, workspace.bytes[_MASK], workspace.bytes[_FLAGS]
    same = 0
    first = max(np.int64(workspace.sentences[_START, sentence]), other_begin - shift)
    for here in range(first, min(np.int64(workspace.sentences[_START, sentence + 1]), other_end - shift)):
        if mask[here] == 0 and held[_HASH, here] == held[_HASH, here + shift]:
            same += _quarters(flags[here])
    return same


@_inlined
def _asks(base, says, workspace):
    """Is there a sentence that does not stand in the other text word for word?"""
    for sentence in range(base, base + says):
        length = workspace.sentences[_LENGTH, sentence]
        if length >= _QUARTERS * _SHORTEST_SENTENCE and workspace.sentences[_COPIED, sentence] / length < _VERBATIM:
            return True
    return False


@_inlined
def _sentences(base, says, heads, first, last, other_begin, other_end, workspace, out):
    """Count the sentences of a text's narrative that stand in the other one, word for word or retold in its order."""
    sentences = workspace.sentences
    number = 0
    before = -1
    for sentence in range(base, base + says):
        length, copied = sentences[_LENGTH, sentence], sentences[_COPIED, sentence]
        partner = sentences[_PARTNER, sentence] if copied else -1
        if length < _QUARTERS * _SHORTEST_SENTENCE:
            continue
        share = copied / length
        retold = share
        if share < _VERBATIM:
            retold, partner = _retold(sentence, heads, first, last, workspace)
            if retold >= _HINTED:
                same = _parallel(sentence, np.int64(sentences[_SHIFT, partner]), other_begin, other_end, workspace)
                copied = max(copied, same)
        if copied >= _SAME * length:
            out[PARALLEL] += copied / _QUARTERS
        out[SENTENCES] += 1
        out[SENTENCE_TOKENS] += length / _QUARTERS
        out[SAME] += share >= _SAME
        out[REPEATED] += share >= _SAME or retold >= _RETOLD
        out[RETOLD] += retold * length / _QUARTERS
        if number < _LEAD:
            out[LEAD] += max(share, min(1.0, 1.5 * retold)) / _LEAD
        number += 1
        if retold >= _RETOLD and partner >= 0:
            if before >= 0:
                out[STEPS] += 1
                out[ORDERED] += partner >= before
            before = partner


@_inlined
def _facts(row, other, side, workspace, out):
    """Count distinct figures and rare words of a text, and how many of them stand in the other one."""
    text, held = workspace.texts[row], workspace.tokens
    base = np.int64(text[_BASE])
    facts = workspace.facts[1 - side]
    out[FIGURES], out[RARE] = text[_FIGURES], workspace.rare[row]
    for k in range(base, base + text[_FACTS]):
        if facts[held[_FACT, k]] == other:
            position = held[_FACT_POSITION, k]
            if workspace.bytes[_FLAGS, position] & NUMBER:
                out[FIGURES_SHARED] += 1
            else:
                out[RARE_SHARED] += workspace.bytes[_RARITY, position] / 255.0


@_inlined
def _terms(row, other, side, workspace, out):
    """Weigh the distinct rare words and figures of a text's narrative, and those of them in the other one's."""
    text, held = workspace.texts[row], workspace.tokens
    base = np.int64(text[_BASE])
    terms = workspace.terms[1 - side]
    shared = 0
    for k in range(base, base + text[_TERMS]):
        if terms[held[_TERM, k]] == other:
            shared += held[_TERM_RARITY, k]
    out[WORDS], out[WORDS_SHARED] = text[_TERMS_WEIGHED], shared


@_inlined
def _has(headlines, row, word):
    """Is ``word`` in the headline of a text?"""
    is_present = False
    for k in range(headlines.offsets[row], headlines.offsets[row + 1]):
        is_present |= headlines.hashes[k] == word
    return is_present


@_inlined
def _headline(headlines, row, other, side, words, rarities, workspace, out):
    """Weigh the rare words and figures of a headline, and those of them that the other article has."""
    slots, table, keys, facts = (
        workspace.state[_SLOTS],
        workspace.fact_slots,
        workspace.fact_keys,
        workspace.facts[1 - side],
    )
    for k in range(headlines.offsets[row], headlines.offsets[row + 1]):
        rarity = _rarity(headlines, k, words, rarities)
        if rarity < _RARE and headlines.flags[k] & NUMBER == 0:
            continue
        word = headlines.hashes[k]
        slot = _fact_slot(word, slots)
        while table[slot] >= 0 and keys[table[slot]] != word:
            slot = (slot + 1) & slots
        out[HEADLINE] += rarity
        if (table[slot] >= 0 and facts[table[slot]] == other) or _has(headlines, other, word):
            out[HEADLINE_SHARED] += rarity


@_inlined
def _cleared(workspace, total):
    """Forget the texts held so far; make ready for ``total`` tokens."""
    state = workspace.state
    size = 8
    while size < 2 * total:
        size *= 2
    for side in range(2):
        workspace.heads[side, : state[_SHINGLES]] = -1
        workspace.terms[side, : state[_KNOWN]] = -1
        workspace.facts[side, : state[_KNOWN]] = -1
        workspace.pairs[side, : state[_PAIRS]] = -1
    workspace.shingle_slots[:size] = -1
    workspace.fact_slots[:size] = -1
    workspace.pair_slots[: 4 * size] = -1
    state[_SHINGLES], state[_KNOWN], state[_PAIRS], state[_SLOTS] = 0, 0, 0, size - 1


@_compiled
def _batch(offsets, left, right, first, workspace):
    """Choose the pairs from ``first`` on whose texts are held together, and their places; returns where they end."""
    total = 0
    last = first
    while last < len(left):
        more = 0
        for row in (left[last], right[last]):
            if workspace.texts[row, _CHOSEN] != first + 1:
                more += offsets[row + 1] - offsets[row]
        if last > first and total + more > _BATCH:
            break
        for row in (left[last], right[last]):
            text = workspace.texts[row]
            if text[_CHOSEN] != first + 1:
                text[_CHOSEN], text[_BASE], text[_HELD], text[_PAIRED] = first + 1, total, 0, 0
                total += offsets[row + 1] - offsets[row]
        last += 1
    _cleared(workspace, total)
    return last


@_compiled
def compare(tokens, masks, headlines, words, rarities, left, right, first, workspace, sets, counts, spans):
    """Compare the texts ``left`` and ``right`` int32[n], from pair ``first`` on as far as ``spans`` has room.

    Returns the pair before which it stopped, and how many passages it found. Filled, from zeros: ``sets``
    int32[n, SETS] and ``counts`` float32[n, 2, COLUMNS]; and ``spans`` int32[room, SPAN], which must have room for one
    pair at least (each token of its left text might be a passage). A passage is a run of :data:`SHORTEST` equal tokens
    or more, cut where quoted speech or furniture begins or ends in the left text.

    ``masks`` uint8[tokens]: 0 is narrative; ``headlines``: the :class:`~dedup.text.tokens.Tokens` of the texts'
    headlines; ``words`` and ``rarities`` are those of
    :class:`~dedup.text.rarity.Rarity`; ``room`` is as :func:`make_workspace` makes it.
    """
    last = first
    count = 0
    lefts = paired = -1
    for k in range(first, len(left)):
        if count + tokens.offsets[left[k] + 1] - tokens.offsets[left[k]] > len(spans):
            return k, count
        if k == last:
            last = _batch(tokens.offsets, left, right, k, workspace)
            lefts = paired = -1
        rows = (left[k], right[k])
        for row in rows:
            if not workspace.texts[row, _HELD]:
                workspace.texts[row, _HELD] = 1
                _hold(tokens, masks, words, rarities, row, workspace)
                _hold_shingles(row, workspace)
        if left[k] != lefts:
            lefts = left[k]
            _open(lefts, 0, workspace)
        _open(right[k], 1, workspace)
        _sets(left[k], right[k], workspace, sets[k])
        count = _passages(k, left[k], right[k], workspace, count, spans)
        opened = False
        for side in range(2):
            row, other, out = rows[side], rows[1 - side], counts[k, side]
            text, there = workspace.texts[row], workspace.texts[other]
            base, other_base = np.int64(text[_BASE]), np.int64(there[_BASE])
            out[TOKENS], out[NARRATIVE] = text[_TOTAL_QUARTERS] / _QUARTERS, text[_NARRATIVE] / _QUARTERS
            out[WEIGHT] = text[_WEIGHED]
            runs = _align(
                base, base + text[_SIZE], other_base, other_base + there[_SIZE], workspace.heads[1 - side], workspace
            )
            workspace.sentences[_COPIED, base : base + text[_SAYS]] = 0
            _common(runs, base, other_base, workspace, out)
            if not opened and _asks(base, text[_SAYS], workspace):
                opened = True
                for each in rows:
                    if not workspace.texts[each, _PAIRED]:
                        workspace.texts[each, _PAIRED] = 1
                        _hold_pairs(each, workspace)
                if paired != left[k]:
                    paired = left[k]
                    _open_pairs(left[k], 0, workspace)
                _open_pairs(right[k], 1, workspace)
            begin = _REACH * other_base
            last_entry, end = begin + there[_ENTRIES], other_base + there[_SIZE]
            _sentences(base, text[_SAYS], workspace.pairs[1 - side], begin, last_entry, other_base, end, workspace, out)
            _terms(row, other, side, workspace, out)
            _facts(row, other, side, workspace, out)
            _headline(headlines, row, other, side, words, rarities, workspace, out)
    return len(left), count
