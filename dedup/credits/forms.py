"""The forms in which an article credits an agency with its text, read from the line in which the agency's name stands.

Every form looks at a bounded piece of one line with plain string methods, so the time is linear in the text.
"""

from __future__ import annotations

from dedup.credits.bylines import byline, dated
from dedup.credits.credit_lines import contributed, copyright_line, credit_line, own_line
from dedup.credits.datelines import brackets, open_dateline
from dedup.credits.mention import Attribution, Mention, of_a_picture
from dedup.credits.names import key

_FORMS = (brackets, open_dateline, own_line, contributed, credit_line, copyright_line, byline, dated)


def credit(mention: Mention) -> Attribution | None:
    """The credit that a mention of an agency is part of, or None."""
    for form in _FORMS:
        attribution = form(mention)
        if attribution is not None and mention.alias.in_position(attribution.position):
            return attribution if attribution.position == "dateline" or not of_a_picture(mention) else None
    return None


def metadata_names(value: str) -> list[str]:
    """The parts of a byline or agency field that can each be a name, as keys (see :func:`dedup.credits.names.key`)."""
    for sign in "/|;,+&–—()•":
        value = value.replace(sign, "\n")
    value = value.replace(" - ", "\n").replace(" and ", "\n")
    parts = [part.strip() for part in value.splitlines()]
    return [key(part[3:] if part.lower().startswith("by ") else part) for part in parts if key(part)]
