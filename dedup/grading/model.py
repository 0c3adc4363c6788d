"""The frozen model: what two texts share, as a few features in words, and how much each speaks for common copy.

Logistic regressions over the same features, with their weights in ``model.toml`` (beside them the command that trained
them, the digests of what they were trained on, and the day). Three know a way of copying each, and the surest of them
decides: ``copy``, as newspapers do it, learned from pairs weighted to what a run finds, in which copies are rare;
``paraphrased``, word put for word, and ``embedded``, a piece inside another text, learned from made-up copies against
real pairs that are none. Two more tell what it comes to: ``whole``, the shorter text is (nearly) all in the other;
``template``, what the two share is a template. A weight that would say the opposite of its feature's sense ("more in
common, so no copy") is not allowed.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup import tomlfile
from dedup.kernels.columns import COUNT

Floats = npt.NDArray[np.float64]

#: Every feature, in the order of :func:`features`, with its sense: 1 speaks for copy, -1 against it, 0 either way. A
#: share of one text that is in the other is counted in both directions: ``most`` is the larger, ``least`` the smaller.
FEATURES = {
    "whole_most": 1,  # root of the containment of all shingles
    "whole_least": 1,
    "narrative_most": 1,  # root of the containment of the narrative's shingles
    "narrative_least": 1,
    "copied_most": 1,  # root of the share of the narrative's words, by rarity, in common runs of 3 words or more
    "copied_least": 1,
    "long_runs": 1,  # logarithm of the narrative's words in common runs of 8 words or more
    "long_most": 1,  # root of the share of the narrative in common runs of 8 words or more
    "long_least": 1,
    "carried_most": 1,  # root of the share of all words in common runs with 8 narrative words or 20 unquoted ones
    "carried_least": 1,
    "unbroken": 1,  # logarithm of the longest of these runs
    "longest": 1,  # logarithm of the longest common run of the narrative
    "said": 1,  # logarithm of the number of sentences repeated
    "runs": 1,  # logarithm of the number of common runs
    "sentences_most": 1,  # root of the share of narrative sentences of which 40 % are in common runs
    "sentences_least": 1,
    "retold_most": 1,  # root of the share of the narrative repeated: pairs of content words in the same order
    "retold_least": 1,
    "parallel_most": 1,  # root of the share of the narrative in sentences said word for word, 40 % the same at least
    "parallel_least": 1,
    "quoted_once": 1,  # root of the share of a text that the other one carries as a quotation, or the other way round
    "order": 1,  # share of such sentences that follow one another as they do in the other text
    "lead_most": 1,  # the first three narrative sentences, as they are repeated
    "words_most": 1,  # share of the narrative's rare words and figures, by rarity
    "words_least": 1,
    "rare_most": 1,  # share of the rare words, quoted or not, by rarity
    "rare_least": 1,
    "figures": 1,  # share of the figures
    "figure_swaps": -1,  # other figures between the same words, for every common run
    "name_swaps": -1,  # other names between the same words
    "edition": -1,  # containment times the share of other figures: today's edition of a daily piece
    "set_phrases": -1,  # share of what is common, quoted speech left out, that stands in stock phrases
    "headlines": 1,  # share of the headline's rare words and figures that the other article has; a half without any
    "fact_swaps": -1,  # share of figures and names in what is swapped
    "swaps": 0,  # any other words between the same words
    "replaced": 0,  # the same, quoted speech and all
    "quotation": -1,  # share of quoted speech in what is common
    "lengths": 0,  # logarithm of the shorter narrative over the longer one
    "days": 0,  # logarithm of 1 + days between the publication dates; one day where one is unknown
    "same_publisher": 0,  # the same publisher
    "long_elsewhere": 1,  # long_runs between different publishers: within one it may be what it prints again and again
    "same_publisher_days": -1,  # days between two articles of the same publisher: background is carried from day to day
}

_RAREST = 255.0  # rarity of a word that nobody knows: two such, one of them in common, are added to what is counted


#: The models that know a way of copying.
COPY_KINDS = ("copy", "paraphrased", "embedded")


class Shared(NamedTuple):
    """What the texts of ``n`` pairs share, counted.

    ``counts`` float32[n, 2, COLUMNS] from each side (:mod:`dedup.kernels.compare`); ``shingles`` int32[n, 2, 2]:
    of each side, distinct shingles in all and in the narrative; ``common`` int32[n, 2]: those in both;
    ``days`` float64[n], nan where a date is unknown; ``same_publisher`` bool[n]: the same publisher.
    """

    counts: npt.NDArray[np.float32]
    shingles: npt.NDArray[np.int32]
    common: npt.NDArray[np.int32]
    days: Floats
    same_publisher: npt.NDArray[np.bool_]


class Model(NamedTuple):
    """One logistic regression: ``intercept`` and ``weights`` float64[features]."""

    intercept: float
    weights: Floats

    def probability(self, features: Floats) -> Floats:
        """Float64[n], 0-1, for ``features`` float64[n, features]."""
        return np.asarray(1.0 / (1.0 + np.exp(-(features @ self.weights + self.intercept))))


def copy_probability(features: Floats) -> Floats:
    """Float64[n], 0-1: how sure it is that a pair shares copy, by the way of copying that explains it best."""
    return np.asarray(np.max([model(way).probability(features) for way in COPY_KINDS], axis=0))


@functools.cache
def model(name: str) -> Model:
    """One of the frozen models."""
    stored = tomlfile.shipped("dedup.grading", "model.toml")[name]
    weights = stored["weights"]
    return Model(stored["intercept"], np.array([weights.get(feature, 0.0) for feature in FEATURES]))


def features(shared: Shared) -> Floats:
    """The features float64[n, len(FEATURES)] of pairs: the same whichever text comes first."""
    counts = np.moveaxis(shared.counts.astype(np.float64), 2, 0)
    computed = dict(_shares(shared, counts))
    runs = counts[COUNT.runs].sum(1) + 2.0
    copied = counts[COUNT.common].min(1)
    quotes = counts[COUNT.quotes].min(1)
    figures = ((counts[COUNT.figures_shared] + 1.0) / (counts[COUNT.figures] + 1.0)).max(1)
    computed |= {
        "edition": computed["whole_least"] ** 2 * (1.0 - figures),
        "long_runs": np.log1p(counts[COUNT.long].min(1)),
        "unbroken": np.log1p(counts[COUNT.unbroken].max(1)),
        "quoted_once": np.sqrt(counts[COUNT.quoted_once] / np.maximum(counts[COUNT.tokens], 1.0)).max(1),
        "longest": np.log1p(counts[COUNT.longest].max(1)),
        "said": np.log1p(counts[COUNT.repeated].min(1)),
        "runs": np.log1p(counts[COUNT.runs].min(1)),
        "order": (counts[COUNT.ordered].sum(1) + 1.0) / (counts[COUNT.steps].sum(1) + 1.5),
        "lead_most": counts[COUNT.lead].max(1),
        "figures": figures,
        "figure_swaps": counts[COUNT.figure_swaps].sum(1) / runs,
        "name_swaps": counts[COUNT.name_swaps].sum(1) / runs,
        "set_phrases": counts[COUNT.formulaic].sum(1) / (counts[COUNT.alike].sum(1) + 1.0),
        "headlines": ((counts[COUNT.headline_shared] + _RAREST) / (counts[COUNT.headline] + 2 * _RAREST)).mean(1),
        "fact_swaps": counts[[COUNT.figure_swaps, COUNT.name_swaps]].sum((0, 2)) / (counts[COUNT.swaps].sum(1) + 4.0),
        "replaced": counts[COUNT.replaced].sum(1) / runs,
        "swaps": counts[COUNT.swaps].sum(1) / runs,
        "quotation": quotes / np.maximum(quotes + copied, 1.0),
        "lengths": np.log(_ratio(counts[COUNT.narrative])),
        "days": np.log1p(np.nan_to_num(shared.days, nan=1.0)),
        "same_publisher": shared.same_publisher.astype(np.float64),
    }
    computed |= {
        "long_elsewhere": computed["long_runs"] * (1.0 - computed["same_publisher"]),
        "same_publisher_days": computed["days"] * computed["same_publisher"],
    }
    return np.stack([computed[name] for name in FEATURES], axis=1)


def _shares(shared: Shared, counts: Floats) -> list[tuple[str, Floats]]:
    contained = shared.common[:, None, :] / np.maximum(shared.shingles, 1)
    shares = {
        "whole": np.sqrt(contained[:, :, 0]),
        "narrative": np.sqrt(contained[:, :, 1]),
        "copied": np.sqrt(counts[COUNT.common_weight] / np.maximum(counts[COUNT.weight], 1.0)),
        "sentences": np.sqrt(counts[COUNT.same] / np.maximum(counts[COUNT.sentences], 1.0)),
        "long": np.sqrt(counts[COUNT.long] / np.maximum(counts[COUNT.narrative], 1.0)),
        "carried": np.sqrt(counts[COUNT.carried] / np.maximum(counts[COUNT.tokens], 1.0)),
        "retold": np.sqrt(counts[COUNT.retold] / np.maximum(counts[COUNT.sentence_tokens], 1.0)),
        "parallel": np.sqrt(counts[COUNT.parallel] / np.maximum(counts[COUNT.sentence_tokens], 1.0)),
        "words": counts[COUNT.words_shared] / np.maximum(counts[COUNT.words], 1.0),
        "rare": counts[COUNT.rare_shared] / np.maximum(counts[COUNT.rare], 1.0),
    }
    both = [(f"{name}_most", share.max(1)) for name, share in shares.items()]
    return both + [(f"{name}_least", share.min(1)) for name, share in shares.items()]


def _ratio(lengths: Floats) -> Floats:
    return np.asarray((lengths.min(1) + 1.0) / (lengths.max(1) + 1.0))
