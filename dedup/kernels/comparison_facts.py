"""Figures, rare words and headlines that two texts have in common."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.columns import COUNT
from dedup.kernels.comparison_loading import RARE_WORD, fact_slot, rarity_of
from dedup.kernels.comparison_workspace import BYTE, STATE, TEXT, TOKEN
from dedup.kernels.compiling import inlined
from dedup.kernels.tokenise import NUMBER


@inlined
def count_facts(row, other, side, workspace, out):
    """Count distinct figures and rare words of a text, and how many of them stand in the other one."""
    text, held = workspace.texts[row], workspace.tokens
    base = np.int64(text[TEXT.base])
    facts = workspace.facts.where[1 - side]
    out[COUNT.figures], out[COUNT.rare] = text[TEXT.figures], workspace.rare[row]
    for k in range(base, base + text[TEXT.facts]):
        if facts[held[TOKEN.fact, k]] == other:
            position = held[TOKEN.fact_position, k]
            if workspace.bytes[BYTE.flags, position] & NUMBER:
                out[COUNT.figures_shared] += 1
            else:
                out[COUNT.rare_shared] += workspace.bytes[BYTE.rarity, position] / 255.0


@inlined
def weigh_terms(row, other, side, workspace, out):
    """Weigh the distinct rare words and figures of a text's narrative, and those of them in the other one's."""
    text, held = workspace.texts[row], workspace.tokens
    base = np.int64(text[TEXT.base])
    terms = workspace.terms[1 - side]
    shared = 0
    for k in range(base, base + text[TEXT.terms]):
        if terms[held[TOKEN.term, k]] == other:
            shared += held[TOKEN.term_rarity, k]
    out[COUNT.words], out[COUNT.words_shared] = text[TEXT.terms_weighed], shared


@inlined
def _has(headlines, row, word):
    """Is ``word`` in the headline of a text?"""
    is_present = False
    for k in range(headlines.offsets[row], headlines.offsets[row + 1]):
        is_present |= headlines.hashes[k] == word
    return is_present


@inlined
def weigh_headline(headlines, row, other, side, words, rarities, workspace, out):
    """Weigh the rare words and figures of a headline, and those of them that the other article has."""
    slots, table, keys, facts = (
        workspace.state[STATE.slots],
        workspace.facts.slots,
        workspace.facts.keys,
        workspace.facts.where[1 - side],
    )
    for k in range(headlines.offsets[row], headlines.offsets[row + 1]):
        rarity = rarity_of(headlines, k, words, rarities)
        if rarity < RARE_WORD and headlines.flags[k] & NUMBER == 0:
            continue
        word = headlines.hashes[k]
        slot = fact_slot(word, slots)
        while table[slot] >= 0 and keys[table[slot]] != word:
            slot = (slot + 1) & slots
        out[COUNT.headline] += rarity
        if (table[slot] >= 0 and facts[table[slot]] == other) or _has(headlines, other, word):
            out[COUNT.headline_shared] += rarity
