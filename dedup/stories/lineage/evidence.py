"""All that is known of the witnesses of some clusters before sources are chosen, in one record."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from dedup.credits import Agencies
from dedup.stories.provenance import (
    Attributions,
    Families,
    Originators,
    Pairs,
    Statements,
    Wires,
    Witnesses,
    originators,
    read_attributions,
    read_pairs,
    read_witnesses,
    statements,
    wires,
)


class Evidence(NamedTuple):
    """The witnesses, their matches and citations, and what follows from these.

    ``wires``: the agency whose copy each witness carries; ``originators``: whose story each cluster is; ``statements``:
    the press statements that witnesses tell of.
    """

    witnesses: Witnesses
    pairs: Pairs
    citations: Attributions
    wires: Wires
    originators: Originators
    statements: Statements


def gather(
    witnesses: pa.Table, matches: pa.Table, attributions: pa.Table, families: Families, agencies: Agencies
) -> Evidence:
    """The evidence in tables as :func:`dedup.stories.lineage.trace` takes them; there is a witness at least."""
    read = read_witnesses(witnesses, attributions, families, agencies)
    credits, citations, statement_citations = read_attributions(attributions, read)
    pairs = read_pairs(matches, read)
    issued = statements(read, statement_citations, pairs)
    carried = wires(read, credits, pairs, issued)
    return Evidence(read, pairs, citations, carried, originators(read, citations, pairs, carried), issued)
