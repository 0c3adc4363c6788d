"""What an outlet is called where an article writes its name short, or where only the last word of it is known."""

from __future__ import annotations

from collections.abc import Mapping

from dedup.credits import cues
from dedup.credits.mention import Mention
from dedup.credits.names import Alias

_MARKS = "“\"'‘*_("
_NO_END = (",", ".", ";", ":", ")", "”", '"', "'", "’", "'s", "’s")
_OF_LONDON = " of London"
_LONGEST = 4  # words of a name before the outlet word


def full_name(mention: Mention, short_names: Mapping[str, str]) -> tuple[str, str, str]:
    """The outlet's name and what stands before and after it; an empty name where there is none.

    An outlet word takes the capitalised words before it along ("Hartford Courant") and a place after ("Times of
    Malta"); alone, after "the", it is short for an outlet named before: ``short_names``, last word -> name.
    """
    alias, before, after = mention.alias, mention.before, mention.after
    last = alias.text.removeprefix("The ")
    if alias.agency or not (alias.generic or last in cues.OUTLET_WORDS):
        return alias.name, before, after
    if last == "Journal" and after.startswith(" of "):
        return "", before, after  # one of science: "Journal of the American Medical Association"
    run = _capitalised(before)
    if run:
        left = before.rstrip().rsplit(None, len(run))
        name = " ".join(word.strip(_MARKS) for word in [*run, last]).replace("- ", "-")
        return name, left[0] + " " if len(left) > len(run) else "", after
    if after.startswith(" of ") and after[4:5].isupper() and not after.startswith(_OF_LONDON):
        location = after[4:].split(None, 1)[0].rstrip(".,;:'’)\"”")
        return f"{last} of {location}", before, after[4 + len(location) :]
    if before.rstrip().rpartition(" ")[2].lstrip(_MARKS) in ("the", "The"):
        return short_names.get(last, _alone(alias, after)), before, after
    return "", before, after


def is_marked(mention: Mention, before: str, after: str) -> bool:
    """Whether an outlet's name that is an everyday word is marked as a name: an article, a mark, or "magazine"."""
    word = before.rstrip().rpartition(" ")[2]
    article = word.lstrip(_MARKS) in ("the", "The")
    noun = after.strip(_MARKS + ")”’ ").partition(" ")[0].rstrip(",.") in cues.NOUNS
    ends = not mention.alias.name.startswith("The ") and not after.startswith(" ")
    return article or noun or ends or word.endswith(("*", "_"))


def _capitalised(before: str) -> list[str]:
    """The capitalised words directly before an outlet word that belong to its name."""
    run: list[str] = []
    for word in reversed(before[-80:].split()):
        bare = word.strip(_MARKS)
        if len(run) == _LONGEST or not bare[:1].isupper() or bare.endswith(_NO_END):
            break
        run.insert(0, word)
    while run and run[0].strip(_MARKS).lower() in cues.NO_NAME:
        run.pop(0)
    return run


def _alone(alias: Alias, after: str) -> str:
    """What "the Times" is where no such name came before: too many papers are called so, unless more is said."""
    is_named = after.split(None, 1)[:1] == ["newspaper"] or after.startswith(_OF_LONDON)
    return "" if alias.generic or (alias.name == "The Times" and not is_named) else alias.name
