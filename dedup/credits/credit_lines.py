"""Credits that have a line or a sentence to themselves: sign-offs, thanks to agencies, copyright."""

from __future__ import annotations

from dedup.credits import cues
from dedup.credits.mention import DASHES, QUOTES, TITLE, Attribution, Mention, caseless

_REPORT = ("report", "reporting", "story", "article", "piece")
_TO_THIS = frozenset(word + end for word in _REPORT for end in ("", "."))
_LEADS = (*":,;/&|-–—", " from", " by", " the", " and", " with", " of")
_SOURCES = ("source:", "sources:", "source -", "source –", "source —", "source |")
_RIGHTS = ("by", "the", "and", "")


def own_line(mention: Mention) -> Attribution | None:
    """A line that is nothing but the name: ``REUTER``, ``AFP``, ``— IANS``, ``With Reuters``; ``.—APP``."""
    if mention.after.strip(QUOTES + ".)"):
        return None
    before = mention.before.rstrip(QUOTES)
    dashed = before.endswith(tuple(DASHES))
    length = len(mention.before.lstrip())
    words_before = before.strip(QUOTES + DASHES + "*•(").lower()
    sure = dashed or words_before.startswith("by") or mention.alias.in_position("line")
    if mention.begins and mention.last and words_before in ("with", "with the"):
        return mention.credit("tail", 0.7, length)
    if mention.begins and words_before in ("", "the", "by", "by the") and sure:
        if mention.last or (dashed and mention.late and mention.free_below):
            return mention.credit("tail", 0.85, length)
        return mention.credit("byline", 0.7, length) if mention.tokens_before < TITLE and not dashed else None
    if not mention.last and not (mention.late and mention.free_below):
        return None
    glued = dashed and before.rstrip(DASHES).endswith((".", "۔", "”", "’", '"'))
    quoted = before != mention.before and mention.last and before.endswith((".", "؟", "۔", "!")) and not dashed
    if glued or (quoted and caseless(mention.words)):
        return mention.credit("tail", 0.8, len(mention.before) - len(before) + dashed)
    return None


def contributed(mention: Mention) -> Attribution | None:
    """``The Associated Press contributed to this report.``, ``Material from Reuters was used in this article.``."""
    after = mention.after.lower().partition(". ")[0]
    at = after.find("contribut")
    if at >= 0 and (_TO_THIS.intersection(after[at:].split()[1:6]) or not after[at + 11 :].strip(" .)")):
        return mention.credit("tail", 0.5, after=at + 11)
    if after.strip().startswith(("were used in this", "was used in this")):
        return mention.credit("tail", 0.5, after=len(after))
    return None


def credit_line(mention: Mention) -> Attribution | None:
    """``With inputs from agencies``, ``Source: ANI``, ``This report contains material from the Associated Press.``."""
    sentence = mention.before[mention.before.rfind(". ") + 1 :]
    start = sentence.lower().lstrip("([*•⦁_" + QUOTES + DASHES)
    after = mention.after.lower().partition(". ")[0]
    if len(start) > 120 or len(after) > 120 or not mention.begins or not (mention.late or mention.head):
        return None
    states_use = start.startswith(cues.THIS) and any(use in start + after[:60] for use in cues.USES)
    if not states_use and not _leads(start, mention) and not _is_source(sentence, mention):
        return None
    return mention.credit("tail", 0.5 if "additional" in start else 0.7, len(sentence.lstrip()))


def _leads(start: str, mention: Mention) -> bool:
    """Whether the words before a name are the beginning of a credit line and lead to it."""
    if start.startswith("contributing"):
        return True
    begins = start.startswith(cues.CREDIT_STARTS) or (mention.last and start.startswith("from "))
    return begins and start.rstrip(QUOTES + "(").endswith(_LEADS)


def _is_source(sentence: str, mention: Mention) -> bool:
    """``Source: ANI``, on a line of its own and not of a longer name."""
    is_whole_sentence = len(sentence) == len(mention.before) and sentence.lower().lstrip(QUOTES + "([").startswith(
        _SOURCES
    )
    return is_whole_sentence and not (mention.after[:1] == " " and mention.after[1:2].isupper())


def copyright_line(mention: Mention) -> Attribution | None:
    """``Copyright 2018 The Associated Press. All rights reserved.``, ``© 2019 Thomson/Reuters``."""
    before = mention.before[-60:].lower()
    at = max(before.rfind("copyright"), before.rfind("©"), before.rfind("(c)"))
    reserved = mention.after.lower().lstrip(" .,/").startswith("all rights reserved")
    if at < 0 and not reserved:
        return None
    between = before[at:].replace("copyright", " ").replace("©", " ").replace("(c)", " ") if at >= 0 else ""
    words = [word.strip(".,:-–") for word in between.split()]
    if not all(word.isdigit() or word in _RIGHTS for word in words):
        return None
    return mention.credit("copyright", 0.85, len(before) - at if at >= 0 else 0)
