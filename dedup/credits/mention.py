"""A name that stands in an article, with the line around it."""

from __future__ import annotations

from typing import NamedTuple

from dedup.credits import cues
from dedup.credits.names import Alias
from dedup.kernels.lines import BEGINS, FREE

DASHES = "-–—―‒−|ـ"
QUOTES = "\"'“”«»‘’„‹›{} \t\xa0"  # and spaces: what stands around a name without meaning
ENDS = (".", "!", "?", "…", "؟", "۔", "।", '"', "”", "’", "»")
TITLE = 40  # tokens of headlines and names before a byline

WINDOW = 240  # bytes of the line that are looked at on either side
_HEAD = 1500  # bytes at the beginning of a text in which datelines and bylines stand


class Attribution(NamedTuple):
    """An attribution, in bytes of the text: see :data:`dedup.tables.ATTRIBUTIONS`."""

    kind: str
    name: str
    position: str
    start: int
    end: int
    strength: float


class Mention(NamedTuple):
    """A name in a text.

    ``before`` and ``after`` are the rest of its line (at most :data:`WINDOW` bytes each), ``start`` and ``end`` its
    bytes in the text. ``tokens_before`` and ``tokens_after`` count the tokens of the text on either side; ``begins``
    says whether ``before`` reaches the beginning of the line, ``free_below`` whether nothing or an empty line follows;
    ``line``: the bytes of ``text`` at which the line, as far as it is looked at, begins and ends.
    """

    alias: Alias
    words: str
    before: str
    after: str
    start: int
    end: int
    tokens_before: int
    tokens_after: int
    begins: bool
    free_below: bool
    text: bytes
    line: tuple[int, int]

    @property
    def head(self) -> bool:
        """Whether the name stands where datelines and bylines are."""
        return self.begins and self.start < _HEAD

    @property
    def late(self) -> bool:
        """Whether it stands where credits at the end can be expected: a site's other stories may follow the text."""
        return self.tokens_after <= 15 or 3 * self.tokens_before >= 2 * self.tokens_after

    @property
    def last(self) -> bool:
        """Whether hardly anything follows."""
        return self.tokens_after <= 15

    @property
    def above(self) -> str:
        """What stands before the line, at most 40 bytes."""
        return self.text[max(0, self.line[0] - 40) : self.line[0]].decode("utf-8", "ignore")

    @property
    def below(self) -> str:
        """What stands after the line, at most 40 bytes."""
        return self.text[self.line[1] : self.line[1] + 40].decode("utf-8", "ignore")

    def credit(self, position: str, strength: float, before: int = 0, after: int = 0) -> Attribution:
        """A credit whose words take in so many characters of the line before and after the name."""
        start = self.start - len(self.before[len(self.before) - before :].encode())
        end = self.end + len(self.after[:after].encode())
        return Attribution("credit", self.alias.name, position, start, end, strength)

    def citation(self, name: str, strength: float, start: int, after: int = 0) -> Attribution:
        """A citation whose words reach from character ``start`` of ``before`` to so many characters after."""
        begin = self.start - len(self.before[start:].lstrip().encode())
        return Attribution("citation", name, "body", begin, self.end + len(self.after[:after].encode()), strength)


def caseless(text: str) -> bool:
    """Whether a text has letters of a script beyond Latin, Greek and Cyrillic: most of these have no capitals."""
    return not text.isascii() and any(c >= "\u0530" and c.isalpha() for c in text)


def of_a_picture(mention: Mention) -> bool:
    """Whether it is a picture that is credited there."""
    around = (mention.before[-30:] + " " + mention.after[:30]).lower()
    return any(word in around for word in cues.PICTURE)


def read_mention(
    text: bytes, alias: Alias, span: tuple[int, int], tokens: tuple[int, int], line: tuple[int, int, int]
) -> Mention:
    """The mention at the bytes ``span`` of a text.

    ``tokens``: how many the text has before and after it; ``line``: see :func:`dedup.kernels.lines.lines`, which is
    asked for :data:`WINDOW` bytes.
    """
    start, end = span
    return Mention(
        alias,
        text[start:end].decode("utf-8", "ignore"),
        text[line[0] : start].decode("utf-8", "ignore"),
        text[end : line[1]].decode("utf-8", "ignore"),
        start,
        end,
        *tokens,
        line[2] & BEGINS != 0,
        line[2] & FREE != 0,
        text,
        line[:2],
    )
