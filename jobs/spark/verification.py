"""Candidate pairs -> graded pairs, by the same function as on one machine, with the texts of some pairs at a time."""

from __future__ import annotations

import concurrent.futures

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name that everybody gives it
from pyspark.sql.pandas.types import from_arrow_schema

from dedup.article import ARTICLES
from dedup.corpus import Corpus, combined
from dedup.grading.grades import enough_common
from dedup.grading.locality import COUNTED
from dedup.grading.sketches import most_shared
from dedup.grading.verification import JUDGED, verify
from dedup.minhash import Signatures
from dedup.scratch import ScratchSpace
from dedup.search import named_origins
from dedup.settings import Settings
from dedup.tables import ATTRIBUTIONS, MATCHES
from dedup.text.boilerplate import LearnedBoilerplate
from dedup.text.tokens import tokenise
from jobs.spark import packed
from jobs.spark.dealing import dealt
from jobs.spark.files import Scratch
from jobs.spark.packed import Rows
from jobs.spark.pairs import Pairs, counted, number_of, part_width, parts_of_rows
from jobs.spark.passages import in_bytes
from jobs.spark.rows import Numbered, broadcast_if_small

_IN_MEMORY = ScratchSpace(1 << 30)  # bytes that a worker may take for it

#: A written pair: its rows, the columns of MATCHES, and its passages (:mod:`jobs.spark.passages`).
WRITTEN = pa.schema(
    [
        ("left", pa.int64()),
        ("right", pa.int64()),
        *[(field.name, field.type) for field in MATCHES.schema],
        ("aligned", pa.binary()),
    ]
)


def verified(
    pairs: DataFrame,
    numbered: Numbered,
    boilerplate: LearnedBoilerplate,
    settings: Settings,
    scratch: Scratch,
) -> DataFrame:
    """The pairs worth writing, of the packed ``pairs``, as rows of :data:`WRITTEN`.

    Texts are sent only for pairs that may share enough by their sketches, which also tell what to grade together.
    """
    promising = _promising(pairs, numbered, settings, scratch)
    placed = dealt(promising, number_of(promising), numbered.parts, scratch)
    places = numbered.signed.select("row", "place")
    wanted = parts_of_rows(placed, numbered.number).join(broadcast_if_small(places, numbered.number), "row")
    wanted = scratch.save("wanted", wanted)
    texts = numbered.articles.select("place", "digest", "attributions", *JUDGED)
    texts = texts.join(broadcast_if_small(wanted, wanted.count()), "place")
    texts = texts.withColumn("part", F.explode(F.col("parts").cast("array<long>"))).drop("place", "parts")

    def work(some: pa.Table, held: pa.Table) -> pa.Table:
        return _graded(some, held, boilerplate, settings)

    grouped = placed.groupBy("part").cogroup(texts.groupBy("part"))
    return scratch.save("verified", grouped.applyInArrow(work, from_arrow_schema(WRITTEN)))


def _promising(pairs: DataFrame, numbered: Numbered, settings: Settings, scratch: Scratch) -> DataFrame:
    """The pairs that may share enough shingles, are identical or name the same origin, and how many they may share."""

    def look(some: Pairs, articles: pa.Table) -> tuple[npt.NDArray[np.bool_], Rows]:
        content, bounds = packed.content(articles["sketch"])
        digests, sizes = packed.numbers(articles["digest"]), packed.numbers(articles["size"]).astype(np.int32)
        most = most_shared(content, bounds, sizes, some.left, some.right, settings)
        enough = enough_common(sizes[some.left], sizes[some.right], settings)
        same = digests[some.left] == digests[some.right]
        return some.named | same | (most >= enough), np.minimum(most, COUNTED * enough)

    width = part_width(numbered, settings)
    known = numbered.signed.select("row", "size", "digest", "sketch")
    return scratch.save("promising", counted(pairs, known, numbered.number, width, look))


def _graded(pairs: pa.Table, held: pa.Table, boilerplate: LearnedBoilerplate, settings: Settings) -> pa.Table:
    held = held.sort_by("row")
    rows = packed.numbers(held["row"])
    left, right = (
        np.searchsorted(rows, packed.unpacked(pairs[side], np.int32)).astype(np.int32) for side in ("left", "right")
    )
    some = named_origins.Pairs(left, right, packed.unpacked(pairs["named"], np.bool_))
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        verified_pairs = verify(_corpus(held), some, boilerplate, settings, pool, scratch=_IN_MEMORY)
    columns = [
        rows[verified_pairs.left],
        rows[verified_pairs.right],
        *verified_pairs.matches.select(MATCHES.schema.names).columns,
    ]
    return pa.table([*columns, in_bytes(verified_pairs.passages)], WRITTEN.names).cast(WRITTEN)


def _corpus(held: pa.Table) -> Corpus:
    """Articles ascending by row, as the functions for one machine take them; they look at no signature here."""
    columns = [
        combined(held[field.name].cast(field.type)) if field.name in JUDGED else pa.nulls(len(held), field.type)
        for field in ARTICLES
    ]
    batch = pa.RecordBatch.from_arrays(columns, schema=ARTICLES)
    tokens = tokenise(batch["text"])
    digests = packed.numbers(held["digest"]).view(np.uint64) ^ np.uint64(packed.TOP)
    count = len(batch)
    return Corpus(
        batch["id"],
        batch["publisher"],
        np.zeros(count, np.int32),
        tokens.hashes,
        tokens.offsets[:-1],
        Signatures(np.empty((count, 0), np.uint32), np.diff(tokens.offsets).astype(np.int32), digests),
        attributions(held),
        (),
        (),
        (batch,),
        np.arange(count),
        batch["id"],
    )


def attributions(held: pa.Table) -> pa.Table:
    """The attributions of articles, in their order (columns ``id`` and ``attributions``)."""
    lists = combined(held["attributions"])
    ids = held["id"].combine_chunks().take(lists.value_parent_indices().cast(pa.int64()))
    return pa.table([ids, *lists.flatten().flatten()], ATTRIBUTIONS.schema.names).cast(ATTRIBUTIONS.schema)
