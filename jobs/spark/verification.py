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
from dedup.grading.passages import KINDS
from dedup.grading.sketches import may_share_enough
from dedup.grading.verification import verify
from dedup.minhash import Signatures
from dedup.scratch import ScratchSpace
from dedup.search import named_origins
from dedup.settings import Settings
from dedup.tables import ATTRIBUTIONS, MATCHES, PASSAGES
from dedup.text.boilerplate import LearnedBoilerplate
from dedup.text.tokens import tokenise
from jobs.spark import packed
from jobs.spark.components import connected
from jobs.spark.files import Scratch
from jobs.spark.pairs import Pairs, chosen, number_of, part_width, unpacked
from jobs.spark.rows import Numbered, broadcast_if_small

_BIN = 20_000  # pairs that are graded together, about
_IN_MEMORY = ScratchSpace(1 << 30)  # bytes that a worker may take for it
_PASSAGES = pa.struct([PASSAGES.schema.field(index).remove_metadata() for index in range(2, 7)])

#: A written pair: its rows, the columns of MATCHES, and its passages but for the ids.
WRITTEN = pa.schema(
    [
        ("left", pa.int64()),
        ("right", pa.int64()),
        *[(field.name, field.type) for field in MATCHES.schema],
        ("aligned", pa.list_(_PASSAGES)),
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

    Texts are sent only for pairs that may share enough by their sketches. What is connected is graded together, so that
    a text goes to few workers; of what is connected by more than a worker should have, the pairs of one left article.
    """
    count, pairs = _promising(pairs, numbered, settings, scratch)
    bins = max(numbered.parts, count // _BIN)
    heads = connected(pairs, scratch, "hanging").withColumnRenamed("row", "left")
    joined = pairs.join(broadcast_if_small(heads, count), "left")
    large = joined.groupBy("head").count().where(F.col("count") > _BIN).select("head", F.lit(True).alias("large"))
    spread = F.expr(f"pmod(xxhash64(if(large IS NULL, head, left)), {bins})")
    joined = joined.join(F.broadcast(large), "head", "left").select("left", "right", "named", spread.alias("bin"))
    placed = scratch.save("placed", joined)
    sides = [placed.select(F.col(side).alias("row"), F.col("bin").alias("part")) for side in ("left", "right")]
    wanted = sides[0].unionAll(sides[1]).distinct()
    wanted = wanted.join(broadcast_if_small(numbered.signed.select("row", "place"), numbered.number), "row")
    wanted = scratch.save("wanted", wanted)
    texts = numbered.articles.select("place", "digest", "attributions", *ARTICLES.names)
    texts = texts.join(broadcast_if_small(wanted, wanted.count()), "place").drop("place")

    def work(some: pa.Table, held: pa.Table) -> pa.Table:
        return _graded(some, held, boilerplate, settings)

    grouped = placed.groupBy("bin").cogroup(texts.groupBy("part"))
    return scratch.save("verified", grouped.applyInArrow(work, from_arrow_schema(WRITTEN)))


def _promising(pairs: DataFrame, numbered: Numbered, settings: Settings, scratch: Scratch) -> tuple[int, DataFrame]:
    """The pairs that may share enough shingles, are identical or name the same origin, and how many they are."""

    def look(some: Pairs, articles: pa.Table) -> npt.NDArray[np.bool_]:
        content, bounds = packed.content(articles["sketch"])
        digests, sizes = packed.numbers(articles["digest"]), packed.numbers(articles["size"]).astype(np.int32)
        share = may_share_enough(content, bounds, sizes, some.left, some.right, settings)
        return np.asarray(some.named | (digests[some.left] == digests[some.right]) | share)

    width = part_width(numbered, settings)
    known = numbered.signed.select("row", "size", "digest", "sketch")
    promising = scratch.save("promising", chosen(pairs, known, width, look))
    return number_of(promising), unpacked(promising)


def _graded(pairs: pa.Table, held: pa.Table, boilerplate: LearnedBoilerplate, settings: Settings) -> pa.Table:
    held = held.sort_by("row")
    rows = packed.numbers(held["row"])
    left, right = (np.searchsorted(rows, packed.numbers(pairs[side])).astype(np.int32) for side in ("left", "right"))
    order = np.lexsort((right, left))
    named = np.asarray(pairs["named"].combine_chunks().to_numpy(zero_copy_only=False), bool)
    some = named_origins.Pairs(left[order], right[order], named[order])
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        verified_pairs = verify(_corpus(held), some, boilerplate, settings, pool, scratch=_IN_MEMORY)
    offsets = pa.array(np.r_[0, np.cumsum(verified_pairs.passages.number)].astype(np.int32))
    kinds = pa.array(KINDS, pa.string()).take(pa.array(verified_pairs.passages.kinds))
    passages = pa.StructArray.from_arrays(
        [*map(pa.array, verified_pairs.passages.bounds.T), kinds], fields=list(_PASSAGES)
    )
    columns = [
        rows[verified_pairs.left],
        rows[verified_pairs.right],
        *verified_pairs.matches.select(MATCHES.schema.names).columns,
    ]
    return pa.table([*columns, pa.ListArray.from_arrays(offsets, passages)], WRITTEN.names).cast(WRITTEN)


def _corpus(held: pa.Table) -> Corpus:
    """Articles ascending by row, as the functions for one machine take them; they look at no signature here."""
    articles = held.select(ARTICLES.names).cast(ARTICLES).combine_chunks()
    batch = pa.RecordBatch.from_arrays([combined(column) for column in articles.columns], schema=ARTICLES)
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
