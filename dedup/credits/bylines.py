"""Credits at the head of an article: who wrote it, and a name beside the day of publication."""

from __future__ import annotations

import re

from dedup.credits import cues
from dedup.credits.mention import DASHES, QUOTES, Attribution, Mention

#: What begins with a day, an hour, or a word before one, in its first few characters.
_DATED = re.compile(
    r"[^\w]{0,8}(?:(?:Last )?(?:updated|Updated|UPDATED|Posted|Published)\b[^\w]{0,8}(?:$|\n|\d|[A-Z])"
    r"|(?i:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|(?:\d{1,2}\W{1,2})?(?i:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\b\.?,?\s{1,3}\d"
    r"|\d{1,4}[./:-]\d{1,2}|\d{4}年)"
)
_PUBLISHED = ("posted", "published", "updated", "last updated")
_AND = " and "


def byline(mention: Mention) -> Attribution | None:
    """``By Our Correspondent / PTI``, ``By JANE DOE, Associated Press``, ``By JANE DOE AP Writer``, ``Desk/APP``."""
    line = " ".join(mention.before.split()).strip(QUOTES + "*•")
    follow = mention.after.strip()
    if not mention.head or len(line) > 90 or len(follow) > 90 or follow.rstrip(QUOTES).endswith(("?", "!")):
        return None
    if follow and follow[0] not in "|/,•·–—-(&" and not follow[0].isdigit() and not _is_post(follow):
        return None
    words = line.lower().split()
    by = words[:1] == ["by"] and len(words) <= 12 and "." not in line[3:].replace(". ", "", 2)
    parts = line.rstrip("/|+ ").replace("|", "/").replace("+", "/").split("/")
    desk = parts[-1].lower().split()
    named = line[-1:] in "/|+" and desk and len(desk) <= 4 and desk[-1] in cues.DESKS
    if by or (not follow and (named or _are_writers(line))):
        return mention.credit("byline", 0.9, len(mention.before.lstrip()))
    return None


def dated(mention: Mention) -> Attribution | None:
    """A name beside the day: ``The Associated Press | Monday, July 16``, ``Jane Doe, Reuters`` above a date."""
    if not mention.head or len(mention.before) > 120:
        return None
    line = mention.before.strip(QUOTES)
    follow = mention.after.strip(QUOTES + "|•·,;:" + DASHES)
    length = len(mention.before.lstrip())
    if line.lower().startswith(_PUBLISHED) and line.lower().endswith((" by", " by the", " from")):
        return mention.credit("byline", 0.85, length)
    if line.lower() in ("", "the") and (_DATED.match(follow) or follow.lower().startswith("by ")):
        return mention.credit("byline", 0.85, length)
    alone = not follow and _is_name(line.rstrip("|/,- ").removesuffix(" The").removesuffix(" the").rstrip("|/,- "))
    if alone and _DATED.match(mention.below):
        return mention.credit("byline", 0.85, length)
    return None


def _is_post(follow: str) -> bool:
    """Whether the words after an agency are what one is there: ``National Security Writer``."""
    words = follow.split()
    return len(words) <= 5 and words[-1].lower() in cues.DESKS and all(word[:1].isupper() for word in words)


def _are_writers(line: str) -> bool:
    """Whether a line names several people before the agency, whole: a picture has one: ``JOE ROE and JANE DOE /``."""
    first, separator, last = line.rstrip("|/,- ").rpartition(_AND)
    return bool(separator) and _is_name(first) and _is_name(last) and min(len(first.split()), len(last.split())) > 1


def _is_name(line: str) -> bool:
    """Whether a line is nothing or names of people."""
    words = line.replace(_AND, " ").split()
    return len(words) <= 10 and all(word[0].isupper() or not word[0].isalnum() for word in words)
