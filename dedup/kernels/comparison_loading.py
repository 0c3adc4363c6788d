"""Texts into the workspace: tokens, sentences, numbered shingles, facts and pairs of content words."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.annotate import BOILERPLATE
from dedup.kernels.columns import SHINGLE
from dedup.kernels.comparison_workspace import BYTE, ENTRY, REACH, SENTENCE, STATE, TEXT, TOKEN
from dedup.kernels.compiling import helper, inlined
from dedup.kernels.folding import GAP_PARAGRAPH, GAP_SENTENCE
from dedup.kernels.tokenise import ALL_CAPITALS, NUMBER
from dedup.kernels.unspaced import BIGRAM, FOURGRAM, TELLING

LONGEST_SENTENCE = 60  # words
_CONTENT = 50  # rarity (0-255) of a content word at least
RARE_WORD = 120  # rarity of a word that tells a story from another
_UNKNOWN = 40  # rarity of an unknown word of three bytes or less: in most languages a function word
QUARTERS = 4  # of a word: so many tokens make one where a script has no spaces, at most


@inlined
def _mix(one, two, three):
    state = np.uint32(one * np.uint32(0x9E3779B1)) ^ two
    state = np.uint32(np.uint32(state ^ (state >> np.uint32(15))) * np.uint32(0x85EBCA77)) ^ three
    state = np.uint32(np.uint32(state ^ (state >> np.uint32(13))) * np.uint32(0xC2B2AE3D))
    return np.uint32(state ^ (state >> np.uint32(16)))


@inlined
def rarity_of(tokens, position, words, rarities):
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


@inlined
def quarters_of(flags):
    """What a token counts, in quarters of a word: a word, or a character of a script without spaces."""
    if flags & FOURGRAM:
        return 1
    return 2 if flags & BIGRAM else QUARTERS


@inlined
def _numbered(key, slot, slots, numbering, state, counter):
    """The number of ``key``; a new one is ``state[counter]``, which grows."""
    table, keys = numbering.slots, numbering.keys
    while table[slot] >= 0 and keys[table[slot]] != key:
        slot = (slot + 1) & slots
    if table[slot] < 0:
        number = state[counter]
        state[counter] = number + 1
        table[slot] = number
        keys[number] = key
    return np.int64(table[slot])


@inlined
def fact_slot(word, slots):
    """The first slot of a word in the table of facts."""
    return np.int64(np.uint32(word * np.uint32(0x9E3779B1)) >> np.uint32(7)) & slots


@helper
def hold(tokens, masks, words, rarities, row, workspace):
    """Copy a text's tokens and list its sentences, content words and facts."""
    text, held, of = workspace.texts[row], workspace.tokens, workspace.bytes
    base, begin = np.int64(text[TEXT.base]), tokens.offsets[row]
    size = tokens.offsets[row + 1] - begin
    slots = workspace.state[STATE.slots]
    sentence = begun = narrative = weight = count = terms = weighed = facts = figures = total = length = 0
    rare = np.float32(0.0)
    workspace.sentences[SENTENCE.length, base], workspace.sentences[SENTENCE.start, base] = 0, base
    for k in range(size):
        here, position = base + k, begin + k
        ends = tokens.gaps[position] & (GAP_SENTENCE | GAP_PARAGRAPH) != 0 or length >= QUARTERS * LONGEST_SENTENCE
        if k > begun and ends:
            sentence += 1
            begun, length = k, 0
            (
                workspace.sentences[SENTENCE.length, base + sentence],
                workspace.sentences[SENTENCE.start, base + sentence],
            ) = 0, here
        word, mask, flags = tokens.hashes[position], masks[position], tokens.flags[position]
        rarity, quarters = rarity_of(tokens, position, words, rarities), quarters_of(flags)
        length += quarters
        total += quarters
        held[TOKEN.hash, here] = np.int32(word)
        held[TOKEN.sentence, here] = sentence
        of[BYTE.mask, here], of[BYTE.rarity, here], of[BYTE.flags, here] = mask, rarity, flags
        if mask == 0:
            workspace.sentences[SENTENCE.length, base + sentence] += quarters
            narrative += quarters
            weight += rarity
            if rarity >= _CONTENT:
                held[TOKEN.word, base + count] = here
                count += 1
        if mask & BOILERPLATE == 0 and (rarity >= RARE_WORD or flags & NUMBER != 0):
            slot = fact_slot(word, slots)
            number = _numbered(word, slot, slots, workspace.facts, workspace.state, STATE.known)
            if workspace.facts.where[1, number] != row:
                workspace.facts.where[1, number] = row
                held[TOKEN.fact, base + facts], held[TOKEN.fact_position, base + facts] = number, here
                facts += 1
                if flags & NUMBER:
                    figures += 1
                else:
                    rare = np.float32(rare + rarity / 255.0)
            if mask == 0 and workspace.terms[1, number] != row:
                workspace.terms[1, number] = row
                held[TOKEN.term, base + terms], held[TOKEN.term_rarity, base + terms] = number, rarity
                terms += 1
                weighed += rarity
    workspace.sentences[SENTENCE.start, base + sentence + (size > 0)] = base + size
    text[TEXT.size], text[TEXT.narrative], text[TEXT.weighed], text[TEXT.says] = (
        size,
        narrative,
        weight,
        sentence + (size > 0),
    )
    text[TEXT.words], text[TEXT.terms], text[TEXT.terms_weighed] = count, terms, weighed
    text[TEXT.facts], text[TEXT.figures], text[TEXT.total_quarters] = facts, figures, total
    workspace.rare[row] = rare


@helper
def hold_shingles(row, workspace):
    """Number the shingles of a text, and chain and list them."""
    text, held, mask, plain = (
        workspace.texts[row],
        workspace.tokens,
        workspace.bytes[BYTE.mask],
        workspace.bytes[BYTE.plain],
    )
    base, size, slots = np.int64(text[TEXT.base]), np.int64(text[TEXT.size]), workspace.state[STATE.slots]
    heads = workspace.shingles.where[1]
    for here in range(base + size - SHINGLE, base - 1, -1):
        key = _mix(
            np.uint32(held[TOKEN.hash, here]),
            np.uint32(held[TOKEN.hash, here + 1]),
            np.uint32(held[TOKEN.hash, here + 2]),
        )
        number = _numbered(key, np.int64(key) & slots, slots, workspace.shingles, workspace.state, STATE.shingles)
        again = base <= heads[number] < base + size
        held[TOKEN.number, here] = number
        held[TOKEN.next, here] = heads[number] if again else -1
        plain[here] = mask[here] | mask[here + 1] | mask[here + 2] == 0 or (again and plain[heads[number]])
        heads[number] = here
    distinct = narrative = 0
    for here in range(base, base + size - SHINGLE + 1):
        if heads[held[TOKEN.number, here]] == here:
            held[TOKEN.first, base + distinct] = here
            distinct += 1
            narrative += plain[here]
    text[TEXT.distinct], text[TEXT.distinct_plain] = distinct, narrative


@helper
def hold_pairs(row, workspace):
    """List the ordered pairs of near content words of one sentence: what is left of a sentence in other words."""
    text, held, entries, sentences = workspace.texts[row], workspace.tokens, workspace.entries, workspace.sentences
    base, count, slots = (
        np.int64(text[TEXT.base]),
        np.int64(text[TEXT.words]),
        4 * (workspace.state[STATE.slots] + 1) - 1,
    )
    heads = workspace.pairs.where[1]
    first = entry = REACH * base
    for sentence in range(base, base + text[TEXT.says]):
        sentences[SENTENCE.begin, sentence], sentences[SENTENCE.end, sentence], sentences[SENTENCE.total, sentence] = (
            0,
            0,
            0,
        )
    for k in range(base, base + count):
        one = held[TOKEN.word, k]
        sentence = base + held[TOKEN.sentence, one]
        if sentences[SENTENCE.total, sentence] == 0:
            sentences[SENTENCE.begin, sentence] = entry
        for step in range(1, REACH + 1):
            if (
                k + step >= base + count
                or held[TOKEN.sentence, held[TOKEN.word, k + step]] != held[TOKEN.sentence, one]
            ):
                break
            other = held[TOKEN.word, k + step]
            key = _mix(np.uint32(held[TOKEN.hash, one]), np.uint32(held[TOKEN.hash, other]), np.uint32(0x5BD1E995))
            number = _numbered(key, np.int64(key) & slots, slots, workspace.pairs, workspace.state, STATE.pairs)
            weight = np.int32(workspace.bytes[BYTE.rarity, one]) + np.int32(workspace.bytes[BYTE.rarity, other])
            entries[ENTRY.key, entry], entries[ENTRY.sum, entry], entries[ENTRY.where, entry] = number, weight, sentence
            entries[ENTRY.at, entry] = one
            sentences[SENTENCE.total, sentence] += weight
            entry += 1
        sentences[SENTENCE.end, sentence] = entry
    for k in range(entry - 1, first - 1, -1):
        number = entries[ENTRY.key, k]
        entries[ENTRY.following, k] = heads[number] if first <= heads[number] < entry else -1
        heads[number] = k
    text[TEXT.entries] = entry - first


@inlined
def open_text(row, side, workspace):
    """Make it known where a text has its shingles and that it has its terms and facts."""
    text, held = workspace.texts[row], workspace.tokens
    base = np.int64(text[TEXT.base])
    heads, terms, facts = workspace.shingles.where[side], workspace.terms[side], workspace.facts.where[side]
    for k in range(base, base + text[TEXT.distinct]):
        here = held[TOKEN.first, k]
        heads[held[TOKEN.number, here]] = here
    for k in range(base, base + text[TEXT.terms]):
        terms[held[TOKEN.term, k]] = row
    for k in range(base, base + text[TEXT.facts]):
        facts[held[TOKEN.fact, k]] = row


@helper
def open_pairs(row, side, workspace):
    """Make it known where a text has its pairs of content words."""
    first = REACH * np.int64(workspace.texts[row, TEXT.base])
    heads = workspace.pairs.where[side]
    for k in range(first + workspace.texts[row, TEXT.entries] - 1, first - 1, -1):
        heads[workspace.entries[ENTRY.key, k]] = k
