"""Names that are listed together: ``Reuters, AFP``, ``AFP-JIJI``, ``the AP and The Washington Post``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from dedup.credits.mention import Mention, read_mention
from dedup.credits.names import Alias
from dedup.kernels.lines import BEGINS, FREE

_LONGEST = 16  # bytes between two names of a list
_MAX = 6  # names in a list
_BETWEEN = re.compile(r"[ \t\xa0]*[,،、，/&+|;–—-]?[ \t\xa0]*(?:(?:and|und|et|y|e|и|اور|और|with|the|The)[ \xa0]|و)*")


class Hit(NamedTuple):
    """A phrase in a text: first token, token after the last one, phrase, bytes of both, and bytes of the line.

    ``line_flags``: see :func:`dedup.kernels.lines.lines`; ``full``: the phrase is an agency's name in full.
    """

    first: int
    last: int
    phrase: int
    start: int
    end: int
    full: int
    line_start: int
    line_end: int
    line_flags: int

    def read(self, text: bytes, alias: Alias, tokens: tuple[int, int]) -> Mention:
        """The mention of ``alias`` here; ``tokens``: the text's first one and the one after its last."""
        around = self.first - tokens[0], tokens[1] - self.last
        line = self.line_start, self.line_end, self.line_flags
        return read_mention(text, alias, (self.start, self.end), around, line)


def listed(text: bytes, hits: Sequence[Hit], aliases: Sequence[Alias]) -> list[Hit]:
    """For each hit the whole list of names in which it stands: itself where it stands alone."""
    if len(hits) == 1:
        return list(hits)
    merged: list[Hit] = []
    begin = 0
    for index, one in enumerate(hits):
        last = index + 1 == len(hits) or index - begin + 1 == _MAX
        if last or not _follows(text, one, hits[index + 1], aliases):
            merged += [_joined(hits[begin], one)] * (index + 1 - begin) if begin < index else [one]
            begin = index + 1
    return merged


def _follows(text: bytes, one: Hit, other: Hit, aliases: Sequence[Alias]) -> bool:
    if not 0 < other.start - one.end <= _LONGEST:
        return False
    named = (aliases[hit.phrase] for hit in (one, other))
    if any(alias.statement or alias.issuer for alias in named):
        return False
    return _BETWEEN.fullmatch(text[one.end : other.start].decode("utf-8", "replace")) is not None


def _joined(one: Hit, other: Hit) -> Hit:
    flags = (one.line_flags & BEGINS) | (other.line_flags & FREE)
    return Hit(one.first, other.last, one.phrase, one.start, other.end, one.full, one.line_start, other.line_end, flags)
