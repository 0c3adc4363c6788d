"""What comparing two texts comes to: columns of the arrays that :func:`dedup.kernels.compare.compare` fills."""

from __future__ import annotations

from typing import NamedTuple

SHINGLE = 3
SHORTEST = 6  # tokens of a passage
COPY, QUOTE, MARKED = range(3)  # kinds of a passage


class Counts(NamedTuple):
    """What is counted of each text of a pair, by its column.

    In words; a character of a script without spaces is half a word or a quarter (:mod:`dedup.kernels.unspaced`). The
    narrative is what is neither quoted nor boilerplate. A rarity is 0-255 a token where nothing else is stated.
    """

    tokens: int  # all
    narrative: int  # of the narrative
    weight: int  # rarity of the narrative
    common: int  # of the narrative in common runs
    long: int  # and in long ones
    common_weight: int  # rarity of the common runs
    longest: int  # the longest common run
    runs: int  # number of common runs
    carried: int  # of runs with much narrative, or much outside quotation
    unbroken: int  # the longest of these
    passage: int  # the longest run of all, in tokens
    quotes: int  # quoted tokens that are quoted in the other text too
    sentences: int  # number of sentences of the narrative
    sentence_tokens: int  # their words
    same: int  # number of sentences that are the same
    repeated: int  # number of sentences that are the same, or retold
    retold: int  # words of sentences retold
    lead: int  # share of the first sentences that is in the other text, 0-1
    steps: int  # steps from one retold sentence to the next
    ordered: int  # those that go forward in the other text too
    figures: int  # distinct figures
    figures_shared: int  # those in both
    rare: int  # distinct rare words, by rarity, 0-1 a token
    rare_shared: int  # those in both
    replaced: int  # short stretches replaced between two runs
    swaps: int  # those within the narrative
    figure_swaps: int  # figures for figures
    name_swaps: int  # names for names
    parallel: int  # of sentences that are the same but for words put for others
    quoted_once: int  # of common runs, quoted in one text and narrative in the other
    words: int  # distinct rare words and figures of the narrative, by rarity
    words_shared: int  # those in both
    alike: int  # unquoted tokens in any common run
    formulaic: int  # those of them in stock phrases
    headline: int  # rare words and figures of the headline, by rarity
    headline_shared: int  # those in the text or headline of the other article


COUNT = Counts(*range(36))


class Sets(NamedTuple):
    """What is counted of a pair: distinct shingles, all and narrative, and whether the tokens are the same."""

    a_all: int  # of the left text
    a_plain: int  # narrative ones
    b_all: int  # of the right text
    b_plain: int  # narrative ones
    common_all: int  # in both
    common_plain: int  # narrative ones in both
    identical: int  # 1 where the tokens are the same


SET = Sets(*range(7))


class Spans(NamedTuple):
    """A passage: its pair, its first token and the one after its last in either text, from the text on; its kind."""

    pair: int
    a_first: int
    a_last: int
    b_first: int
    b_last: int
    kind: int


SPAN = Spans(*range(6))
