"""The witness that the others of a cluster go back to, and how many independent origins the cluster has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import DAY, distinct, highs, pair_keys
from dedup.components import components
from dedup.stories.lineage.evidence import Evidence
from dedup.stories.lineage.sources import Sources
from dedup.stories.lineage.words import apart
from dedup.stories.provenance import NOBODY, SAME_COPY, SKEW, Bools, Ints, Wires, Witnesses, gaps, story_wires

_NEVER = np.iinfo(np.int64).max


class Origins(NamedTuple):
    """Of each cluster: the row of its origin, why, in words, and the number of independent origins."""

    row: Ints
    reason: list[str]
    independent: Ints


class _Signs(NamedTuple):
    """What speaks for each witness as origin.

    ``own``: the own article of the cluster's agency; ``cited``: published by the originator that others cite;
    ``alone``: it alone credits an agency; ``followers``: how many go back to the same origin, itself included.
    """

    own: Bools
    cited: Bools
    alone: Bools
    followers: Ints


def origins(evidence: Evidence, sources: Sources) -> Origins:
    """The origin of every cluster, and how many are independent.

    It is one of the witnesses without a source in the dump: the agency's own article, else the originator's, else the
    one to which most go back, else the earliest beyond the clock skew, else the longest, else the smallest id.
    """
    witnesses, signs = evidence.witnesses, _signs(evidence, sources)
    roots = np.flatnonzero(sources.source == NOBODY)
    keys = (
        -witnesses.tokens[roots],
        ~_early(witnesses, roots),
        -signs.followers[roots],
        ~signs.cited[roots],
        ~signs.own[roots],
        witnesses.cluster[roots],
    )
    order = roots[np.lexsort(keys)]  # stable: rows are in the order of ids
    _, start = np.unique(witnesses.cluster[order], return_index=True)
    rows = order[start]
    return Origins(rows, _reasons(witnesses, evidence.wires, signs, rows), _independent(evidence, sources))


def _signs(evidence: Evidence, sources: Sources) -> _Signs:
    witnesses, wires, originators = evidence.witnesses, evidence.wires, evidence.originators
    cluster = witnesses.cluster
    own = (witnesses.own != NOBODY) & (witnesses.own == story_wires(witnesses, wires).name[cluster])
    originator = np.where(originators.by_citation, originators.name, NOBODY)[cluster]
    cited = (witnesses.name != NOBODY) & (witnesses.name == originator)
    alone = wires.carries & (np.bincount(cluster, wires.carries)[cluster] == 1)
    followers = np.bincount(sources.tree, minlength=len(cluster))[sources.tree]
    return _Signs(own, cited, alone, followers)


def _early(witnesses: Witnesses, rows: Ints) -> Bools:
    """Whether a row is, for all that is known, as early as any other of its cluster among ``rows``."""
    clusters = witnesses.cluster[rows]
    time = np.where(witnesses.dated[rows], witnesses.time[rows], _NEVER)
    earliest = np.full(int(clusters.max(initial=-1)) + 1, _NEVER)
    np.minimum.at(earliest, clusters, time)
    by_day = witnesses.by_day[rows] & (time // DAY == earliest[clusters] // DAY)
    return np.asarray(~witnesses.dated[rows] | by_day | (time - earliest[clusters] < SKEW))


def _reasons(witnesses: Witnesses, wires: Wires, signs: _Signs, rows: Ints) -> list[str]:
    names, sizes = witnesses.names.names, np.bincount(witnesses.cluster)
    largest = np.zeros(len(sizes), np.int64)
    others = np.delete(np.arange(len(witnesses.cluster)), rows)
    np.maximum.at(largest, witnesses.cluster[others], witnesses.tokens[others])
    columns = (
        witnesses.name[rows],
        wires.name[rows],
        signs.own[rows],
        signs.cited[rows],
        signs.alone[rows],
        _ahead(witnesses, rows, others),
        signs.followers[rows],
        sizes,
        witnesses.tokens[rows] > largest,
    )
    reasons = []
    for name, wire, own, cited, alone, ahead, followers, size, longest in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        if own:
            reasons.append(f"the own article of {names[name]}")
        elif cited:
            reasons.append(f"published by {names[name]}, which others cite")
        elif alone:
            reasons.append(f"credits {names[wire]}, as no other does")
        elif ahead:
            reasons.append(f"published first, {apart(ahead)} before the next")
        elif 1 < followers < size:
            reasons.append(f"{followers} of {size} go back to it")
        else:
            reasons.append("the longest; dates do not tell" if longest else "a tie, decided by the smallest id")
    return reasons


def _ahead(witnesses: Witnesses, rows: Ints, others: Ints) -> Ints:
    """By how much each of ``rows`` was published before all dated ``others`` of its cluster; 0: not beyond the skew."""
    dated = others[witnesses.dated[others]]
    order = dated[np.lexsort((witnesses.time[dated], witnesses.cluster[dated]))]
    clusters, start = np.unique(witnesses.cluster[order], return_index=True)
    following = np.full(len(rows), NOBODY)
    following[clusters] = order[start]
    return np.where(following != NOBODY, np.maximum(gaps(witnesses, rows, following), 0), 0)


def _independent(evidence: Evidence, sources: Sources) -> Ints:
    """Fold what goes back to one witness, wire, cited originator, statement or owner, or is the same copy; count."""
    witnesses, pairs, _, wires, originators, statements = evidence
    count, cluster = len(witnesses.cluster), witnesses.cluster
    rows = np.arange(count)
    originator = originators.name[cluster]
    from_originator = originators.cited | ((originator != NOBODY) & (witnesses.name == originator))
    hubs = [
        (0, wires.name, wires.named),
        (0, originator, from_originator),
        (0, statements.issuer, (statements.issuer != NOBODY) & (sources.source == NOBODY)),
        (1, witnesses.owner, witnesses.owner != NOBODY),
    ]
    keys = [(kind << 62 | pair_keys(cluster, code))[holds] for kind, code, holds in hubs]
    nodes, hub = np.unique(np.concatenate(keys), return_inverse=True)
    same = (pairs.grade < SAME_COPY) | statements.between(pairs)
    one = np.concatenate([rows, pairs.a[same], *(rows[holds] for *_, holds in hubs)])
    other = np.concatenate([sources.tree, pairs.b[same], count + hub.ravel()])
    labels = components(count + len(nodes), one, other)[:count]
    folded = distinct(pair_keys(cluster, labels))
    return np.bincount(highs(folded))
