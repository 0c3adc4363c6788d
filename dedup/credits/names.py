"""A way to write the name of an agency or outlet."""

from __future__ import annotations

import dataclasses
import unicodedata

_MARKS = str.maketrans(dict.fromkeys((chr(code) for code in range(128) if not chr(code).isalnum()), " "))
UNNAMED = "agencies"  # the id that stands for agencies which an article does not name


@dataclasses.dataclass(frozen=True, slots=True)
class Alias:
    """A way to write a name.

    ``name`` is the agency's id or the outlet's name, ``counts`` the positions in which the alias stands for it (None:
    everywhere), ``generic`` an outlet word ("Tribune") that is only the end of a name, ``issuer`` one that speaks by
    press statements, ``statement`` a word for such a statement.
    """

    text: str
    name: str
    agency: bool = False
    counts: frozenset[str] | None = None
    generic: bool = False
    issuer: bool = False
    statement: bool = False

    def in_position(self, position: str) -> bool:
        """Whether the alias stands for the name there."""
        return self.counts is None or position in self.counts


def is_agency(name: str) -> bool:
    """Whether a name in the attributions is an agency's: its id, lower-case letters, digits and hyphens."""
    return name.isascii() and name.islower() and name.replace("-", "").isalnum()


def key(text: str) -> str:
    """What two spellings of a name have in common: letters and digits, case and marks folded, no "the" in front."""
    if text.isascii():
        words = text.lower().translate(_MARKS).split()
    else:
        folded = unicodedata.normalize("NFKD", text.casefold())
        words = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c)).split()
    return "".join(words[1:] if len(words) > 1 and words[0] == "the" else words)
