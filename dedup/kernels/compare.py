"""Two texts -> what they share, compiled: passages, shingle sets, common runs, sentences repeated, figures, names.

Everything is counted from both sides, so that nothing depends on which text comes first. The work is linear in the
length of the texts whatever they hold: a repeated shingle or word pair is followed to its first few occurrences only,
and sentences end after :data:`LONGEST_SENTENCE` tokens.

Pairs of one story follow each other, so the texts of a batch of pairs are made searchable once: shingles, facts and
word pairs get numbers, and where a text has them is looked up by number.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers; the public ones state them in their docstrings.

from __future__ import annotations

import numpy as np

from dedup.kernels.columns import COUNT
from dedup.kernels.comparison_facts import count_facts, weigh_headline, weigh_terms
from dedup.kernels.comparison_loading import QUARTERS, hold, hold_pairs, hold_shingles, open_pairs, open_text
from dedup.kernels.comparison_runs import align, count_runs, count_shingles, list_passages
from dedup.kernels.comparison_sentences import count_sentences, needs_pairs
from dedup.kernels.comparison_workspace import REACH, SENTENCE, TEXT, choose_batch
from dedup.kernels.compiling import entry


@entry
def compare(tokens, masks, headlines, words, rarities, left, right, first, workspace, sets, counts, spans):
    """Compare the texts ``left`` and ``right`` int32[n], from pair ``first`` on as far as ``spans`` has room.

    Returns the pair before which it stopped, and how many passages it listed. Fills, from zeros: ``sets``
    int32[n, len(SET)] and ``counts`` float32[n, 2, len(COUNT)], with the columns of :mod:`dedup.kernels.columns`; and
    ``spans`` int32[m, len(SPAN)], long enough for one pair at least (each token of its left text might be a passage). A
    passage is a run of :data:`~dedup.kernels.columns.SHORTEST` equal tokens or more, cut where quoted speech or
    boilerplate begins or ends in the left text.

    ``masks`` uint8[tokens]: 0 is narrative; ``headlines``: the :class:`~dedup.text.tokens.Tokens` of the texts'
    headlines; ``words`` and ``rarities`` are those of :class:`~dedup.text.rarity.Rarity`; ``workspace`` is made by
    :func:`~dedup.kernels.comparison_workspace.make_workspace`.
    """
    last = first
    count = 0
    lefts = paired = -1
    for k in range(first, len(left)):
        if count + tokens.offsets[left[k] + 1] - tokens.offsets[left[k]] > len(spans):
            return k, count
        if k == last:
            last = choose_batch(tokens.offsets, left, right, k, workspace)
            lefts = paired = -1
        rows = (left[k], right[k])
        for row in rows:
            if not workspace.texts[row, TEXT.held]:
                workspace.texts[row, TEXT.held] = 1
                hold(tokens, masks, words, rarities, row, workspace)
                hold_shingles(row, workspace)
        if left[k] != lefts:
            lefts = left[k]
            open_text(lefts, 0, workspace)
        open_text(right[k], 1, workspace)
        count_shingles(left[k], right[k], workspace, sets[k])
        count = list_passages(k, left[k], right[k], workspace, count, spans)
        opened = False
        for side in range(2):
            row, other, out = rows[side], rows[1 - side], counts[k, side]
            text, there = workspace.texts[row], workspace.texts[other]
            base, other_base = np.int64(text[TEXT.base]), np.int64(there[TEXT.base])
            out[COUNT.tokens], out[COUNT.narrative] = (
                text[TEXT.total_quarters] / QUARTERS,
                text[TEXT.narrative] / QUARTERS,
            )
            out[COUNT.weight] = text[TEXT.weighed]
            runs = align(
                base,
                base + text[TEXT.size],
                other_base,
                other_base + there[TEXT.size],
                workspace.shingles.where[1 - side],
                workspace,
            )
            workspace.sentences[SENTENCE.copied, base : base + text[TEXT.says]] = 0
            count_runs(runs, base, other_base, workspace, out)
            if not opened and needs_pairs(base, text[TEXT.says], workspace):
                opened = True
                for each in rows:
                    if not workspace.texts[each, TEXT.paired]:
                        workspace.texts[each, TEXT.paired] = 1
                        hold_pairs(each, workspace)
                if paired != left[k]:
                    paired = left[k]
                    open_pairs(left[k], 0, workspace)
                open_pairs(right[k], 1, workspace)
            begin = REACH * other_base
            last_entry, end = begin + there[TEXT.entries], other_base + there[TEXT.size]
            count_sentences(
                base,
                text[TEXT.says],
                workspace.pairs.where[1 - side],
                begin,
                last_entry,
                other_base,
                end,
                workspace,
                out,
            )
            weigh_terms(row, other, side, workspace, out)
            count_facts(row, other, side, workspace, out)
            weigh_headline(headlines, row, other, side, words, rarities, workspace, out)
    return len(left), count
