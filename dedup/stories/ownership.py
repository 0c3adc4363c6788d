"""Whose copy every witness printed, and whether it says so."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.corpus import combined
from dedup.credits.agencies import Agencies, hosts, own_agency
from dedup.stories.lineage.rows import EXTERNAL
from dedup.tables import CLUSTERS

#: Whose copy a witness can be, and how a reader is told. An article of several stories is of the first of its kinds.
KINDS = {
    "agency": "copy of an agency",
    "publisher": "copy of another publisher",
    "outside": "after a source outside the dump",
    "own": "its own earlier text",
    "first": "first here",
}
#: The kinds of them that are somebody else's copy.
COPIES = ("agency", "publisher", "outside")

#: The columns of :data:`dedup.tables.CLUSTERS` that :func:`owners` looks at.
WITNESSES = pa.schema(
    [
        CLUSTERS.schema.field(name)
        for name in ("cluster_id", "article_id", "publisher", "url", "role", "wire_agency", "source_article_id")
    ]
)
#: A witness and whose copy it printed: ``kind`` of :data:`KINDS`, ``share`` of its text that is in its source,
#: ``credited``: it names the owner itself.
PRINTS = pa.schema(
    [
        *(CLUSTERS.schema.field(name) for name in ("cluster_id", "article_id", "publisher", "published")),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("owner", pa.string()),
        pa.field("share", pa.float32()),
        pa.field("credited", pa.bool_(), nullable=False),
    ]
)


class Owners(NamedTuple):
    """Of every witness the ``publisher`` (an agency's own articles have the agency's name), ``kind`` and ``owner``.

    Arrow string arrays[n]; publisher and owner are null where a publisher is not named.
    """

    publisher: pa.Array
    kind: pa.Array
    owner: pa.Array


def owners(witnesses: pa.Table, lineage: pa.Table, agencies: Agencies) -> Owners:
    """Whose copy every witness is.

    ``witnesses`` are rows of CLUSTERS (the columns of :data:`WITNESSES`), whole clusters in any order; ``lineage`` has
    the columns ``cluster_id``, ``source`` and ``target`` of their rows of LINEAGE.
    """
    publisher, wire = combined(witnesses["publisher"]), combined(witnesses["wire_agency"])
    own = _own_agencies(publisher, combined(witnesses["url"]), agencies)
    names_shown = pc.coalesce(_named(own, agencies), pc.if_else(pc.equal(publisher, ""), None, publisher))
    member = _within(witnesses, "article_id")
    source = pc.index_in(_within(witnesses, "source_article_id"), member)
    outside = pc.index_in(member, _within(lineage, "target"))
    external = pc.replace_substring_regex(combined(lineage["source"]), f"^{EXTERNAL}", "").take(outside)
    of_agency = _bools(pc.is_valid(wire)) & ~_bools(pc.equal(wire, own))
    inside = _bools(pc.is_valid(source))
    same = inside & _bools(pc.and_(pc.equal(publisher, publisher.take(source)), pc.not_equal(publisher, "")))
    by_agency = inside & _bools(pc.is_valid(own.take(source)))
    after = _bools(pc.and_(pc.is_valid(outside), pc.not_equal(combined(witnesses["role"]), "origin")))
    kinds = np.select([of_agency, same, by_agency, inside, after], [0, 3, 0, 1, 2], 4)
    owner = pc.case_when(
        pc.make_struct(*map(pa.array, (of_agency, same, inside, after))),
        _named(wire, agencies),
        names_shown,
        names_shown.take(source),
        _named(external, agencies),
        names_shown,
    )
    return Owners(names_shown, pa.array(list(KINDS)).take(pa.array(kinds)), owner)


def prints(witnesses: pa.Table, lineage: pa.Table, attributions: pa.Table, agencies: Agencies) -> pa.Table:
    """Rows of :data:`PRINTS`, one a witness in their order; ``attributions`` are rows of ATTRIBUTIONS of them all."""
    _, kind, owner = owners(witnesses, lineage, agencies)
    names = combined(attributions["name"])
    named = _with_article(combined(attributions["article_id"]), _named(names, agencies))
    articles = combined(witnesses["article_id"])
    columns = [combined(witnesses[name]) for name in ("cluster_id", "article_id", "publisher", "published")]
    credited = pc.fill_null(pc.is_in(_with_article(articles, owner), named), False)
    return pa.table([*columns, kind, owner, combined(witnesses["share_from_source"]), credited], PRINTS)


def _own_agencies(publishers: pa.Array, urls: pa.Array, agencies: Agencies) -> pa.Array:
    """The id of the agency that published each article itself, null: none."""
    pairs = pa.table([publishers, hosts(urls)], ["publisher", "host"])
    distinct = pairs.group_by(["publisher", "host"], use_threads=False).aggregate([]).to_pylist()
    known = [own_agency(pair["publisher"], pair["host"], agencies) for pair in distinct]
    keys = pa.array([_key(pair["publisher"], pair["host"]) for pair in distinct], pa.string())
    columns = (pc.fill_null(pairs[name], "") for name in pairs.column_names)
    rows = pc.index_in(combined(pc.binary_join_element_wise(*columns, "\0")), keys)
    return pa.array(known, pa.string()).take(rows)


def _key(publisher: str | None, host: str | None) -> str:
    return f"{publisher or ''}\0{host or ''}"


def _named(names: pa.Array, agencies: Agencies) -> pa.Array:
    """Names as people read them: of an agency its full name in place of its id."""
    encoded = names.dictionary_encode()
    return pa.array([agencies.called(name) for name in encoded.dictionary.to_pylist()], pa.string()).take(
        encoded.indices
    )


def _with_article(articles: pa.Array, names: pa.Array) -> pa.Array:
    """Article and name in one; a name without "The" and whatever its case, as articles may write it."""
    bare = pc.replace_substring_regex(pc.utf8_lower(names), "^the ", "")
    return pc.binary_join_element_wise(articles, bare, "\0")


def _within(rows: pa.Table, column: str) -> pa.Array:
    """An article of each row together with the cluster; null where there is none."""
    return combined(pc.binary_join_element_wise(rows["cluster_id"], rows[column], "\0"))


def _bools(column: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(column, False).to_numpy(zero_copy_only=False), np.bool_)
