"""Two articles compared here and now: what ``explain`` tells of a pair that no run has graded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

    from dedup.text.boilerplate import LearnedBoilerplate

Row = dict[str, Any]


class Compared(NamedTuple):
    """Tables of the pair: ``match`` has one row of MATCHES (grade null: nothing in common), and those it rests on."""

    match: pa.Table
    passages: pa.Table
    attributions: pa.Table


def compare(
    articles: pa.RecordBatch,
    *,
    learned: LearnedBoilerplate | None = None,
    attributions: pa.Table | None = None,
    shingle: int = 3,
    min_score: float | None = None,
) -> Compared:
    """Grade the two ``articles`` (schema ARTICLES) and align their passages, as a run does.

    ``learned`` is the boilerplate of a run (none: only the shipped phrases), ``attributions`` what the run found of the
    two (none: they are looked for), ``shingle`` and ``min_score`` its settings
    (None: the default).
    """
    import numpy as np
    import pyarrow as pa

    from dedup import credits
    from dedup import grading as matches
    from dedup.grading.passages import located
    from dedup.settings import Settings
    from dedup.text import boilerplate, quotes
    from dedup.text.tokens import tokenise

    minimum = Settings().min_score if min_score is None else min_score
    tokens = tokenise(articles["text"])
    masks = quotes.annotate(tokens)
    known = learned or boilerplate.empty()
    boilerplate.mark(masks, tokens, known.codes(articles["publisher"]), known, shingle)
    if attributions is None:
        attributions = pa.Table.from_batches([credits.find(articles, tokens, credits.load_agencies())])
    left, right = np.array([0], np.int32), np.array([1], np.int32)
    compared = matches.compare(articles, tokens, masks, left, right, attributions=attributions)
    graded = pa.Table.from_batches([matches.judge(articles, left, right, compared, minimum)])
    aligned = located(articles["text"], tokens, left, right, compared.spans).table(articles["id"], left, right)
    graded = graded.append_column("passages", pa.array([len(aligned)], pa.int32()))
    return Compared(graded, aligned, attributions)
