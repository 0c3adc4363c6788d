"""Press statements behind a story: what two witnesses have in common, both may have from the body that issued it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import distinct, lows, pair_keys
from dedup.credits.issuers import UNNAMED_ISSUER
from dedup.stories.provenance.witnesses import LEAD, NOBODY, SAME_COPY, Attributions, Bools, Ints, Pairs, Witnesses


class Statements(NamedTuple):
    """What witnesses and pairs have from statements.

    Of each witness ``issuer``: the code of the first body whose statement it tells of in its first two fifths, or
    further on where a match of it tells of that body in its own; -1: none, or one without a name. Of each pair
    ``shared``: the code of an issuer that both name, wherever (-1: none); ``common``: a statement may be the source of
    what they share, as both name its issuer or one tells of it in its first two fifths; of a reprint only where both
    hold, of the same text never. ``silent``: the same, but that a reprint is no exception: no credit of the one speaks
    for the other.
    """

    issuer: Ints
    shared: Ints
    common: Bools
    silent: Bools

    def together(self, pairs: Pairs, count: int) -> Bools:
        """Which of ``count`` witnesses have a match that names their issuer, too."""
        result = np.zeros(count, bool)
        for rows in (pairs.a, pairs.b):
            result[rows[(self.shared != NOBODY) & (self.shared == self.issuer[rows])]] = True
        return result

    def between(self, pairs: Pairs) -> Bools:
        """Which pairs may have a statement of a known body as their common source."""
        return np.asarray(self.common & ((self.issuer[pairs.a] != NOBODY) | (self.issuer[pairs.b] != NOBODY)))


def statements(witnesses: Witnesses, attributions: Attributions, pairs: Pairs) -> Statements:
    """The statements that witnesses and pairs rest on; ``attributions`` are the citations of statements."""
    with_name = attributions.name != witnesses.names.code(UNNAMED_ISSUER)
    early = attributions.at <= LEAD
    by_statement = np.zeros(len(witnesses.cluster), bool)
    by_statement[attributions.witness[early]] = True
    issuer = np.full(len(witnesses.cluster), NOBODY)
    order = np.flatnonzero(early & with_name)
    order = order[np.argsort(-attributions.at[order], kind="stable")]
    issuer[attributions.witness[order]] = attributions.name[order]  # the first one is written last
    shared, reported = _shared(attributions, with_name, pairs), by_statement[pairs.a] | by_statement[pairs.b]
    for rows, others in ((pairs.a, pairs.b), (pairs.b, pairs.a)):
        late = np.flatnonzero((issuer[rows] == NOBODY) & (shared != NOBODY) & (issuer[others] == shared))[::-1]
        issuer[rows[late]] = shared[late]
    named = shared != NOBODY
    silent = (pairs.grade > 0) & (reported | named)
    return Statements(issuer, shared, silent & ((pairs.grade >= SAME_COPY) | (reported & named)), silent)


def _shared(attributions: Attributions, named: Bools, pairs: Pairs) -> Ints:
    """The smallest code of an issuer that both of a pair name; -1: none."""
    keys = distinct(pair_keys(attributions.witness[named], attributions.name[named]))
    begins, ends = (np.searchsorted(keys, pair_keys(pairs.a + more, 0)) for more in (0, 1))
    pair = np.repeat(np.arange(len(pairs.a)), ends - begins)
    index = np.arange(len(pair)) - np.repeat(np.cumsum(ends - begins) - (ends - begins), ends - begins)
    code = lows(keys[begins[pair] + index]) if len(pair) else pair
    both = np.isin(pair_keys(pairs.b[pair], code), keys)
    shared = np.full(len(pairs.a), NOBODY)
    shared[pair[both][::-1]] = code[both][::-1]
    return shared
